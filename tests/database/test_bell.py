"""The loop hears when PostgreSQL answers, and does not spin when it says something that nobody asked for."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

import psycopg
import pytest
import uvloop
from psycopg import Connection

from lrs.database import arrays
from lrs.database.pool import Database
from lrs.database.trip import Trip
from lrs.errors import DatabaseUnavailable


async def ask(connection: Connection[Any]) -> int:
    trip = Trip(connection)
    trip.add(b"SELECT cardinality($1::int[])", arrays.ints([1, 2, 3]))
    (result,) = await trip.run_on_loop()
    return int.from_bytes(result.get_value(0, 0) or b"")


async def ask_at_hand(database: Database) -> int:
    with database.connection_at_hand() as connection:
        return await ask(connection)


async def ask_again_and_again(database: Database) -> int:
    for _ in range(100):
        with suppress(DatabaseUnavailable):
            return await ask_at_hand(database)
        await asyncio.sleep(0.05)
    return 0


def end(database: Database, backend: int) -> None:
    with psycopg.connect(database.conninfo, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [backend])


@pytest.fixture(params=[asyncio.run, uvloop.run])
def run(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_trip_after_trip_over_one_connection(database: Database, run: Any) -> None:
    async def travel() -> list[int]:
        return [await ask_at_hand(database) for _ in range(100)]

    database.ping()
    assert run(travel()) == [3] * 100


def test_a_connection_that_ends_while_it_is_at_hand_costs_no_cpu(database_url: str, run: Any) -> None:
    async def idle(database: Database) -> float:
        with database.connection_at_hand() as connection:
            await ask(connection)
            backend = connection.info.backend_pid
        await asyncio.to_thread(end, database, backend)
        began = time.thread_time()
        await asyncio.sleep(0.5)
        return time.thread_time() - began

    with Database(database_url) as database:
        database.ping()
        assert run(idle(database)) < 0.1


def test_after_a_lost_connection_the_next_is_used(database_url: str, run: Any) -> None:
    async def lose(database: Database) -> int:
        with database.connection_at_hand() as connection:
            await ask(connection)
            backend = connection.info.backend_pid
        await asyncio.to_thread(end, database, backend)
        with pytest.raises(DatabaseUnavailable):
            await ask_at_hand(database)
        return await ask_again_and_again(database)

    with Database(database_url) as database:
        database.ping()
        assert run(lose(database)) == 3


def test_a_cancelled_trip_leaves_nothing_behind_on_the_loop(database_url: str, run: Any) -> None:
    async def cancel(database: Database) -> int:
        with database.connection_at_hand() as connection:
            trip = Trip(connection)
            trip.add(b"SELECT pg_sleep(5), cardinality($1::int[])", arrays.ints([]))
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await trip.run_on_loop()
        return await ask_again_and_again(database)

    with Database(database_url) as database:
        database.ping()
        assert run(cancel(database)) == 3
