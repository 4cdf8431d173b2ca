"""Which builds of a projection stand side by side, and which is read? Begun, moved, finished, dropped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.errors import InsufficientPrivilege, LockNotAvailable
from psycopg.sql import SQL, Identifier

from lrs.database import sql
from lrs.database.pool import Database
from projections.projection import Projection

QUERIES = sql.Queries(__file__)
# Somebody else takes over when the one that holds a build has not moved it for so long.
LEASE_SECONDS = 3.0
# So long after the switch a reader may still have chosen the old tables; then a lock tells who reads them.
KEPT_SECONDS = 60.0
# A program with older code goes on with its own build while programs are replaced one after the other.
KEPT_OF_OTHER_CODE_SECONDS = 24 * 3600.0
# Where nothing happens that would move it, such a program says so often that it still needs its build.
RENEWED_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Build:
    """One set of tables, as it was when we looked; `superseded` is for how many seconds.

    It is `amended` where rows of positions that it has passed are removed, or added because they had failed.
    """

    name: str
    version: int
    code: int
    tables: list[str]
    position: int
    finished: bool
    amended: int = 0
    holder: UUID | None = None
    held: bool = False
    superseded: float | None = None

    @property
    def prefix(self) -> str:
        """What the names of its tables begin with."""
        return f"{self.name}_v{self.version}"

    @property
    def key(self) -> dict[str, Any]:
        """What names it in a query."""
        return {"name": self.name, "version": self.version}


class Look(NamedTuple):
    """The position of the log's head, and all builds, newest first."""

    head: int
    builds: list[Build]

    def of(self, projection: Projection) -> list[Build]:
        """Those that a runner with this code moves: the newest finished one, and newer ones in the making."""
        ours = [b for b in self.builds if (b.name, b.code) == (projection.name, projection.version)]
        finished = next((number for number, build in enumerate(ours) if build.finished), len(ours))
        return ours[: finished + 1]

    def read(self, projection: Projection) -> Build | None:
        """The one that readers with this code read."""
        return next((build for build in self.of(projection) if build.finished), None)


def look(connection: Connection[Any], tenant: str) -> Look:
    """How it stands at this moment."""
    rows = connection.execute(QUERIES(tenant, "look")).fetchall()
    return Look(rows[0][0], [Build(*row[1:]) for row in rows if row[1] is not None])


def begin(
    connection: Connection[Any],
    tenant: str,
    projection: Projection,
    holder: UUID | None = None,
    *,
    beside: bool = False,
) -> Build:
    """Make the tables of a new build, held from the first; or the one of this code that stands already.

    `beside` another one that is finished it is made as well.
    """
    with connection.transaction():
        connection.execute(QUERIES(tenant, "alone"))
        standing = look(connection, tenant).of(projection)
        if standing and not (beside and standing[0].finished):
            return standing[0]
        (version,) = connection.execute(QUERIES(tenant, "next"), {"name": projection.name}).fetchall()[0]
        build = Build(projection.name, version, projection.version, [], 0, finished=False, holder=holder)
        build.tables.extend(_make_tables(connection, tenant, projection, build))
        row = {"code": build.code, "tables": build.tables, "holder": holder, "seconds": LEASE_SECONDS}
        connection.execute(QUERIES(tenant, "begin"), build.key | row)
    return build


def may_begin(connection: Connection[Any], tenant: str) -> bool:
    """Whether this role may make tables."""
    schema = {"schema": sql.schema(tenant).strip('"')}
    return connection.execute(QUERIES(tenant, "may_begin"), schema).fetchone() == (True,)


def lacking(database: Database, tenant: str, projections: Iterable[Projection]) -> list[str]:
    """Which projections have no tables, where this role may not make them."""
    with database.connection() as connection:
        if may_begin(connection, tenant):
            return []
        standing = look(connection, tenant)
    return [each.name for each in projections if not standing.of(each)]


def prepare(database: Database, tenant: str, projections: Iterable[Projection]) -> None:
    """Make what a runner that may make no tables needs, and drop what it may not drop."""
    with database.connection() as connection:
        for projection in projections:
            begin(connection, tenant, projection)
            tidy(connection, tenant, projection, look(connection, tenant))


def tidy(connection: Connection[Any], tenant: str, projection: Projection, look: Look) -> list[Build]:
    """Drop what nobody reads or moves any longer, and say that ours is read; what was dropped."""
    read = look.read(projection)
    if read and read.superseded is not None and read.superseded > RENEWED_SECONDS:
        connection.execute(QUERIES(tenant, "renew"), read.key)
    old = [b for b in look.builds if read and b.name == read.name and b.version < read.version]
    if read and any(build.superseded is None for build in old):
        supersede(connection, tenant, read)
    return [each for each in old if is_done_with(each, projection) and drop(connection, tenant, each)]


def take(connection: Connection[Any], tenant: str, build: Build, holder: UUID) -> bool:
    """Become the one who moves it, unless another one lives."""
    parameters = build.key | {"holder": holder, "seconds": LEASE_SECONDS}
    return connection.execute(QUERIES(tenant, "take"), parameters).fetchone() is not None


def move(connection: Connection[Any], tenant: str, build: Build, holder: UUID, to: int) -> bool:
    """Say in a transaction how far its rows will bring it; False where somebody else has taken over."""
    parameters = build.key | {
        "position": build.position, "to": to, "holder": holder, "seconds": LEASE_SECONDS,
    }  # fmt: skip
    return connection.execute(QUERIES(tenant, "move"), parameters).fetchone() is not None


def release(connection: Connection[Any], tenant: str, holder: UUID) -> None:
    """Let others take over at once."""
    connection.execute(QUERIES(tenant, "release"), {"holder": holder})


def read_now(connection: Connection[Any], tenant: str, build: Build) -> int:
    """How far the build is that is read instead; it stays there until the transaction ends."""
    parameters = {"name": build.name, "code": build.code}
    found = connection.execute(QUERIES(tenant, "read_now"), parameters).fetchone()
    return found[0] if found else 0


def finish(connection: Connection[Any], tenant: str, build: Build) -> None:
    """From the end of the transaction it is the one that is read."""
    connection.execute(QUERIES(tenant, "finish"), build.key)
    supersede(connection, tenant, build)


def supersede(connection: Connection[Any], tenant: str, build: Build) -> None:
    """Older ones wait to be dropped from now on, unless somebody still moves them."""
    connection.execute(QUERIES(tenant, "supersede"), build.key | {"code": build.code})


def is_done_with(build: Build, projection: Projection) -> bool:
    """Nobody moves it, and nobody can be reading it."""
    kept = KEPT_SECONDS if build.code == projection.version else KEPT_OF_OTHER_CODE_SECONDS
    return build.superseded is not None and build.superseded > kept and not build.held


def keep(connection: Connection[Any], tenant: str, build: Build, holder: UUID) -> bool:
    """Until the end of the transaction nobody else moves it; False where it is no longer ours."""
    parameters = build.key | {"holder": holder}
    return connection.execute(QUERIES(tenant, "keep"), parameters).fetchone() is not None


def drop(
    connection: Connection[Any],
    tenant: str,
    build: Build,
    holder: UUID | None = None,
    *,
    patient: bool = False,
) -> bool:
    """Remove it and its tables, unless somebody else holds it or reads it, or they are not ours to drop.

    Who is `patient` waits for others, such as a VACUUM, where nobody can be reading it.
    """
    try:
        with connection.transaction():
            if not connection.execute(QUERIES(tenant, "forget"), build.key | {"holder": holder}).fetchone():
                return False
            connection.execute(QUERIES(tenant, "forget_failures"), build.key)
            if not patient:
                # Whoever waited for a reader here would keep all other readers waiting.
                connection.execute(_for_all("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE NOWAIT", tenant, build))
            connection.execute(_for_all("DROP TABLE {}", tenant, build))
    except (LockNotAvailable, InsufficientPrivilege):
        return False
    return True


def table(tenant: str, name: str) -> Identifier:
    """A table of a tenant."""
    return Identifier(sql.schema(tenant).strip('"'), name)


def lock(tenant: str, chosen: Sequence[Build]) -> bytes:
    """What keeps their tables from being dropped until the end of the transaction."""
    return _for_all("LOCK TABLE {} IN ACCESS SHARE MODE", tenant, *chosen)


def made(connection: Connection[Any], tenant: str, build: Build) -> list[str]:
    """The tables that there are of it, by their names."""
    named = {"schema": sql.schema(tenant).strip('"'), "prefix": build.prefix}
    return [name for (name,) in connection.execute(QUERIES(tenant, "made"), named).fetchall()]


def _make_tables(
    connection: Connection[Any], tenant: str, projection: Projection, build: Build
) -> Sequence[str]:
    """Run its tables.sql, and let those roles in that the engine's own tables let in."""
    text = (projection.folder / "tables.sql").read_text()
    connection.execute(sql.filled(text, tenant, projection=build.prefix).encode())
    tables = made(connection, tenant, build)
    for (role,) in connection.execute(QUERIES(tenant, "grantees")).fetchall():
        for name in tables:
            connection.execute(
                SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {}").format(
                    table(tenant, name), Identifier(role)
                )
            )
    return tables


def _for_all(template: str, tenant: str, *chosen: Build) -> bytes:
    """A statement for all of their tables; none where there are no tables."""
    named = [table(tenant, name) for build in chosen for name in build.tables]
    return SQL(template).format(SQL(", ").join(named)).as_bytes(None) if named else b""
