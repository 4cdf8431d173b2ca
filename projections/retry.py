"""What becomes of events that were set aside? After a fix they are folded as if they had never failed."""

from __future__ import annotations

from typing import Any, NamedTuple

from psycopg import Connection

from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import OperatorError
from lrs.log.event_log import Recorded
from projections import apply, builds
from projections.builds import Build
from projections.projection import Projection

QUERIES = sql.Queries(__file__)
AT_ONCE = 200


class Retried(NamedTuple):
    """How many events were taken this time, and how many failed again."""

    taken: int
    failed: int


def retry(database: Database, tenant: str, projection: Projection) -> Retried:
    """Fold again what was set aside, in every build of this code; OperatorError where order matters."""
    if projection.ordered:
        raise OperatorError(
            f"In {projection.name} later events depend on earlier ones, so that failed ones cannot be caught "
            f"up on: build it anew with `lrs projections rebuild {projection.name}`."
        )
    with database.connection() as connection:
        standing = builds.look(connection, tenant).of(projection)
        return _sum([_retry(connection, tenant, projection, build) for build in standing])


def _retry(connection: Connection[Any], tenant: str, projection: Projection, build: Build) -> Retried:
    done: list[Retried] = []
    after = 0
    while True:
        with connection.transaction():
            positions = _held(connection, tenant, build, after)
            if not positions:
                return _sum(done)
            done.append(_retry_some(connection, tenant, projection, build, positions))
        after = positions[-1]


def _retry_some(
    connection: Connection[Any], tenant: str, projection: Projection, build: Build, positions: list[int]
) -> Retried:
    wanted = {"positions": positions, "salted": projection.salted}
    rows = connection.execute(QUERIES(tenant, "events"), wanted, binary=True).fetchall()
    folded, failures = apply.fold(projection, map(Recorded._make, rows))
    tables = apply.Tables(tenant, projection, build)
    failures = failures + (tables.write(connection, folded) if folded else [])
    connection.execute(QUERIES(tenant, "succeeded"), build.key | {"positions": positions})
    tables.set_aside(connection, failures)
    return Retried(len(positions) - len(failures), len(failures))


def _held(connection: Connection[Any], tenant: str, build: Build, after: int) -> list[int]:
    """What has failed, once nobody else retries it; nothing where the build is gone."""
    if not connection.execute(QUERIES(tenant, "hold"), build.key).fetchone():
        return []
    parameters = build.key | {"after": after, "limit": AT_ONCE}
    return [position for (position,) in connection.execute(QUERIES(tenant, "failed"), parameters).fetchall()]


def _sum(several: list[Retried]) -> Retried:
    return Retried(sum(each.taken for each in several), sum(each.failed for each in several))
