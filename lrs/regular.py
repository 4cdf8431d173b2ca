"""What is done again and again? One piece of work, every so many seconds, until the store stops."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

import psycopg

from lrs.errors import LRSError

LOG = logging.getLogger("lrs.regular")
AFTER_START_SECONDS = 60.0

# The work; it is told by a function whether it should go on.
Work = Callable[[Callable[[], bool]], Awaitable[object]]


class Regular:
    """Does it soon after the start and then every so many seconds, or never where these are 0."""

    def __init__(self, work: Work, seconds: float) -> None:
        self.work = work
        self.seconds = seconds
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    def start(self) -> None:
        """Begin, on the running event loop."""
        if self.seconds:
            self._task = asyncio.create_task(self._go_on())

    def stop(self) -> None:
        """Begin nothing more; what is at work is told to stop."""
        self._stopped = True
        if self._task:
            self._task.cancel()

    async def _go_on(self) -> None:
        await _pause(min(self.seconds, AFTER_START_SECONDS))
        while True:
            try:
                await self.work(lambda: not self._stopped)
            except (LRSError, psycopg.Error) as error:
                LOG.warning("waits for the next time: %s", error)
            await _pause(self.seconds)


async def _pause(seconds: float) -> None:
    """About so long: processes that start together take turns."""
    await asyncio.sleep(seconds * random.uniform(0.5, 1.5))  # noqa: S311
