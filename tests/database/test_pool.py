"""The database goes away and comes back: requests are told to come again, and nothing is lost."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psycopg
import pytest

from lrs.auth.keys import Keys
from lrs.database.pool import Database
from lrs.errors import DatabaseTooSlow, DatabaseUnavailable
from lrs.log.event_log import EventLog
from lrs.settings import Settings
from tests.client import Client, a_statement
from tests.conftest import a_key, serving
from tests.database.proxy import Proxy

QUICKLY = 5.0
ADA = '{"mbox":"mailto:ada@example.com"}'
ACTIVITY = "http://example.com/activities/fractions"
REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/statements", {}),
    ("GET", "/statements", {"params": {"statementId": "7e1a1f3e-5f0a-4b68-9d4e-0a8b1f0f6a11"}}),
    ("POST", "/statements", {"json": a_statement()}),
    ("GET", "/agents", {"params": {"agent": ADA}}),
    ("GET", "/activities", {"params": {"activityId": ACTIVITY}}),
    ("GET", "/agents/profile", {"params": {"agent": ADA, "profileId": "p"}}),
    ("PUT", "/agents/profile", {"params": {"agent": ADA, "profileId": "p"}, "content": b"x"}),
    ("DELETE", "/activities/profile", {"params": {"activityId": ACTIVITY, "profileId": "p"}}),
]


@pytest.fixture(scope="module")
def proxy(database: Database) -> Iterator[Proxy]:
    way = Proxy(database.conninfo)
    yield way
    way.close()


@pytest.fixture(scope="module")
def proxied_url(settings: Settings, proxy: Proxy) -> Iterator[str]:
    """A server whose way to the database can be cut."""
    limits = {"database_url": proxy.conninfo, "pool_size": 3, "log_level": "warning"}
    with serving(settings.model_copy(update=limits)) as url:
        yield url
        proxy.open()


@pytest.fixture
def client(proxied_url: str, proxy: Proxy, database: Database, tenant: str) -> Iterator[Client]:
    with Client(proxied_url, *a_key(database, tenant)) as client:
        yield client
        proxy.open()
        until_ready(proxied_url)


def until_ready(url: str) -> float:
    begun = time.monotonic()
    while httpx.get(f"{url}/readyz").status_code != 200:
        assert time.monotonic() - begun < 10
        time.sleep(0.05)
    return time.monotonic() - begun


def test_without_a_database_every_request_is_told_to_come_again_and_soon(
    client: Client, proxied_url: str, proxy: Proxy
) -> None:
    kept = client.post(a_statement())
    proxy.cut()

    def ask(number: int) -> tuple[httpx.Response, float]:
        method, path, parameters = REQUESTS[number % len(REQUESTS)]
        begun = time.monotonic()
        answer = client.http.request(method, path, **parameters)
        return answer, time.monotonic() - begun

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(ask, range(32)))
    for answer, seconds in answers:
        assert answer.status_code == 503, answer.request.url
        assert int(answer.headers["retry-after"]) > 0
        assert "try again" in answer.json()["error"]
        assert seconds < QUICKLY
    assert httpx.get(f"{proxied_url}/livez").status_code == 200
    assert httpx.get(f"{proxied_url}/metrics").status_code == 200
    ready = httpx.get(f"{proxied_url}/readyz")
    assert (ready.status_code, ready.json()["ready"]) == (503, False)
    assert int(ready.headers["retry-after"]) > 0
    proxy.open()
    assert until_ready(proxied_url) < QUICKLY
    assert [each["id"] for each in client.find()] == kept


def test_a_connection_that_died_in_between_is_nobodys_trouble(client: Client, proxy: Proxy) -> None:
    for number in range(5):
        (statement_id,) = client.post(a_statement())
        proxy.cut()
        proxy.open()
        if number % 2:
            assert client.get(statement_id)["id"] == statement_id
        else:
            client.http.get("/agents", params={"agent": ADA}).raise_for_status()
    assert len(client.find()) == 5


def test_what_was_acknowledged_survives_a_network_that_comes_and_goes(
    client: Client, proxy: Proxy, database: Database, tenant: str
) -> None:
    """Every answer is 200 or 503; what got a 200 is stored once, and a retry never makes it two."""
    stop = threading.Event()
    statuses: Counter[int] = Counter()

    def write(_: int) -> list[str]:
        acknowledged: list[str] = []
        batch = [a_statement(), a_statement()]
        with Client(str(client.http.base_url).removesuffix("/xapi/"), client.key, client.secret) as own:
            while not stop.is_set():
                answer = own.http.post("/statements", json=batch)
                statuses[answer.status_code] += 1
                if answer.status_code == 200:
                    acknowledged += answer.json()
                    batch = [a_statement(), a_statement()]
        return acknowledged

    with ThreadPoolExecutor(3) as threads:
        writing = [threads.submit(write, number) for number in range(3)]
        for _ in range(6):
            time.sleep(0.2)
            proxy.cut()
            time.sleep(0.05)
            proxy.open()
        time.sleep(0.2)
        stop.set()
        acknowledged = [each for one in writing for each in one.result()]
    assert set(statuses) <= {200, 503}
    assert statuses[200] > 10
    log = list(EventLog(database, tenant).read())
    stored = Counter(str(each.originator_id) for each in log if each.topic == "statement-stored")
    assert set(acknowledged) <= set(stored)
    assert set(stored.values()) == {1}
    assert len(stored) <= len(acknowledged) + 3 * 2
    assert [each.position for each in log] == list(range(1, len(log) + 1))


def test_a_revocation_while_the_server_is_deaf_is_not_missed(
    client: Client, proxy: Proxy, database: Database, tenant: str
) -> None:
    """The listener lost its connection with all others; until it hears again no key is remembered."""
    client.post(a_statement())
    proxy.cut()
    Keys(database).revoke(tenant, client.key)
    proxy.open()
    for _ in range(20):
        assert client.http.get("/statements").status_code in {401, 503}
        time.sleep(0.02)


@pytest.fixture
def fragile(proxy: Proxy) -> Iterator[Database]:
    with Database(proxy.conninfo, pool_size=2, statement_timeout=1) as database:
        yield database
        proxy.open()


def test_a_function_is_called_again_with_a_fresh_connection(fragile: Database, proxy: Proxy) -> None:
    calls = []

    def ask() -> int:
        calls.append(1)
        with fragile.connection() as connection:
            if len(calls) == 1:
                proxy.cut()
                proxy.open()
            return int(connection.execute(b"SELECT 41 + 1").fetchall()[0][0])

    assert asyncio.run(fragile.run(ask)) == 42
    assert len(calls) == 2


def test_a_statement_that_takes_too_long_is_not_tried_again(fragile: Database) -> None:
    calls = []

    def sleep() -> None:
        calls.append(1)
        with fragile.connection() as connection:
            connection.execute(b"SELECT pg_sleep(10)")

    with pytest.raises(DatabaseTooSlow):
        asyncio.run(fragile.run(sleep))
    assert len(calls) == 1


def test_other_errors_stay_what_they_are(fragile: Database) -> None:
    with fragile.connection() as connection, pytest.raises(psycopg.errors.DivisionByZero):
        connection.execute(b"SELECT 1 / 0")
    fragile.ping()


def test_a_pool_that_is_busy_is_waited_for(fragile: Database) -> None:
    """Longer than one try: nobody is turned away because others are at work."""

    def work(_: int) -> None:
        with fragile.connection() as connection:
            connection.execute(b"SELECT pg_sleep(0.7)")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))


def test_an_unknown_address_is_a_database_that_is_away() -> None:
    begun = time.monotonic()
    with Database("postgresql://nobody@127.0.0.1:1/nothing", pool_size=1) as database:
        for _ in range(5):
            with pytest.raises(DatabaseUnavailable):
                database.ping()
    assert time.monotonic() - begun < QUICKLY


def test_every_connection_is_durable_and_in_utc(fragile: Database) -> None:
    with fragile.connection() as connection:
        found = connection.execute(
            b"SELECT current_setting('timezone'), current_setting('synchronous_commit'), "
            b"current_setting('statement_timeout'), current_setting('application_name')"
        ).fetchall()
    assert found == [("UTC", "on", "1s", "lrs")]
    assert connection.autocommit
