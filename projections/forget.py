"""What do projections forget when events are erased? All rows that were made of them.

Rows say at which position they became known, and follow from that event alone; so they can simply go. Where
rows follow from several events, the projection is built anew afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import sleep
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL

from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import OperatorError
from projections import builds
from projections.projection import Projection
from projections.rebuild import Progress, rebuild

QUERIES = sql.Queries(__file__)
PAUSE = 0.2


def forget(connection: Connection[Any], tenant: str, positions: Sequence[int]) -> None:
    """Let all builds forget them; whoever was about to write what it had read before reads again."""
    connection.execute(QUERIES(tenant, "let_go"))
    gone = {"positions": positions}
    connection.execute(QUERIES(tenant, "failures"), gone)
    placed = _placed(connection, tenant)
    rows = SQL(QUERIES(tenant, "rows").decode())
    for build in builds.look(connection, tenant).builds:
        for name in placed.intersection(build.tables):
            connection.execute(rows.format(builds.table(tenant, name)), gone)


def complete(
    database: Database, tenant: str, projections: Iterable[Projection], *, progress: Progress
) -> None:
    """Build anew what has rows that follow from several events, and drop what was made before."""
    for each in _summing(database, tenant, projections):
        _rebuild(database, tenant, each, progress)
        with database.connection() as connection:
            for old in builds.look(connection, tenant).builds:
                if old.name == each.name and old.superseded is not None:
                    builds.drop(connection, tenant, old, patient=True)


def renew(database: Database, tenant: str, projections: Iterable[Projection]) -> None:
    """The same without waiting for it: whoever runs the projections makes them, and switches."""
    summing = _summing(database, tenant, projections)
    with database.connection() as connection:
        for each in summing:
            builds.begin(connection, tenant, each, beside=True)


def _summing(database: Database, tenant: str, projections: Iterable[Projection]) -> list[Projection]:
    """Those that say so, and those with a table whose rows do not say of which event they are."""
    with database.connection() as connection:
        placed = _placed(connection, tenant)
        look = builds.look(connection, tenant)
    return [
        each
        for each in projections
        if each.shared
        or (not each.salted and any(not placed.issuperset(build.tables) for build in look.of(each)))
    ]


def _placed(connection: Connection[Any], tenant: str) -> set[str]:
    schema = {"schema": sql.schema(tenant).strip('"')}
    return {name for (name,) in connection.execute(QUERIES(tenant, "placed"), schema).fetchall()}


def _rebuild(database: Database, tenant: str, projection: Projection, progress: Progress) -> None:
    """When whoever builds it at this moment, with what is erased in part, is done."""
    while True:
        try:
            rebuild(database, tenant, projection, progress=progress)
        except OperatorError:
            sleep(PAUSE)
        else:
            return
