"""Is the schema the one this program knows? Numbered SQL files, forward only, applied under a lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from psycopg import Connection
from psycopg.errors import UndefinedTable
from psycopg.sql import Identifier

from lrs.database import sql
from lrs.errors import OperatorError

SHARED_SCHEMA = '"lrs"'
OLDEST_POSTGRES = 150000
Room = Literal["shared", "tenant"]


@dataclass(frozen=True, slots=True)
class Migration:
    """One step forward: its number, its name and its SQL."""

    number: int
    name: str
    text: str


@cache
def migrations(room: Room) -> tuple[Migration, ...]:
    """The steps of one room, in order; in a wheel they lie inside the package, in a checkout beside it."""
    package = Path(__file__).parents[1]
    folder = next(p for p in (package / "migrations", package.parent / "migrations") if p.is_dir())
    files = sorted((folder / room).glob("[0-9]*.sql"))
    return tuple(Migration(int(f.name.split("_")[0]), f.stem, f.read_text()) for f in files)


def migrate_shared(connection: Connection[Any]) -> list[str]:
    """Bring the registry of tenants up to date; the names of the steps taken."""
    if connection.info.server_version < OLDEST_POSTGRES:
        raise OperatorError(
            f"PostgreSQL {connection.info.server_version // 10000} is too old: 15 is the oldest."
        )
    return _migrate(connection, "shared", SHARED_SCHEMA)


def migrate_tenant(connection: Connection[Any], tenant: str) -> list[str]:
    """Bring one tenant's schema up to date, creating it where it is missing; the names of the steps taken."""
    return _migrate(connection, "tenant", sql.schema(tenant))


def pending(connection: Connection[Any], tenant: str | None = None) -> list[str]:
    """The names of the steps not taken yet, in the registry or in one tenant's schema."""
    room: Room = "tenant" if tenant else "shared"
    return [m.name for m in _missing(connection, room, sql.schema(tenant) if tenant else SHARED_SCHEMA)]


def note(room: Room) -> str:
    """What stands beside the table of migrations when all are applied.

    It commits with them. So one look into the catalogue tells which of thousands of tenants are behind.
    """
    return f"up to migration {migrations(room)[-1].number}"


def grant(connection: Connection[Any], tenant: str, role: str) -> None:
    """Let a role run the store for one tenant: it can add to the log, and never change it."""
    schema = sql.schema(tenant)
    templates = (
        "GRANT USAGE ON SCHEMA {schema}, lrs TO {role}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA lrs TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
        "REVOKE UPDATE, DELETE, TRUNCATE ON {schema}.log, {schema}.migration, {schema}.checkpoint,"
        " {schema}.audit_key, {schema}.access FROM {role}",
    )
    with connection.transaction():
        for template in templates:
            text = template.replace("{schema}", schema).encode()
            connection.execute(text.replace(b"{role}", Identifier(role).as_bytes(connection)))


def _migrate(connection: Connection[Any], room: Room, schema: str) -> list[str]:
    if not _missing(connection, room, schema):
        return []
    with _only_one(connection, schema), connection.transaction():
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}".encode())
        connection.execute(_TABLE.replace("{schema}", schema).encode())
        steps = _missing(connection, room, schema)
        for step in steps:
            connection.execute(step.text.replace("{tenant}", schema).replace("{shared}", schema).encode())
            connection.execute(
                f"INSERT INTO {schema}.migration (number, name) VALUES (%s, %s)".encode(),  # noqa: S608
                [step.number, step.name],
            )
        if steps:
            connection.execute(f"COMMENT ON TABLE {schema}.migration IS '{note(room)}'".encode())
    return [step.name for step in steps]


@contextmanager
def _only_one(connection: Connection[Any], schema: str) -> Iterator[None]:
    """Several first starts at once: the second waits here and then finds nothing to do.

    This lock orders schema changes only, on the node one is connected to; nothing in the log relies on it.
    It is taken before the transaction begins: inside of one, PostgreSQL still remembers what was missing.
    """
    name = [f"lrs migrate {schema}"]
    connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", name)
    try:
        yield
    finally:
        if not connection.broken:
            connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", name)


_TABLE = """CREATE TABLE IF NOT EXISTS {schema}.migration (
    number integer PRIMARY KEY, name text NOT NULL, applied timestamptz NOT NULL DEFAULT now())"""


def _missing(connection: Connection[Any], room: Room, schema: str) -> list[Migration]:
    try:
        rows = connection.execute(f"SELECT number FROM {schema}.migration".encode()).fetchall()  # noqa: S608
    except UndefinedTable:
        return list(migrations(room))
    applied = {number for (number,) in rows}
    newest = migrations(room)[-1].number
    if applied and max(applied) > newest:
        raise OperatorError(
            f"The schema {schema} is at migration {max(applied)}, but this program knows only {newest}: "
            "it was written by a newer version of the store. Install that version, or a newer one."
        )
    return [m for m in migrations(room) if m.number not in applied]
