"""Who follows a log while it grows? All of a process over one connection, with one read for many."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from lrs.database.listener import Listener
from lrs.database.pool import Database
from lrs.log import feed
from lrs.log.feed import Next

POLL_SECONDS = 1.0
# What is kept for each follower who reads slowly.
PAGE, PAGE_BYTES = 500, 256 * 1024

# Of which tenant, after which position, which topics; and after how many wake-ups: a read that began before
# the last of them may not have seen what it was about.
_Place = tuple[str, int, frozenset[str], int]


class Following:
    """The followers of this process; before the first one comes nobody listens."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.closed = False
        self._followers: dict[str, set[asyncio.Event]] = {}
        self._wakes: Counter[str | None] = Counter()
        self._reading: dict[_Place, asyncio.Task[Next]] = {}
        self._listener: Listener | None = None
        self._poll: asyncio.Task[None] | None = None

    @contextmanager
    def woken(self, tenant: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever the log may have grown; clear it, read, and only then wait for it."""
        self._begin()
        woken = asyncio.Event()
        followers = self._followers.setdefault(tenant, set())
        followers.add(woken)
        try:
            yield woken
        finally:
            followers.discard(woken)
            if not followers:
                self._followers.pop(tenant, None)

    async def page(self, tenant: str, after: int, topics: frozenset[str]) -> Next:
        """What comes next; read once for all who ask for it at the same time."""
        place = (tenant, after, topics, self._wakes[tenant] + self._wakes[None])
        reading = self._reading.get(place)
        if reading is None:
            reading = self._reading[place] = asyncio.create_task(self._read(place))
            reading.add_done_callback(lambda _: self._reading.pop(place))
        return await asyncio.shield(reading)

    def close(self) -> None:
        """Send all followers home."""
        self.closed = True
        self._wake(None)

    def stop(self) -> None:
        """Stop listening."""
        self.close()
        if self._poll:
            self._poll.cancel()
        if self._listener:
            self._listener.stop()

    async def _read(self, place: _Place) -> Next:
        tenant, after, topics, _ = place
        return await self.database.run(
            feed.page, self.database, tenant, after, topics=topics, limit=PAGE, most_bytes=PAGE_BYTES
        )

    def _begin(self) -> None:
        if self._listener:
            return
        loop = asyncio.get_running_loop()

        def heard(tenant: str | None) -> None:
            loop.call_soon_threadsafe(self._wake, tenant)

        self._listener = Listener(self.database.conninfo, "lrs_log", heard).start()
        self._poll = asyncio.create_task(self._keep_polling())

    async def _keep_polling(self) -> None:
        """A notification may be lost; all look at the same moment, and so at the cost of one read."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            self._wake(None)

    def _wake(self, tenant: str | None) -> None:
        self._wakes[tenant] += 1
        for name in list(self._followers) if tenant is None else [tenant]:
            for woken in self._followers.get(name, ()):
                woken.set()
