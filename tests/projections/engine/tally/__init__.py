"""A projection for tests: a row for each event, and a count for each topic."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lrs.log.event_log import Recorded
from projections.projection import Change, Insert, Projection, Run

TOPICS = frozenset({"said", "counted"})


def fold(event: Recorded) -> Iterator[Change]:
    """The event's text, as it is."""
    text = event.state.decode()
    if text == "unspeakable":
        raise ValueError("nobody says that")
    yield Insert("entry", (event.position, event.topic, text))
    if event.topic == "counted":
        yield Run("count", {"topic": event.topic})


TALLY = Projection("tally", 1, TOPICS, fold, Path(__file__).parent)
