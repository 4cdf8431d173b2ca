"""How do many readers share one commit? While one runs, those who come note themselves in the next."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from lrs.accesses import access_log
from lrs.accesses.access_log import Access
from lrs.database.pool import Database


class _Waiting(NamedTuple):
    access: Access
    done: asyncio.Future[None]


class Noting:
    """Notes what the readers of this process read, one commit at a time for each tenant."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._waiting: dict[str, list[_Waiting]] = {}
        self._draining: dict[str, asyncio.Task[None]] = {}

    async def note(self, tenant: str, access: Access) -> None:
        """Wait until it is on disk; Unavailable where it cannot be noted, and so must not be answered."""
        one = _Waiting(access, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(tenant, []).append(one)
        if tenant not in self._draining:
            self._draining[tenant] = asyncio.create_task(self._drain(tenant))
        await one.done

    async def _drain(self, tenant: str) -> None:
        try:
            while waiting := self._waiting.pop(tenant, None):
                error = await self._commit(tenant, [each.access for each in waiting])
                for _, done in waiting:
                    if done.cancelled():
                        continue  # the client went away
                    if error:
                        done.set_exception(error)
                    else:
                        done.set_result(None)
        finally:
            del self._draining[tenant]

    async def _commit(self, tenant: str, accesses: list[Access]) -> Exception | None:
        try:
            await self.database.run(access_log.note, self.database, tenant, accesses)
        except Exception as error:
            return error
        return None
