"""Who follows a log is told of everything, whoever else reads at the same time."""

from __future__ import annotations

import asyncio
import threading
from typing import Any
from uuid import uuid4

import pytest
from eventsourcing.persistence import StoredEvent

from lrs.database.pool import Database
from lrs.log import feed
from lrs.log.event_log import EventLog
from lrs.log.following import Following

ALL: frozenset[str] = frozenset()


def test_who_is_woken_shares_no_read_that_began_before(
    database: Database, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, seen, go = feed.page, threading.Event(), threading.Event()

    def slow(*args: Any, **options: Any) -> feed.Next:
        found = page(*args, **options)
        seen.set()
        go.wait(10)
        return found

    async def follow() -> tuple[feed.Next, feed.Next]:
        following = Following(database)
        with following.woken(tenant) as woken:
            early = asyncio.create_task(following.page(tenant, 0, ALL))
            await asyncio.to_thread(seen.wait, 10)
            woken.clear()
            tell(database, tenant)
            await asyncio.wait_for(woken.wait(), 10)
            late = asyncio.create_task(following.page(tenant, 0, ALL))
            await asyncio.sleep(0)
            go.set()
            found = await early, await late
        await asyncio.to_thread(following.stop)
        return found

    monkeypatch.setattr("lrs.log.feed.page", slow)
    early, late = asyncio.run(follow())
    assert (len(early.events), len(late.events)) == (0, 1)


def tell(database: Database, tenant: str) -> None:
    with database.connection() as connection:
        EventLog(database, tenant).append(connection, [StoredEvent(uuid4(), 1, "said", b"a")])
