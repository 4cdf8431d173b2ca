"""The log as it grows: at once, once, in order, to as many as listen, until they or the store stop."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from lrs.auth.keys import Keys
from lrs.database.pool import Database
from lrs.log import feed
from lrs.settings import Settings
from tests.client import Client, a_statement
from tests.conftest import a_key, serving
from tests.streams import Message, events, streaming

Json = dict[str, Any]


@pytest.fixture
def key(lrs: Client) -> tuple[str, str]:
    return lrs.key, lrs.secret


def positions(messages: list[Message]) -> list[int]:
    return [int(each.id) for each in messages]


def test_what_is_there_comes_and_then_what_is_new(lrs: Client, server_url: str, key: tuple[str, str]) -> None:
    lrs.post(a_statement())
    with streaming(server_url, key) as messages:
        first, second = events(messages, 2)
        assert (first.id, first.topic, second.id, second.topic) == (
            "1",
            "key-issued",
            "2",
            "statement-stored",
        )
        (statement_id,) = lrs.post(a_statement())
        (third,) = events(messages, 1)
    assert (third.id, third.data["position"], third.data["data"]["id"]) == ("3", 3, statement_id)
    assert third.data == httpx.get(f"{server_url}/log", params={"after": 2}, auth=key).json()["events"][0]


def test_a_new_event_arrives_at_once(lrs: Client, server_url: str, key: tuple[str, str]) -> None:
    with streaming(server_url, key) as messages:
        events(messages, 1)
        waited = []
        for _ in range(10):
            lrs.post(a_statement())
            answered = time.perf_counter()
            events(messages, 1)
            waited.append(time.perf_counter() - answered)
    assert sorted(waited)[5] < 0.1, waited


def test_who_comes_back_goes_on_where_they_were(lrs: Client, server_url: str, key: tuple[str, str]) -> None:
    lrs.post([a_statement() for _ in range(9)])
    with streaming(server_url, key, after=2) as messages:
        assert positions(events(messages, 3)) == [3, 4, 5]
    with streaming(server_url, key, headers={"Last-Event-ID": "5"}, after=2) as messages:
        assert positions(events(messages, 5)) == [6, 7, 8, 9, 10]


def test_a_place_that_is_none_is_400(server_url: str, key: tuple[str, str]) -> None:
    for place in ("-1", "x", "9" * 30, "\u00b2"):
        headers = {"Last-Event-ID": place.encode("latin-1")}
        answer = httpx.get(f"{server_url}/log/stream", auth=key, headers=headers)
        assert answer.status_code == 400
        assert answer.json()["faults"][0]["pointer"] == "Last-Event-ID"


def test_topics_are_chosen(lrs: Client, server_url: str, key: tuple[str, str]) -> None:
    agent = {"agent": '{"mbox":"mailto:ada@example.com"}', "profileId": "p"}
    with streaming(server_url, key, topic="document-stored") as messages:
        lrs.post([a_statement() for _ in range(3)])
        lrs.http.put("/agents/profile", params=agent, content=b"{}")
        (document,) = events(messages, 1)
    assert (document.id, document.topic) == ("5", "document-stored")


def test_a_statement_may_have_lines(lrs: Client, server_url: str, key: tuple[str, str]) -> None:
    statement = a_statement(result={"response": "one\r\ntwo\n\nthree\u2028four"})
    text = json.dumps(statement, indent=1, ensure_ascii=False).replace("\n", "\r\n")
    headers = {"Content-Type": "application/json"}
    lrs.http.post("/statements", content=text.encode(), headers=headers).raise_for_status()
    with streaming(server_url, key, after=1) as messages:
        (event,) = events(messages, 1)
    assert event.data["data"] == lrs.get(statement["id"])


def test_what_is_silent_gives_signs_of_life(
    lrs: Client, server_url: str, key: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They name the place as well: who chose rare topics need not begin far back again."""
    monkeypatch.setattr("lrs.http.log_stream.HEARTBEAT_SECONDS", 0.0)
    lrs.post([a_statement() for _ in range(3)])
    with streaming(server_url, key, topic="key-revoked") as messages:
        assert next(messages) == Message("4", "", None)
        assert next(messages) == Message("4", "", None)


def test_many_who_follow_see_the_same_while_many_write(
    lrs: Client, server_url: str, key: tuple[str, str]
) -> None:
    def follow(ready: threading.Barrier) -> list[Message]:
        with streaming(server_url, key, after=1) as messages:
            ready.wait(20)
            return events(messages, 200)

    ready = threading.Barrier(11)
    with ThreadPoolExecutor(14) as threads:
        followers = [threads.submit(follow, ready) for _ in range(10)]
        ready.wait(20)
        list(threads.map(lambda _: [lrs.post([a_statement(), a_statement()]) for _ in range(25)], range(4)))
        seen = [each.result(30) for each in followers]
    assert positions(seen[0]) == list(range(2, 202))
    assert all(each == seen[0] for each in seen)


def test_an_event_is_read_once_for_all_who_wait_for_it(
    lrs: Client, server_url: str, key: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[int] = []

    def counted(database: Database, tenant: str, after: int, **options: Any) -> feed.Next:
        reads.append(after)
        return page(database, tenant, after, **options)

    with ExitStack() as stack:
        crowd = [stack.enter_context(streaming(server_url, key)) for _ in range(30)]
        for each in crowd:
            events(each, 1)
        page = feed.page
        monkeypatch.setattr("lrs.log.feed.page", counted)
        lrs.post(a_statement())
        assert [positions(events(each, 1)) for each in crowd] == [[2]] * 30
    assert reads.count(1) < 5  # the polls of a second among them


def test_one_connection_listens_for_all_who_follow(
    settings: Settings, database: Database, tenant: str
) -> None:
    def listening() -> int:
        with database.connection() as connection:
            count = (
                b"SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN lrs_log' OR query = 'SELECT 1'"
            )
            return int(connection.execute(count).fetchall()[0][0])

    key = a_key(database, tenant)
    with serving(settings.model_copy(update={"pool_size": 2})) as url, ExitStack() as stack:
        first = stack.enter_context(streaming(url, key))
        events(first, 1)
        time.sleep(0.3)
        before = listening()
        for _ in range(5):
            events(stack.enter_context(streaming(url, key)), 1)
        assert listening() == before


def test_a_lost_notification_is_made_up_for_within_a_second(
    server_url: str, database: Database, key: tuple[str, str]
) -> None:
    """A hint may be lost with the connection that would have brought it; the events are not."""
    with streaming(server_url, key) as messages:
        events(messages, 1)
        with Client(server_url, *key) as lrs:
            for _ in range(3):
                with database.connection() as connection:
                    connection.execute(
                        b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        b" WHERE query IN ('LISTEN lrs_log', 'SELECT 1') AND pid <> pg_backend_pid()"
                    )
                lrs.post(a_statement())
                began = time.perf_counter()
                events(messages, 1)
                assert time.perf_counter() - began < 3


def test_a_revoked_key_reads_no_further(
    lrs: Client, server_url: str, database: Database, tenant: str
) -> None:
    key = a_key(database, tenant, "log/read")
    with streaming(server_url, key) as messages:
        events(messages, 2)
        Keys(database).revoke(tenant, key[0])
        time.sleep(0.5)
        lrs.post(a_statement())
        seen = [each.topic for each in messages if each.topic]
    assert "statement-stored" not in seen
    assert httpx.get(f"{server_url}/log/stream", auth=key).status_code == 401


def test_streams_end_when_the_store_stops(settings: Settings, database: Database, tenant: str) -> None:
    key = a_key(database, tenant)
    store = serving(settings.model_copy(update={"pool_size": 2}))
    with ThreadPoolExecutor(1) as threads, store as url, streaming(url, key) as messages:
        events(messages, 1)
        began = time.perf_counter()
        stopped = threads.submit(store.__exit__)
        assert [each for each in messages if each.topic] == []  # to its end, and not broken off
        stopped.result(20)
        assert time.perf_counter() - began < 5


def test_who_goes_away_leaves_nothing_behind(lrs: Client, server_url: str, key: tuple[str, str]) -> None:
    before = threading.active_count()
    for _ in range(30):
        with streaming(server_url, key) as messages:
            events(messages, 1)
    lrs.post(a_statement())
    time.sleep(0.2)
    assert threading.active_count() <= before + 1


def test_a_page_in_a_browser_may_read_it(server_url: str, key: tuple[str, str]) -> None:
    origin = {"Origin": "https://course.example.com"}
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "Last-Event-ID"}
    answer = httpx.options(f"{server_url}/log/stream", headers={**origin, **asked})
    assert "last-event-id" in answer.headers["access-control-allow-headers"].lower()
    page = httpx.get(f"{server_url}/log", auth=key, headers=origin)
    assert "X-LRS-Position" in page.headers["access-control-expose-headers"]
    with streaming(server_url, key, headers=origin) as messages:
        assert positions(events(messages, 1)) == [1]
