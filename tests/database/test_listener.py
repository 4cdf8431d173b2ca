"""A process hears what others commit, and knows when it may have missed something."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from uuid import uuid4

import psycopg
import pytest

from lrs.database.listener import Listener
from lrs.database.pool import Database
from tests.database.proxy import Proxy

Heard = list[str | None]


@pytest.fixture
def channel() -> str:
    return f"test_{uuid4().hex[:12]}"


@pytest.fixture
def proxy(database: Database) -> Iterator[Proxy]:
    way = Proxy(database.conninfo)
    yield way
    way.close()


@pytest.fixture
def heard(proxy: Proxy, channel: str) -> Iterator[tuple[Heard, Listener]]:
    notes: Heard = []
    listener = Listener(proxy.conninfo, channel, notes.append).start()
    until(lambda: listener.hears)
    yield notes, listener
    proxy.open()
    listener.stop()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def notify(database: Database, channel: str, *payloads: str) -> None:
    with database.connection() as connection, connection.transaction():
        for payload in payloads:
            connection.execute(b"SELECT pg_notify(%s, %s)", [channel, payload])


def test_it_forgets_everything_first_and_then_hears_what_is_committed(
    heard: tuple[Heard, Listener], database: Database, channel: str
) -> None:
    notes, _ = heard
    assert notes == [None]
    notify(database, channel, "a", "b")
    notify(database, channel, "c")
    until(lambda: len(notes) == 4)
    assert notes == [None, "a", "b", "c"]


def test_it_hears_nothing_that_was_rolled_back_or_meant_for_others(
    heard: tuple[Heard, Listener], database: Database, channel: str
) -> None:
    notes, _ = heard
    with database.connection() as connection, connection.transaction():
        connection.execute(b"SELECT pg_notify(%s, 'never')", [channel])
        raise_rollback()
    notify(database, f"{channel}_other", "not mine")
    notify(database, channel, "mine")
    until(lambda: len(notes) == 2)
    assert notes == [None, "mine"]


def raise_rollback() -> None:
    raise psycopg.Rollback()


def test_while_it_is_deaf_it_says_so_and_then_forgets_everything(
    heard: tuple[Heard, Listener], proxy: Proxy, database: Database, channel: str
) -> None:
    notes, listener = heard
    proxy.cut()
    until(lambda: not listener.hears)
    notify(database, channel, "missed")
    assert notes == [None]
    proxy.open()
    until(lambda: listener.hears)
    assert notes == [None, None]
    notify(database, channel, "heard")
    until(lambda: len(notes) == 3)
    assert notes[-1] == "heard"


def test_it_stops_soon_although_the_database_is_away(proxy: Proxy, channel: str) -> None:
    proxy.cut()
    listener = Listener(proxy.conninfo, channel, lambda _: None).start()
    time.sleep(0.1)
    begun = time.monotonic()
    listener.stop()
    assert time.monotonic() - begun < 3
    assert not listener.hears
