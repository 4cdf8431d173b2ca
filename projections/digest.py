"""Does a rebuild give the same? The rows of two builds at one position, byte by byte, by their keys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.sql import SQL, Identifier

from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import OperatorError
from projections import builds
from projections.builds import Build
from projections.follow import Follower, Overtaken
from projections.projection import Projection
from projections.rebuild import Progress, is_begun, making

QUERIES = sql.Queries(__file__)
_SNAPSHOT = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


# By which name the events that were set aside are among what differs.
FAILURES = "failures"


class Difference(NamedTuple):
    """A table that is not what the log says, and the first row that is not, by its key."""

    table: str
    row: str


def verify(database: Database, tenant: str, projection: Projection, *, progress: Progress) -> list[str]:
    """Build it anew and compare; the tables that differ, none where all is well. What we began is dropped."""
    return [each.table for each in differences(database, tenant, projection, progress=progress)]


def differences(
    database: Database, tenant: str, projection: Projection, *, progress: Progress
) -> list[Difference]:
    """The same, and where they differ."""

    def reached() -> int:
        """It must not run ahead of the one that it is compared with."""
        with database.connection() as connection:
            read = builds.look(connection, tenant).read(projection)
        return read.position if read else 0

    # What stands there already, as after an erasure, whoever runs the projections is to go on with.
    begun = is_begun(database, tenant, projection)
    with (
        making(database, tenant, projection, until=reached, progress=progress) as (follower, build),
        database.connection() as connection,
        connection.transaction(),
    ):
        with _both(follower, build) as (looking, old):
            # However long it takes: whoever took it over meanwhile would switch to it.
            if not builds.keep(connection, tenant, build, follower.holder):
                raise Overtaken
            differing = _differing(looking, tenant, old, build)
        if not begun:
            builds.drop(connection, tenant, build, follower.holder, patient=True)
    return differing


def _differing(looking: Connection[Any], tenant: str, old: Build, new: Build) -> list[Difference]:
    differing = [
        Difference(name, _first(looking, tenant, name, old, new))
        for name in _names(old)
        if not _same(looking, tenant, name, old, new)
    ]
    failed = looking.execute(builds.QUERIES(tenant, "failures")).fetchall()
    one, other = ({at for *key, at in failed if key == [*each.key.values()]} for each in (old, new))
    return differing + [Difference(FAILURES, f"position {at}") for at in sorted(one ^ other)[:1]]


def _names(build: Build) -> list[str]:
    return [name.removeprefix(f"{build.prefix}_") for name in build.tables]


def _same(connection: Connection[Any], tenant: str, name: str, old: Build, new: Build) -> bool:
    one, other = (of_table(connection, tenant, f"{build.prefix}_{name}") for build in (old, new))
    return one == other


def _first(connection: Connection[Any], tenant: str, name: str, old: Build, new: Build) -> str:
    """The key of the first row that only one of them has, and its position."""
    keys = _keys(connection, tenant, f"{old.prefix}_{name}")
    text = "(TABLE {0} EXCEPT TABLE {1}) UNION ALL (TABLE {1} EXCEPT TABLE {0}) ORDER BY {2} LIMIT 1"
    tables = [builds.table(tenant, f"{build.prefix}_{name}") for build in (old, new)]
    found = connection.execute(SQL(text).format(*tables, SQL(", ").join(map(Identifier, keys))))
    columns = [each.name for each in found.description or ()]
    row = dict(zip(columns, found.fetchone() or (), strict=False))
    named = dict.fromkeys([*keys, "position"])
    return ", ".join(f"{name} {row[name]}" for name in named if name in row)


def of_table(connection: Connection[Any], tenant: str, name: str) -> str:
    """SHA-256 of all rows as PostgreSQL writes them, in the order of the primary key."""
    digest = hashlib.sha256()
    keys = SQL(", ").join(map(Identifier, _keys(connection, tenant, name)))
    copied = SQL("COPY (TABLE {} ORDER BY {}) TO STDOUT").format(builds.table(tenant, name), keys)
    with connection.cursor() as cursor, cursor.copy(copied) as rows:
        for row in rows:
            digest.update(row)
    return digest.hexdigest()


def _keys(connection: Connection[Any], tenant: str, name: str) -> list[str]:
    named = {"schema": sql.schema(tenant).strip('"'), "table": name}
    return [key for (key,) in connection.execute(QUERIES(tenant, "keys"), named).fetchall()]


@contextmanager
def _both(follower: Follower, build: Build) -> Iterator[tuple[Connection[Any], Build]]:
    """A look at the new build and the one that is read, both at one position; nobody waits while it lasts."""
    with follower.database.connection() as looking:
        with follower.database.connection() as holding, holding.transaction():
            reached = builds.read_now(holding, follower.tenant, build)
            follower.catch_up(build, until=reached)
            looking.execute(_SNAPSHOT)
            read = builds.look(looking, follower.tenant).read(follower.projection)
        try:
            if read is None:
                raise OperatorError(f"{build.name} is not built yet: there is nothing to compare with.")
            yield looking, read
        finally:
            looking.execute(b"ROLLBACK")
