"""The least that a projection can do: a row for each statement. What it costs is what the engine costs."""

from __future__ import annotations

from pathlib import Path

from lrs.log.event_log import Recorded
from lrs.log.events import STATEMENT_STORED
from projections.projection import Insert, Projection


def fold(event: Recorded) -> tuple[Insert]:
    """Where a statement is, and since when."""
    return (Insert("entry", (event.position, event.originator_id, event.stored)),)


LEDGER = Projection("ledger", 1, frozenset({STATEMENT_STORED}), fold, Path(__file__).parent)
