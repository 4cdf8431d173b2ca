"""Many clients on the same few activities and agents: nothing fails, is lost, or is stored twice."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

from lrs.database import sql
from lrs.database.pool import Database
from lrs.log.event_log import EventLog
from lrs.settings import Settings
from tests.client import Client, a_statement

Json = dict[str, Any]
CLIENTS = 4
BATCHES = 6
SIZE = 50
VOIDED = {"id": "http://adlnet.gov/expapi/verbs/voided"}
ACTIVITY = "http://example.com/activities/0"
STATE = {"activityId": ACTIVITY, "agent": '{"mbox":"mailto:0@example.com"}', "stateId": "shared"}


@pytest.fixture(scope="module")
def other_url(settings: Settings, database: Database) -> Iterator[str]:
    """A second server on the same database, in a process of its own."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    environment = os.environ | {
        "LRS_DATABASE_URL": str(settings.database_url),
        "LRS_POOL_SIZE": "4",
        "LRS_LOG_LEVEL": "warning",
    }
    command = [sys.executable, "-m", "uvicorn", "--factory", "lrs.app:from_environment"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--log-level", "warning", "--no-access-log"], env=environment
    )
    try:
        yield _ready(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        assert process.wait(20) in {0, -15}


def _ready(url: str, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{url}/readyz").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return url
    raise AssertionError("the second server did not start")


def on_the_same_things(number: int) -> Json:
    """A statement about one of three activities by one of three people, as everybody else's."""
    some = number % 3
    activity = {"id": f"http://example.com/activities/{some}", "definition": {"name": {"en": f"No. {some}"}}}
    return a_statement(
        actor={"mbox": f"mailto:{some}@example.com", "name": f"Somebody {some}"},
        object=activity,
        context={"contextActivities": {"parent": [activity], "grouping": {"id": ACTIVITY}}},
    )


def at_once(work: Callable[[int], Any], workers: int = CLIENTS) -> list[Any]:
    with ThreadPoolExecutor(workers) as threads:
        return list(threads.map(work, range(workers)))


def logged(database: Database, tenant: str) -> Counter[str]:
    """How often each statement is in the log, whose positions are dense."""
    read = list(EventLog(database, tenant).read())
    assert [each.position for each in read] == list(range(1, len(read) + 1))
    assert [each.stored for each in read] == sorted({each.stored for each in read})
    return Counter(str(each.originator_id) for each in read if each.topic == "statement-stored")


def test_batches_on_the_same_activities_with_voids_and_documents_among_them(
    lrs: Client, server_url: str, other_url: str, database: Database, tenant: str
) -> None:
    urls = [server_url, other_url]

    def work(number: int) -> list[str]:
        acknowledged: list[str] = []
        with Client(urls[number % 2], lrs.key, lrs.secret) as client:
            for turn in range(BATCHES):
                batch = [on_the_same_things(each) for each in range(SIZE)]
                acknowledged += client.post(batch)
                void = {"objectType": "StatementRef", "id": batch[turn]["id"]}
                acknowledged += client.post(a_statement(verb=VOIDED, object=void))
                content = json.dumps({f"{number}-{turn}": turn}).encode()
                headers = {"Content-Type": "application/json"}
                client.http.post(
                    "/activities/state", params=STATE, content=content, headers=headers
                ).raise_for_status()
        return acknowledged

    acknowledged = [each for own in at_once(work) for each in own]
    assert len(acknowledged) == CLIENTS * BATCHES * (SIZE + 1)
    assert logged(database, tenant) == Counter(acknowledged)
    standing = lrs.find(limit=500)
    assert len(standing) == CLIENTS * BATCHES * SIZE
    merged = lrs.http.get("/activities/state", params=STATE).json()
    assert len(merged) == CLIENTS * BATCHES
    definition = lrs.http.get("/activities", params={"activityId": ACTIVITY}).json()["definition"]
    assert definition == {"name": {"en": "No. 0"}}
    by_one = lrs.find(agent='{"mbox":"mailto:1@example.com"}', limit=500)
    ids = {each["id"] for each in by_one if each["verb"]["id"] != VOIDED["id"]}
    assert ids == {each["id"] for each in standing if each["actor"]["mbox"] == "mailto:1@example.com"}


def test_the_same_statements_from_everybody_at_once_are_stored_once(
    lrs: Client, server_url: str, other_url: str, database: Database, tenant: str
) -> None:
    """As clients do who all retry: whole batches, in another order, and one by one with PUT."""
    batch = [on_the_same_things(number) for number in range(20)]
    urls = [server_url, other_url]

    def work(number: int) -> None:
        with Client(urls[number % 2], lrs.key, lrs.secret) as client:
            turned = batch[number:] + batch[:number]
            assert client.post(turned) == [each["id"] for each in turned]
            for each in turned[:5]:
                parameters = {"statementId": each["id"]}
                client.http.put("/statements", params=parameters, json=each).raise_for_status()

    at_once(work)
    assert logged(database, tenant) == Counter(each["id"] for each in batch)


def test_of_different_statements_with_one_id_one_is_stored_and_the_others_are_told(
    lrs: Client, server_url: str, other_url: str, database: Database, tenant: str
) -> None:
    urls = [server_url, other_url]
    for _ in range(5):
        contested, beside = str(uuid4()), [a_statement() for _ in range(CLIENTS)]

        def work(number: int) -> int:
            own = a_statement(id=contested, actor={"mbox": f"mailto:{number}@example.com"})  # noqa: B023
            with Client(urls[number % 2], lrs.key, lrs.secret) as client:
                answer = client.http.post("/statements", json=[beside[number], own])  # noqa: B023
                return answer.status_code

        statuses = at_once(work)
        assert sorted(statuses) == [200] + [409] * (CLIENTS - 1)
        stored = logged(database, tenant)
        winner = statuses.index(200)
        assert lrs.get(contested)["actor"]["mbox"] == f"mailto:{winner}@example.com"
        assert [stored[each["id"]] for each in beside] == [int(n == winner) for n in range(CLIENTS)]


def test_a_reader_never_sees_half_a_batch(lrs: Client, other_url: str) -> None:
    def write(_: int) -> None:
        for _ in range(10):
            lrs.post([on_the_same_things(number) for number in range(20)])

    with ThreadPoolExecutor(1) as threads, Client(other_url, lrs.key, lrs.secret) as reader:
        writing = threads.submit(write, 0)
        sizes = set()
        while not writing.done():
            answer = reader.http.get("/statements", params={"limit": "500"}).raise_for_status()
            sizes.add(len(answer.json()["statements"]) % 20)
        writing.result()
    assert sizes == {0}


def test_a_client_that_goes_away_leaves_all_or_nothing(lrs: Client, database: Database, tenant: str) -> None:
    """The connection is cut while the answer is on its way; sending again ends in the same place."""
    batch = [on_the_same_things(number) for number in range(SIZE)]
    body = json.dumps(batch).encode()
    headers = {"Content-Type": "application/json", "X-Experience-API-Version": "2.0.0"}
    hasty = httpx.Client(auth=(lrs.key, lrs.secret), timeout=httpx.Timeout(10, read=0.001), headers=headers)
    with hasty, pytest.raises(httpx.ReadTimeout):
        hasty.post(f"{lrs.http.base_url}statements", content=body)
    assert len(lrs.find(limit=500)) in {0, SIZE}
    assert lrs.post(batch) == [each["id"] for each in batch]
    assert logged(database, tenant) == Counter(each["id"] for each in batch)


def test_the_index_knows_every_statement_of_the_log(
    lrs: Client, server_url: str, other_url: str, database: Database, tenant: str
) -> None:
    """References among statements that arrive at once, over two servers, in any order."""
    chains = [[a_statement(verb={"id": f"http://example.com/verbs/{number}"})] for number in range(6)]
    for chain in chains:
        for _ in range(3):
            chain.append(a_statement(object={"objectType": "StatementRef", "id": chain[-1]["id"]}))
    urls = [server_url, other_url]

    def work(number: int) -> None:
        with Client(urls[number % 2], lrs.key, lrs.secret) as client:
            for chain in chains:
                client.post(chain[number])

    at_once(work)
    for number, chain in enumerate(chains):
        found = {each["id"] for each in lrs.find(verb=f"http://example.com/verbs/{number}")}
        assert found == {each["id"] for each in chain}
    with database.connection() as connection:
        head, count = connection.execute(
            f"SELECT h.position, (SELECT count(*) FROM {sql.schema(tenant)}.log) "  # noqa: S608
            f"FROM {sql.schema(tenant)}.head AS h".encode()
        ).fetchall()[0]
    assert head == count
