"""What comes next in a log? A page after any position: nothing is skipped, and nothing repeated."""

from __future__ import annotations

from typing import NamedTuple

from lrs.database import sql
from lrs.database.pool import Database
from lrs.log.event_log import EventLog, Recorded

QUERIES = sql.Queries(__file__)
# Where topics are rare, a page ends here: it is no reason to look through all of a long log.
MOST_PASSED = 20_000


class Page(NamedTuple):
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
) -> Page:
    """The events of these topics, or of all, that come next; it ends early where they are large or rare."""
    with database.connection() as connection:
        # Positions are dense and become visible in their order: up to the head nothing is missing.
        head = EventLog(database, tenant).head_of(connection).position
        if after >= head:
            return Page([], after, head)
        until = min(head, after + (MOST_PASSED if topics else limit))
        parameters = {
            "after": after,
            "until": until,
            "topics": sorted(topics) or None,
            "limit": limit,
            "most": most_bytes,
        }
        rows = connection.execute(QUERIES(tenant, "page"), parameters, binary=True).fetchall()
    events = [Recorded(*row[1:]) for row in rows]
    is_cut_off = bool(rows) and (len(rows) == limit or len(rows) < rows[0][0])
    return Page(events, events[-1].position if is_cut_off else until, head)
