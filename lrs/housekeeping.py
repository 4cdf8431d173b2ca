"""What has to be tidied now and then? Contents that nobody needs, and statistics that PostgreSQL lost."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable
from typing import NamedTuple

import psycopg
from psycopg.sql import SQL, Identifier

from lrs.auth import tenants
from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import Unavailable
from lrs.store.blobs import Blobs

LOG = logging.getLogger("lrs.housekeeping")
QUERIES = sql.Queries(__file__)
AFTER_START_SECONDS = 10
EVERY_SECONDS = 6 * 3600


class Table(NamedTuple):
    """A table whose statistics are missing or old; only its owner may make new ones."""

    oid: int
    schema: str
    name: str
    ours: bool


async def keep_house(database: Database, *, sweeping: bool) -> None:
    """Tidy soon after the start and now and then, until cancelled; several processes may do so at once."""
    await _pause(AFTER_START_SECONDS)
    while True:
        await _unless_away(analyze(database))
        if sweeping:
            await _unless_away(database.run(sweep, database))
        await _pause(EVERY_SECONDS)


def sweep(database: Database) -> int:
    """Remove the unneeded blobs of all tenants; how many."""
    swept = sum(Blobs(database).sweep(name) for name, _ in tenants.names(database))
    LOG.info("swept", extra={"blobs": swept})
    return swept


async def analyze(database: Database) -> list[Table]:
    """Make the statistics that are missing; the tables that got them.

    In a crash PostgreSQL forgets which tables have grown, and autovacuum would wait for them to grow again.
    """
    found = await database.run(unanalyzed, database)
    done = [each for each in found if each.ours and await database.run(_analyze, database, each)]
    foreign = sum(not each.ours for each in found)
    if done:
        LOG.info("analyzed", extra={"tables": len(done)})
    if foreign:
        LOG.warning(
            "statistics are missing: the owner of the tables should run ANALYZE", extra={"tables": foreign}
        )
    return done


def unanalyzed(database: Database, table: int | None = None) -> list[Table]:
    """The tables of all tenants that are not small and need statistics, or this one if it does."""
    with database.connection() as connection:
        rows = connection.execute(QUERIES(tenants.DEFAULT, "unanalyzed"), {"table": table}).fetchall()
    return [Table(*row) for row in rows]


def _analyze(database: Database, table: Table) -> bool:
    if not unanalyzed(database, table.oid):
        return False  # another process was faster
    named = SQL("ANALYZE (SKIP_LOCKED) {}").format(Identifier(table.schema, table.name))
    with database.connection() as connection, connection.transaction():
        connection.execute("SET LOCAL statement_timeout = 0")
        connection.execute(named)
    return not unanalyzed(database, table.oid)  # or else somebody works on it


async def _pause(seconds: float) -> None:
    """About so long: processes that start together take turns."""
    await asyncio.sleep(seconds * random.uniform(0.5, 1.5))  # noqa: S311


async def _unless_away(work: Awaitable[object]) -> None:
    try:
        await work
    except (Unavailable, psycopg.Error) as error:
        LOG.warning("housekeeping waits for the next time: %s", error)
