"""What is in a tenant's access log? Numbered without a gap, in commit order, and only ever added to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from lrs.database import arrays, sql
from lrs.database.pool import Database
from lrs.database.trip import Trip
from lrs.log.pages import Span

QUERIES = sql.Queries(__file__)
# The learner of what tells of several, or of nobody knows whom.
MANY = UUID(int=0)
LAST = 2**63 - 2


class Access(NamedTuple):
    """Somebody reads something of a learner, as of a position of the log."""

    by: str
    what: str
    learner: UUID = MANY
    position: int = 0
    purpose: str = ""


class Noted(NamedTuple):
    """An access as it was noted; `label` is what the key is called that is named like who read."""

    number: int
    at: datetime
    by: str
    label: str | None
    learner: UUID
    what: str
    position: int
    purpose: str


def whose(learner: str) -> UUID:
    """The learner of this id; of what has another id, or none, nobody knows whose it is."""
    try:
        return UUID(learner)
    except ValueError:
        return MANY


def note(database: Database, tenant: str, accesses: Sequence[Access]) -> None:
    """Add these, all in one commit: when this returns they are on disk. Repeated, they are noted twice."""
    by, what, learners, positions, purposes = zip(*accesses, strict=True)
    with database.connection() as connection:
        trip = Trip(connection)
        trip.add(
            QUERIES(tenant, "note"),
            arrays.texts(by),
            arrays.texts(what),
            arrays.uuids_of(each.bytes for each in learners),
            arrays.bigints(positions),
            arrays.texts(purposes),
        )
        trip.run()


def page(
    database: Database, tenant: str, span: Span, *, learners: Collection[UUID] = (), by: str | None = None
) -> list[Noted]:
    """The next accesses, one more than are wanted if there is one; of learners, those of many too."""
    parameters = span._asdict() | {
        "limit": span.limit + 1,
        "learners": arrays.uuids_of(each.bytes for each in {*learners, MANY}),
        "by": by,
    }
    found = "of_learners" if learners else "of_all"
    query = QUERIES(tenant, found, "page", order="asc" if span.ascending else "desc")
    with database.connection() as connection:
        return [Noted(*row) for row in connection.execute(query, parameters)]


def last_at(database: Database, tenant: str, moment: datetime) -> int:
    """The last number at or before a time; 0 where there is none."""
    with database.connection() as connection:
        found = connection.execute(QUERIES(tenant, "last_at"), {"time": moment}).fetchone()
    return found[0] if found else 0


def count(database: Database, tenant: str, until: datetime) -> int:
    """How many would go that were noted at or before a time."""
    with database.connection() as connection:
        found = connection.execute(QUERIES(tenant, "count", "old"), {"until": until}).fetchone()
    return found[0] if found else 0


def forget(database: Database, tenant: str, until: datetime) -> int:
    """Let these go; how many. Who notes one waits. NotGranted for all but the owner of the table."""
    with database.connection() as connection, connection.transaction():
        connection.execute(QUERIES(tenant, "guard", order="disable"))
        gone = connection.execute(QUERIES(tenant, "forget", "old"), {"until": until}).rowcount
        connection.execute(QUERIES(tenant, "guard", order="enable"))
    return gone
