"""X-Experience-API-Consistent-Through is on every answer about statements, and true (Communication 2.1.3)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from lrs.database import sql
from lrs.database.pool import Database
from lrs.settings import Settings
from tests.client import Client, a_statement
from tests.conftest import a_key, serving

Json = dict[str, Any]
HEADER = "X-Experience-API-Consistent-Through"
MISSING = "7e1a1f3e-5f0a-4b68-9d4e-0a8b1f0f6a11"


@pytest.fixture(scope="module")
def other_url(settings: Settings, database: Database) -> Iterator[str]:
    """A second server on the same database."""
    with serving(settings.model_copy(update={"pool_size": 3})) as url:
        yield url


def bound(answer: httpx.Response) -> datetime:
    return datetime.fromisoformat(answer.headers[HEADER])


def ids(statements: list[Json]) -> list[str]:
    return [each["id"] for each in statements]


def test_every_answer_has_a_bound(lrs: Client, server_url: str, database: Database, tenant: str) -> None:
    known = a_statement()
    (known_id,) = lrs.post(known)
    other = known | {"actor": {"mbox": "mailto:bo@example.com"}}
    old = {"X-Experience-API-Version": "1.0.3"}
    asked: list[tuple[int, str, dict[str, Any]]] = [
        (200, "GET", {}),
        (200, "HEAD", {}),
        (200, "GET", {"params": {"statementId": known_id}}),
        (200, "GET", {"params": {"attachments": "true"}}),
        (200, "GET", {"params": {"agent": '{"mbox":"mailto:nobody@example.com"}'}}),
        (404, "GET", {"params": {"statementId": MISSING}}),
        (404, "HEAD", {"params": {"statementId": MISSING}}),
        (400, "GET", {"params": {"foo": "bar"}}),
        (400, "GET", {"headers": {"X-Experience-API-Version": "3.0"}}),
        (200, "POST", {"json": a_statement()}),
        (200, "POST", {"json": []}),
        (400, "POST", {"json": {}}),
        (400, "POST", {"content": b"{"}),
        (409, "POST", {"json": other}),
        (204, "PUT", {"params": {"statementId": known_id}, "json": known}),
        (409, "PUT", {"params": {"statementId": known_id}, "json": other}),
        (400, "PUT", {"json": known}),
        (
            413,
            "POST",
            {"content": b" " * (33 * 1024 * 1024), "headers": {"Content-Type": "application/json"}},
        ),
        (401, "GET", {"auth": ("nobody", "nothing")}),
        (401, "POST", {"auth": ("nobody", "nothing"), "json": a_statement()}),
        (403, "GET", {"auth": a_key(database, tenant, "state")}),
        (405, "DELETE", {}),
        (200, "POST", {"params": {"method": "GET"}, "data": {"limit": "1"}, "headers": old}),
        (400, "POST", {"params": {"method": "GET", "x": "y"}, "data": {"limit": "1"}, "headers": old}),
    ]
    for status, method, parameters in asked:
        answer = lrs.http.request(method, "/statements", **parameters)
        assert answer.status_code == status, (method, parameters)
        assert bound(answer) <= datetime.now(UTC) + timedelta(seconds=1)


def test_an_answer_to_what_nobody_foresaw_has_a_bound(lrs: Client, database: Database, tenant: str) -> None:
    lrs.post(a_statement())
    with database.connection() as connection:
        connection.execute(f"ALTER TABLE {sql.schema(tenant)}.statement_term RENAME TO lost".encode())
    answer = lrs.http.get("/statements", params={"verb": "http://example.com/any"})
    assert answer.status_code == 500
    assert bound(answer) <= datetime.now(UTC)
    assert answer.json()["error"].startswith("The store made a mistake")


def test_a_stranger_learns_no_time_of_a_tenant(lrs: Client, server_url: str) -> None:
    lrs.post(a_statement())
    answer = httpx.get(f"{server_url}/xapi/statements", headers=lrs.http.headers)
    assert bound(answer) == datetime(1970, 1, 1, tzinfo=UTC)


def test_what_was_acknowledged_is_within_the_bound(lrs: Client) -> None:
    for _ in range(5):
        statement = a_statement()
        answer = lrs.http.post("/statements", json=statement)
        stored = datetime.fromisoformat(lrs.get(statement["id"])["stored"])
        assert bound(answer) >= stored
        assert bound(lrs.http.get("/statements")) >= stored


def test_the_bound_of_an_idle_store_moves_on(lrs: Client) -> None:
    lrs.post(a_statement())
    first = bound(lrs.http.get("/statements"))
    time.sleep(1.1)
    begun = datetime.now(UTC)
    second = bound(lrs.http.get("/statements"))
    assert first < second
    assert abs(second - begun) < timedelta(seconds=1)


def test_a_server_that_only_reads_learns_the_bound_too(lrs: Client, other_url: str) -> None:
    with Client(other_url, lrs.key, lrs.secret) as reader:
        reader.http.get("/statements")
        statement = a_statement()
        lrs.post(statement)
        stored = datetime.fromisoformat(lrs.get(statement["id"])["stored"])
        deadline = time.monotonic() + 3
        while bound(reader.http.get("/statements")) < stored:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_nothing_appears_later_at_or_before_a_bound(lrs: Client, server_url: str, other_url: str) -> None:
    """Writers and readers on two servers: what one bound covers is the same at once and at the end."""
    stop = threading.Event()
    answers: list[tuple[datetime, list[str]]] = []

    def write(url: str) -> int:
        written = 0
        with Client(url, lrs.key, lrs.secret) as writer:
            while not stop.is_set():
                writer.post([a_statement() for _ in range(1 + written % 4)])
                written += 1
        return written

    def covered(reader: Client, until: datetime) -> list[str]:
        """The newest hundred; whatever appeared late would push one of them out."""
        parameters = {"until": until.isoformat(), "limit": "100"}
        found = reader.http.get("/statements", params=parameters).raise_for_status().json()
        return ids(found["statements"])

    def read(url: str, other: str) -> None:
        with Client(url, lrs.key, lrs.secret) as asked, Client(other, lrs.key, lrs.secret) as reader:
            requests = [("GET", {"limit": "1"}), ("GET", {"statementId": MISSING}), ("GET", {"foo": "bar"})]
            while not stop.is_set():
                for method, parameters in requests:
                    told = bound(asked.http.request(method, "/statements", params=parameters))
                    answers.append((told, covered(reader, told)))

    urls = [(server_url, other_url), (other_url, server_url)]
    with ThreadPoolExecutor(4) as threads:
        working = [threads.submit(write, url) for url, _ in urls]
        working += [threads.submit(read, *each) for each in urls]
        time.sleep(2)
        stop.set()
        results = [each.result() for each in working]
    assert sum(filter(None, results)) > 20
    assert len(answers) > 20
    assert len({told for told, _ in answers}) > 1
    for told, seen in answers:
        assert covered(lrs, told) == seen, told
