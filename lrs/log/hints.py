"""Who tells the followers of a log that it has grown? We do, soon after the commit.

A NOTIFY inside of every commit made the commits a quarter dearer, and woke up every listener of the database.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import monotonic

from lrs.database.pool import Database
from lrs.errors import LRSError
from lrs.log.recorder import QUERIES

# The first commit after a pause is told at once, the commits of so many seconds after it together.
PAUSE = 0.05


class Hints:
    """Tells of each tenant's commits, many at a time; followers that miss a hint look by themselves."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._told: dict[str, float] = {}
        self._coming: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def committed(self, tenant: str) -> None:
        """The log of this tenant has grown."""
        if tenant in self._coming:
            return
        self._coming.add(tenant)
        wait = self._told.get(tenant, 0.0) + PAUSE - monotonic()
        asyncio.get_running_loop().call_later(max(0.0, wait), self._start, tenant)

    def _start(self, tenant: str) -> None:
        self._coming.discard(tenant)
        self._told[tenant] = monotonic()
        task = asyncio.create_task(self._tell(tenant))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, tenant: str) -> None:
        with suppress(LRSError, RuntimeError):  # the database is gone, or the threads have been closed
            await self.database.run(self._notify, tenant)

    def _notify(self, tenant: str) -> None:
        with self.database.connection() as connection:
            connection.execute(QUERIES(tenant, "tell"))
