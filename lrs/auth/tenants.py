"""Which tenants are there? The registry: each has a schema of its own, and nothing crosses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg import Connection

from lrs.database import migrate, sql
from lrs.database.pool import Database
from lrs.errors import OperatorError
from lrs.log.event_log import EventLog

QUERIES = sql.Queries(__file__)
DEFAULT = "default"


def create(database: Database, name: str) -> bool:
    """Create a tenant's schema and register it; False where it exists already."""
    if not sql.TENANT.match(name):
        raise OperatorError(
            f"{name!r} is no tenant's name: a small letter, then small letters, digits and _, at most 40."
        )
    with database.connection() as connection:
        _refuse_claimed(connection, name)  # before anything is made
        migrate.migrate_tenant(connection, name)
    # Keys of default are issued under this lock: none with such a name can come in between.
    with EventLog(database, DEFAULT).locked() as connection:
        _refuse_claimed(connection, name)
        return connection.execute(QUERIES(name, "create"), {"name": name}).fetchone() is not None


def exists(connection: Connection[Any], name: str) -> bool:
    """Whether a tenant of this name is registered."""
    return connection.execute(QUERIES(DEFAULT, "exists"), {"name": name}).fetchone() is not None


def names(database: Database) -> list[tuple[str, datetime]]:
    """All tenants by name, with the time each was created."""
    with database.connection() as connection:
        return connection.execute(QUERIES(DEFAULT, "names")).fetchall()


def migrate_all(database: Database) -> list[str]:
    """Bring the registry and every tenant up to date; what was done, a line each."""
    with database.connection() as connection:
        done = [f"registry: {step}" for step in migrate.migrate_shared(connection)]
    if DEFAULT not in dict(names(database)):  # a role that may only run the store cannot register one
        create(database, DEFAULT)
    for name, _ in names(database):
        with database.connection() as connection:
            done += [f"tenant {name}: {step}" for step in migrate.migrate_tenant(connection, name)]
    return done


def pending(database: Database) -> list[str]:
    """The migrations that are not applied yet."""
    with database.connection() as connection:
        missing = migrate.pending(connection)
        if missing:
            return missing
        return [step for name, _ in names(database) for step in migrate.pending(connection, name)]


def _refuse_claimed(connection: Connection[Any], name: str) -> None:
    """A key's name tells whose it is, so no key of tenant default may begin like one of the new tenant."""
    claiming = {"prefix": f"{name}-"}
    if name != DEFAULT and connection.execute(QUERIES(DEFAULT, "claiming"), claiming).fetchone():
        raise OperatorError(f"Keys of tenant default begin with {name}- already: choose another name.")
