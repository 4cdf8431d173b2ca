"""What comes next in a log? A page after any position: nothing is skipped, and nothing repeated."""

from __future__ import annotations

from typing import NamedTuple

from lrs.database.pool import Database
from lrs.log.event_log import EventLog, Recorded


class Next(NamedTuple):
    """Some events, the position after which to go on, and how far the log had got."""

    events: list[Recorded]
    position: int
    head: int


def page(
    database: Database,
    tenant: str,
    after: int,
    *,
    topics: frozenset[str] = frozenset(),
    limit: int,
    most_bytes: int,
    salted: bool = False,
) -> Next:
    """The events of these topics, or of all, that come next; it ends early where they are large or rare."""
    log = EventLog(database, tenant)
    # Positions are dense and become visible in their order: up to the head nothing is missing.
    head = log.head().position
    if after >= head:
        return Next([], after, head)
    found = log.page(
        after=after, until=head, topics=topics or None, limit=limit, most_bytes=most_bytes, salted=salted
    )
    return Next(found.events, found.position, head)
