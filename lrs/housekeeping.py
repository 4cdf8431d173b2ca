"""What has to be tidied now and then? Contents that nobody needs, lost statistics, and after erasures."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any, NamedTuple

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from lrs.auth import tenants
from lrs.database import sql
from lrs.database.pool import Database
from lrs.erasure import erasing
from lrs.errors import Unavailable
from lrs.store import blobs

LOG = logging.getLogger("lrs.housekeeping")
QUERIES = sql.Queries(__file__)
AFTER_START_SECONDS = 10
EVERY_SECONDS = 6 * 3600
# Between two statements there is nothing to interrupt: then once more, so soon.
AGAIN_SECONDS = 0.05
INTERRUPT_SECONDS = 2.0


class Table(NamedTuple):
    """A table whose statistics are missing or old; only its owner may make new ones."""

    oid: int
    schema: str
    name: str
    ours: bool


class Housekeeping:
    """Tidies soon after the start and now and then, until stopped; several processes may do so at once."""

    def __init__(self, database: Database, *, keep_replaced: bool = False) -> None:
        self.database = database
        self.keep_replaced = keep_replaced
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._at_work: Connection[Any] | None = None
        self._lock = Lock()

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        """Leave off what is being done, which is undone or done by the next one."""
        self._stopping = True
        if self._task:
            self._task.cancel()
        while self._at_work:
            await asyncio.to_thread(self._interrupt)
            await asyncio.sleep(AGAIN_SECONDS)

    def sweep(self) -> int:
        """Remove the unneeded blobs of all tenants; how many."""
        swept = 0
        for name, _ in tenants.names(self.database):
            with self._connection() as connection:
                swept += blobs.sweep(connection, name, keep_replaced=self.keep_replaced)
        LOG.info("swept", extra={"blobs": swept})
        return swept

    def clean(self) -> list[str]:
        """Let nothing that was erased lie in files of the tables; of which tenants."""
        cleaned = []
        for name, _ in tenants.names(self.database):
            with self._connection() as connection:
                if not erasing.is_vacuumed(connection, name):
                    erasing.vacuum(connection, name)
                    cleaned.append(name)
        if cleaned:
            LOG.info("cleaned after erasures", extra={"tenants": cleaned})
        return cleaned

    async def analyze(self) -> list[Table]:
        """Make the statistics that are missing; the tables that got them.

        In a crash PostgreSQL forgets which tables have grown; autovacuum would wait until they grow again.
        """
        found = await self.database.run(self.unanalyzed)
        done = [each for each in found if each.ours and await self.database.run(self._analyze, each)]
        foreign = sum(not each.ours for each in found)
        if done:
            LOG.info("analyzed", extra={"tables": len(done)})
        if foreign:
            LOG.warning(
                "statistics are missing: the owner of the tables should run ANALYZE",
                extra={"tables": foreign},
            )
        return done

    def unanalyzed(self, table: int | None = None) -> list[Table]:
        """The tables of all tenants that are not small and need statistics, or this one if it does."""
        with self._connection() as connection:
            rows = connection.execute(QUERIES(tenants.DEFAULT, "unanalyzed"), {"table": table}).fetchall()
        return [Table(*row) for row in rows]

    async def _go_on(self) -> None:
        await _pause(AFTER_START_SECONDS)
        while True:
            await _unless_away(self.analyze())
            await _unless_away(self.database.run(self.sweep))
            await _unless_away(self.database.run(self.clean))
            await _pause(EVERY_SECONDS)

    def _analyze(self, table: Table) -> bool:
        if not self.unanalyzed(table.oid):
            return False  # another process was faster
        named = SQL("ANALYZE (SKIP_LOCKED) {}").format(Identifier(table.schema, table.name))
        with self._connection() as connection, connection.transaction():
            connection.execute("SET LOCAL statement_timeout = 0")
            connection.execute(named)
        return not self.unanalyzed(table.oid)  # or else somebody works on it

    @contextmanager
    def _connection(self) -> Iterator[Connection[Any]]:
        """A connection whose statements `stop` can interrupt."""
        with self.database.connection() as connection:
            if self._stopping:
                raise Unavailable("The store is stopping.")
            self._at_work = connection
            try:
                yield connection
            finally:
                with self._lock:  # what comes after us on this connection must not be interrupted
                    self._at_work = None

    def _interrupt(self) -> None:
        # Where the database cannot be reached, there is nothing to interrupt: the connection ends by itself.
        with self._lock, suppress(psycopg.Error):
            if self._at_work:
                self._at_work.cancel_safe(timeout=INTERRUPT_SECONDS)


async def _pause(seconds: float) -> None:
    """About so long: processes that start together take turns."""
    await asyncio.sleep(seconds * random.uniform(0.5, 1.5))  # noqa: S311


async def _unless_away(work: Awaitable[object]) -> None:
    try:
        await work
    except (Unavailable, psycopg.Error) as error:
        LOG.warning("housekeeping waits for the next time: %s", error)
