"""How far behind are the projections? Each build by itself, or all tenants together for whoever watches."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import psycopg

from lrs import metrics
from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import NotGranted
from projections.projection import Projection

LOG = logging.getLogger("projections.status")
QUERIES = sql.Queries(__file__)


class Status(NamedTuple):
    """One build: `behind` so many events, of which the first has waited for so many seconds."""

    name: str
    version: int
    code: int
    position: int
    finished: bool
    superseded: bool
    holder: UUID | None
    behind: int
    seconds: float
    failures: int


class Failed(NamedTuple):
    """An event that was set aside."""

    name: str
    version: int
    position: int
    error: str
    failed: datetime


class Lag(NamedTuple):
    """How far a projection is behind, over all tenants: all events together, the longest wait."""

    events: int = 0
    seconds: float = 0.0
    failures: int = 0


def status(database: Database, tenant: str) -> list[Status]:
    """All builds of a tenant, by name."""
    with database.connection() as connection:
        return [Status(*row) for row in connection.execute(QUERIES(tenant, "status")).fetchall()]


def failures(database: Database, tenant: str, name: str, *, limit: int = 100) -> list[Failed]:
    """What a projection has set aside, oldest first."""
    parameters = {"name": name, "limit": limit}
    with database.connection() as connection:
        rows = connection.execute(QUERIES(tenant, "failures"), parameters).fetchall()
    return [Failed(*row) for row in rows]


def lags(database: Database, tenants: Iterable[str], projections: Sequence[Projection]) -> dict[str, Lag]:
    """How far each projection is behind, by name; a tenant that is closed to us is counted, and left out."""
    found = {each.name: Lag() for each in projections}
    for tenant in tenants:
        try:
            standing = status(database, tenant)
        except (NotGranted, psycopg.Error) as error:
            metrics.PROJECTION_UNKNOWN.inc()
            LOG.warning("cannot tell how far the projections are: %s", error, extra={"tenant": tenant})
            continue
        for each in projections:
            found[each.name] = _worse(found[each.name], _read(standing, each))
    return found


def _read(standing: Sequence[Status], projection: Projection) -> Status | None:
    """The build that is read, or the one that will be."""
    ours = [s for s in standing if (s.name, s.code) == (projection.name, projection.version)]
    finished = [each for each in ours if each.finished]
    return next(iter([*finished[::-1], *ours[::-1]]), None)


def _worse(lag: Lag, status: Status | None) -> Lag:
    if status is None:
        return lag
    return Lag(lag.events + status.behind, max(lag.seconds, status.seconds), lag.failures + status.failures)
