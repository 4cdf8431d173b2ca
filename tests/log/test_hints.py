"""Who follows a log hears that it has grown: soon, and once for many commits."""

from __future__ import annotations

import asyncio
from time import monotonic

import psycopg

from lrs.database.pool import Database
from lrs.log.event_log import EventLog
from lrs.log.writer import Writer
from tests.log.test_writer import NoIndex, an_entry

COMMITS = 200


def test_many_commits_are_told_in_few_hints_and_the_last_is_told_too(database: Database, tenant: str) -> None:
    async def store(writer: Writer, hearing: psycopg.AsyncConnection[object]) -> list[int]:
        log = EventLog(database, tenant)
        heard = []
        for _ in range(COMMITS):
            await writer.append(tenant, [an_entry()])
        give_up = monotonic() + 5
        while (not heard or heard[-1] < COMMITS) and monotonic() < give_up:
            async for hint in hearing.notifies(timeout=0.1):
                if hint.payload == tenant:
                    heard.append(log.head().position)
        return heard

    async def listen() -> list[int]:
        writer = Writer(database, NoIndex())
        async with await psycopg.AsyncConnection.connect(database.conninfo, autocommit=True) as hearing:
            await hearing.execute("LISTEN lrs_log")
            try:
                return await store(writer, hearing)
            finally:
                writer.close()

    heard = asyncio.run(listen())
    assert heard[-1] == COMMITS
    assert len(heard) < COMMITS / 4


def test_who_goes_on_after_a_pause_is_told_again(database: Database, tenant: str) -> None:
    async def store() -> int:
        writer = Writer(database, NoIndex())
        heard = 0
        async with await psycopg.AsyncConnection.connect(database.conninfo, autocommit=True) as hearing:
            await hearing.execute("LISTEN lrs_log")
            for _ in range(2):
                await writer.append(tenant, [an_entry()])
                async for hint in hearing.notifies(timeout=5):
                    heard += hint.payload == tenant
                    if hint.payload == tenant:
                        break
        writer.close()
        return heard

    assert asyncio.run(store()) == 2
