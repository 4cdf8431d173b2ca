"""How is a tenant rebuilt in another store? Its log up to a position, and what follows, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from psycopg import Connection

from lrs.auth import key_rows
from lrs.database import sql
from lrs.errors import AuditFailed, OperatorError
from lrs.log import copying
from lrs.log.event_log import EventLog, Recorded
from lrs.log.events import KeyIssued, KeyRevoked, from_state
from lrs.replaying import contents, documents
from lrs.replaying.indexing import Indexing

QUERIES = sql.Queries(__file__)

# The position that is reached.
Progress = Callable[[int], None]


def replay(source: EventLog, target: EventLog, *, until: int, progress: Progress) -> int:
    """Make in an empty tenant of another store what the source was then; how many documents are lost.

    Of those the source has but a digest: their contents were replaced later, and not kept. In the end
    there is all or nothing. OperatorError where the tenant is in use, AuditFailed where the log has a gap.
    """
    with target.locked() as connection:
        _require_empty(connection, target.tenant)
        contents.copy(source, connection, until=until)
        indexing = Indexing(source)
        for events in _batches(source, until):
            copying.copy(connection, target.tenant, events)
            indexing.take(connection, events)
            _take_keys(connection, target.tenant, events)
            progress(events[-1].position)
        return documents.make(connection, target.tenant)


def _require_empty(connection: Connection[Any], tenant: str) -> None:
    if connection.execute(QUERIES(tenant, "used")).fetchone() == (True,):
        raise OperatorError(
            f"Tenant {tenant} of the other store is in use already, and a replay needs it to be empty. "
            "After one that was interrupted while projections were built, `lrs serve` builds them."
        )


def _batches(source: EventLog, until: int) -> Iterator[list[Recorded]]:
    """The same ones each time, so that all replays make the same."""
    after = 0
    while after < until:
        page = source.page(after=after, until=until, salted=True)
        expected = range(after + 1, page.position + 1)
        if [each.position for each in page.events] != [*expected]:
            raise AuditFailed(f"The log has a gap after position {after}: `lrs audit verify` tells more.")
        yield page.events
        after = page.position


def _take_keys(connection: Connection[Any], tenant: str, events: Sequence[Recorded]) -> None:
    for event in events:
        if event.topic in (KeyIssued.topic, KeyRevoked.topic) and event.leaf is None:
            said = from_state(event.topic, event.state)
            assert isinstance(said, KeyIssued | KeyRevoked)  # noqa: S101  by its topic
            key_rows.apply(connection, tenant, said, event.stored)
