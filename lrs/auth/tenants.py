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
        registered = exists(connection, DEFAULT)
        for name in _behind(connection) if registered else [DEFAULT, *_behind(connection)]:
            done += [f"tenant {name}: {step}" for step in migrate.migrate_tenant(connection, name)]
    if not registered:  # a role that may only run the store cannot register one
        create(database, DEFAULT)
    return done


def pending(database: Database) -> list[str]:
    """The migrations that are not applied yet, in the registry or in some tenant."""
    with database.connection() as connection:
        missing = migrate.pending(connection)
        if missing:
            return missing
        steps = [step for name in _behind(connection) for step in migrate.pending(connection, name)]
    return list(dict.fromkeys(steps))


def _behind(connection: Connection[Any]) -> list[str]:
    """The tenants whose migrations may be others than ours, by name."""
    rows = connection.execute(QUERIES(DEFAULT, "behind"), {"note": migrate.note("tenant")}).fetchall()
    return [name for (name,) in rows]


def _refuse_claimed(connection: Connection[Any], name: str) -> None:
    """A key's name tells whose it is, so no key of tenant default may begin like one of the new tenant."""
    claiming = {"prefix": f"{name}-"}
    if name != DEFAULT and connection.execute(QUERIES(DEFAULT, "claiming"), claiming).fetchone():
        raise OperatorError(f"Keys of tenant default begin with {name}- already: choose another name.")
