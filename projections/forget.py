"""What do projections forget when events are erased? All rows that were made of them.

Rows say at which position they became known, and follow from that event alone; so they can simply go. Where
rows follow from several events, a new build is begun in the same transaction: it stands there, and whoever
runs the projections makes it, also when the one who erases does not live to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from time import sleep
from typing import Any

from psycopg import Connection
from psycopg.errors import InsufficientPrivilege, LockNotAvailable
from psycopg.sql import SQL

from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import Conflict, NotGranted, OperatorError
from projections import builds, found
from projections.builds import Look
from projections.projection import Projection
from projections.rebuild import Progress, is_begun, rebuild

QUERIES = sql.Queries(__file__)
PAUSE = 0.2


def forget(connection: Connection[Any], tenant: str, positions: Sequence[int]) -> None:
    """Let all builds forget them; whoever was about to write what it had read before reads again.

    Conflict where somebody keeps a build for long.
    """
    try:
        connection.execute(QUERIES(tenant, "nobody_else"))
    except LockNotAvailable as error:
        raise Conflict(
            "Nothing was erased: projections are being compared with the log, or retried. "
            "Say the same again when that is done."
        ) from error
    connection.execute(QUERIES(tenant, "let_go"))
    gone = {"positions": positions}
    connection.execute(QUERIES(tenant, "failures"), gone)
    look, placed = builds.look(connection, tenant), _placed(connection, tenant)
    rows = SQL(QUERIES(tenant, "rows").decode())
    for build in look.builds:
        for name in placed.intersection(build.tables):
            connection.execute(rows.format(builds.table(tenant, name)), gone)
    for each in _summing(found.projections(), look, placed):
        _begin_anew(connection, tenant, each, look)


def complete(
    database: Database, tenant: str, projections: Iterable[Projection], *, progress: Progress
) -> None:
    """Make what an erasure has begun anew, and drop what was read before; NotGranted for who may not."""
    with database.connection() as connection:
        look, placed = builds.look(connection, tenant), _placed(connection, tenant)
        may_begin = builds.may_begin(connection, tenant)
    for each in _summing(projections, look, placed):
        if not may_begin:
            raise NotGranted(
                f"What was made of it lacks a new build, and this role may make no tables: run "
                f"`lrs projections rebuild {each.name}` as their owner."
            )
        _make(database, tenant, each, progress)
        with database.connection() as connection:
            for old in builds.look(connection, tenant).builds:
                if old.name == each.name and old.superseded is not None:
                    builds.drop(connection, tenant, old, patient=True)


def _summing(projections: Iterable[Projection], look: Look, placed: set[str]) -> list[Projection]:
    """Those that say so, and those with a table whose rows do not say of which event they are."""
    return [
        each
        for each in projections
        if (standing := look.of(each))
        and (
            each.shared
            or (not each.salted and any(not placed.issuperset(build.tables) for build in standing))
        )
    ]


def _begin_anew(connection: Connection[Any], tenant: str, projection: Projection, look: Look) -> None:
    """Beside what is read; what is in the making has taken in what is gone, and begins again."""
    empty = SQL(QUERIES(tenant, "empty").decode())
    for build in look.builds:
        if build.name == projection.name and not build.finished:
            for name in build.tables:
                connection.execute(empty.format(builds.table(tenant, name)))
            connection.execute(QUERIES(tenant, "begin_again"), build.key)
    with suppress(InsufficientPrivilege):  # who may make no tables leaves it to `lrs projections rebuild`
        builds.begin(connection, tenant, projection, beside=True)


def _placed(connection: Connection[Any], tenant: str) -> set[str]:
    schema = {"schema": sql.schema(tenant).strip('"')}
    return {name for (name,) in connection.execute(QUERIES(tenant, "placed"), schema).fetchall()}


def _make(database: Database, tenant: str, projection: Projection, progress: Progress) -> None:
    """Or wait for whoever makes it at this moment."""
    while is_begun(database, tenant, projection):
        try:
            rebuild(database, tenant, projection, progress=progress)
        except OperatorError:
            sleep(PAUSE)
