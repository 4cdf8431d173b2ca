"""What has failed, and may again? It rests, longer each time, and then begins with few events at once."""

from __future__ import annotations

from time import monotonic

from lrs.log.event_log import PAGE

FIRST_REST, LONGEST_REST = 0.5, 10.0
HALVINGS = 3  # after each setback

What = tuple[str, str]


class Setbacks:
    """How often each thing has failed in a row, and how long it rests for it."""

    def __init__(self) -> None:
        self._times: dict[What, int] = {}
        self._rests_until: dict[What, float] = {}

    def failed(self, what: What) -> None:
        """It rests now."""
        times = self._times[what] = self._times.get(what, 0) + 1
        rest = min(LONGEST_REST, FIRST_REST * 2 ** min(times - 1, 10))
        self._rests_until[what] = monotonic() + rest

    def passed(self, what: What) -> None:
        """It has got over one of them: the event that was to blame may still be to come."""
        times = self._times.pop(what, 0)
        if times > 1:
            self._times[what] = times - 1
        elif times:
            del self._rests_until[what]

    def rests(self, what: What) -> bool:
        """Whether it is not to be tried yet."""
        return monotonic() < self._rests_until.get(what, 0.0)

    def most(self, what: What) -> int:
        """How many events to try at once."""
        return max(1, PAGE >> HALVINGS * self._times.get(what, 0))
