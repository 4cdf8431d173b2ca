"""Which tenants may have news? Those that a notification names, and each of them now and then in any case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Condition
from time import monotonic

POLL_SECONDS = 1.0
# Notifications get lost, but seldom: of many tenants only so many are looked at in vain each time.
MOST_POLLED = 500


class News:
    """Collects tenants that may have news until somebody takes them."""

    def __init__(self, tenants: Callable[[], Sequence[str]]) -> None:
        self.tenants = tenants
        self._ringing = Condition()
        self._due: set[str] = set()
        self._poll_at = 0.0
        self._last_polled = ""
        self._stopped = False

    def ring(self, tenant: str | None) -> None:
        """This tenant has news, or None: something was missed."""
        with self._ringing:
            if tenant:
                self._due.add(tenant)
            else:
                self._poll_at = 0.0
            self._ringing.notify_all()

    def stop(self) -> None:
        """Nobody needs to wait any longer."""
        with self._ringing:
            self._stopped = True
            self._ringing.notify_all()

    def wait(self, seconds: float) -> bool:
        """Rest, whatever happens, but for a stop; False when there was one."""
        with self._ringing:
            return not self._ringing.wait_for(lambda: self._stopped, seconds)

    def take(self, *, at_once: bool = False) -> list[str] | None:
        """Wait until some tenant may have news, if need be; those that may, or None after a stop."""
        with self._ringing:
            if not at_once:
                pause = max(0.0, self._poll_at - monotonic())
                self._ringing.wait_for(lambda: self._stopped or self._due or not self._poll_at, pause)
            if self._stopped:
                return None
            due, self._due = self._due, set()
        return sorted(due | self._polled())

    def _polled(self) -> set[str]:
        """All of them in turn, so many at a time."""
        if monotonic() < self._poll_at:
            return set()
        self._poll_at = monotonic() + POLL_SECONDS
        names = sorted(self.tenants())
        later = [name for name in names if name > self._last_polled]
        turn = [*later, *names[: len(names) - len(later)]][:MOST_POLLED]
        self._last_polled = turn[-1] if turn else ""
        return set(turn)
