"""Which tenants are there? The registry: each has a schema of its own, and nothing crosses."""

from __future__ import annotations

from datetime import datetime

from lrs.database import migrate, sql
from lrs.database.pool import Database
from lrs.errors import OperatorError

QUERIES = sql.Queries(__file__)
DEFAULT = "default"


def create(database: Database, name: str) -> bool:
    """Create a tenant's schema and register it; False where it exists already."""
    if not sql.TENANT.match(name):
        raise OperatorError(
            f"{name!r} is no tenant's name: a small letter, then small letters, digits and _, at most 40."
        )
    with database.connection() as connection:
        migrate.migrate_tenant(connection, name)
        return connection.execute(QUERIES(name, "create"), {"name": name}).fetchone() is not None


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
