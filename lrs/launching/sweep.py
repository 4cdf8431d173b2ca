"""Which sessions has nobody ended, and which were left half done? Looked after now and then."""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import suppress
from time import monotonic

import psycopg

from lrs.auth import tenants
from lrs.errors import LRSError, NotFound
from lrs.launching.launching import Launching

LOG = logging.getLogger("lrs.launching")
EVERY_SECONDS = 30
# Tenants in which this process has launched or heard nothing: others may have left something half done there.
EVERYBODY_SECONDS = 600
# Cmi5 9.3.8: so long a terminated session is heard, if only what it repeats.
GRACE_SECONDS = 60
# A process that is about to say what follows from a session is given so long.
HALF_DONE_SECONDS = 20


class Sweep:
    """Abandons silent sessions, says what a crash kept from being said, and revokes keys."""

    def __init__(self, launching: Launching, *, session_seconds: int) -> None:
        self.launching = launching
        self.session_seconds = session_seconds
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        """Leave off; what is half done is finished by the next one."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def once(self, tenant: str, *, half_done_seconds: int = HALF_DONE_SECONDS) -> None:
        """Look after the sessions of a tenant."""
        run, found = self.launching.database.run, self.launching.sessions
        silent = await run(found.abandon_silent, tenant, seconds=self.session_seconds)
        unsettled = await run(found.unsettled, tenant, seconds=half_done_seconds)
        for session in dict.fromkeys([*silent, *unsettled]):
            await self.launching.settle(tenant, session)
        for key in await run(found.keys_that_ended, tenant, seconds=GRACE_SECONDS):
            with suppress(NotFound):  # another process was faster
                await run(found.keys.revoke, tenant, key, reason="its cmi5 session is over")

    async def _tenants(self, *, everybody: bool) -> list[str]:
        if not everybody:
            return sorted(self.launching.tenants)
        return [name for name, _ in await self.launching.database.run(tenants.names, self.launching.database)]

    async def _go_on(self) -> None:
        everybody_at = 0.0
        while True:
            await asyncio.sleep(EVERY_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311
            try:
                for tenant in await self._tenants(everybody=monotonic() >= everybody_at):
                    await self.once(tenant)
                everybody_at = everybody_at if monotonic() < everybody_at else monotonic() + EVERYBODY_SECONDS
            except (LRSError, psycopg.Error) as error:
                LOG.warning("sessions are looked after the next time: %s", error)
