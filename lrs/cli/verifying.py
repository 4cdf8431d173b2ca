"""Is everything what the log says, and the log what was signed? Recomputed from the first event on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lrs.accesses.integrity import AccessCheck
from lrs.auth.integrity import KeyCheck
from lrs.database.pool import Database
from lrs.log.event_log import EventLog
from lrs.log.integrity import Check, Order, Wrong
from lrs.store.content_integrity import ContentCheck
from lrs.store.integrity import IndexCheck
from projections import digest, found, integrity
from projections.audit import checkpoints
from projections.audit.integrity import TreeCheck
from projections.audit.project import NAME
from projections.projection import Projection
from projections.resource import View
from projections.view import Views

# The last position, of how many.
Progress = Callable[[int, int], None]
EVERY = 500


def verify(database: Database, tenant: str, *, progress: Progress) -> tuple[Wrong | None, int]:
    """The first thing that is wrong with builds, log, tree, checkpoints or index; and how many events."""
    if wrong := _of_tables(database, tenant):
        return wrong, 0
    # One moment of log, tree and index; writers go on.
    with Views(database, found.projections()).open(tenant, [NAME]) as view:
        log = EventLog(database, tenant)
        head = log.head_of(view.connection)
        wrong = next(_wrongs(log, view, lambda position: progress(position, head.position)), None)
    return wrong, head.position


def differing(database: Database, tenant: str, projection: Projection, *, progress: Progress) -> Wrong | None:
    """The first table of a projection that is not what the log makes, and where."""
    for each in digest.differences(database, tenant, projection, progress=progress):
        failed = each.table == digest.FAILURES
        table = "projection_failure" if failed else f"{projection.name}_{each.table}"
        return Wrong(table, each.row, "is not what the log says")
    return None


def _of_tables(database: Database, tenant: str) -> Wrong | None:
    with database.connection() as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return next(integrity.of_tables(connection, tenant), None)


def _wrongs(log: EventLog, view: View, progress: Callable[[int], None]) -> Iterator[Wrong]:
    connection, tenant = view.connection, view.tenant
    signed = checkpoints.all_of(connection, tenant)
    tree = TreeCheck(view, signed, checkpoints.signer(connection, tenant))
    order = Order(log.head_of(connection))
    followers = (IndexCheck, ContentCheck, KeyCheck, AccessCheck)
    derived: list[Check] = [each(connection, tenant) for each in followers]
    for event in log.every(connection):
        yield from order.see(event)
        yield from tree.see(event)
        if not tree.in_doubt:  # else it is the log, or the tree, that is wrong
            for each in derived:
                yield from each.see(event)
        if event.position % EVERY == 0:
            progress(event.position)
    checks: list[Check] = [order, tree, *derived]
    for check in checks:
        yield from check.end()
    yield from integrity.of_positions(connection, tenant)
