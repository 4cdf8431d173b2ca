"""The log in pages: every event once and in order, from any position, and nobody's secrets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

from lrs.auth.keys import Keys, key_authority
from lrs.auth.scopes import SCOPES
from lrs.database.pool import Database
from lrs.log import events
from lrs.log.event_log import EventLog
from lrs.settings import Settings
from tests.client import Client, a_statement
from tests.conftest import a_key, serving

Json = dict[str, Any]
Ask = Callable[..., httpx.Response]
READS_THE_LOG = {"all", "all/read", "log/read"}
ADA = '{"mbox":"mailto:ada@example.com"}'


@pytest.fixture
def ask(server_url: str, lrs: Client) -> Ask:
    """GET as somebody who follows the log, without a version of xAPI."""

    def get(path: str = "/log", **parameters: Any) -> httpx.Response:
        return httpx.get(f"{server_url}{path}", params=parameters or None, auth=(lrs.key, lrs.secret))

    return get


def pages(ask: Ask, **parameters: Any) -> Iterator[Json]:
    """All pages up to the end of the log, by the links from one to the next."""
    page = ask(**parameters).raise_for_status().json()
    while True:
        yield page
        if page["position"] == page["head"]:
            return
        page = ask(page["next"]).raise_for_status().json()


def everything(ask: Ask, **parameters: Any) -> list[Json]:
    return [event for page in pages(ask, **parameters) for event in page["events"]]


def test_every_event_is_in_the_log_as_it_was_stored(lrs: Client, ask: Ask) -> None:
    (statement_id,) = lrs.post(a_statement())
    lrs.http.put("/agents/profile", params={"agent": ADA, "profileId": "p"}, content=b"{}")
    key, statement, document = everything(ask)
    assert [each["position"] for each in (key, statement, document)] == [1, 2, 3]
    assert [each["topic"] for each in (key, statement, document)] == [
        "key-issued", "statement-stored", "document-stored",
    ]  # fmt: skip
    assert (statement["id"], statement["version"]) == (statement_id, 1)
    assert statement["stored"] == statement["data"]["stored"]
    assert document["data"]["document_id"] == "p"


def test_a_statement_is_in_it_byte_for_byte(lrs: Client, ask: Ask) -> None:
    text = json.dumps(a_statement(result={"score": {"scaled": 0.5}}), indent=2).replace("0.5", "0.50")
    headers = {"Content-Type": "application/json"}
    (statement_id,) = lrs.http.post("/statements", content=text, headers=headers).json()
    stored = lrs.http.get("/statements", params={"statementId": statement_id}).content
    assert b"0.50" in stored
    assert b'"data":%b}' % stored in ask(after=1).content


def test_the_secrets_of_keys_are_not_in_it(lrs: Client, ask: Ask) -> None:
    (issued,) = everything(ask)
    assert set(issued["data"]) == {"key", "scopes", "authority", "label", "learner"}
    assert issued["data"]["key"] == lrs.key


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_from_any_position_comes_what_follows_it(lrs: Client, ask: Ask, limit: int) -> None:
    lrs.post([a_statement() for _ in range(7)])
    for after in range(9):
        found = everything(ask, after=after, limit=limit)
        assert [each["position"] for each in found] == list(range(after + 1, 9))


def test_at_the_end_there_is_a_way_to_what_comes_later(lrs: Client, ask: Ask) -> None:
    answer = ask(after=1)
    assert answer.json() | {"next": ""} == {"events": [], "position": 1, "head": 1, "next": ""}
    assert answer.headers["X-LRS-Position"] == "1"
    (statement_id,) = lrs.post(a_statement())
    (event,) = ask(answer.json()["next"]).json()["events"]
    assert event["id"] == statement_id
    beyond = ask(after=1000).json()
    assert (beyond["events"], beyond["position"], beyond["head"]) == ([], 1000, 2)


def test_topics_are_chosen_and_passed_over_only_once(lrs: Client, ask: Ask) -> None:
    for number in range(3):
        lrs.post([a_statement(), a_statement()])
        lrs.http.put("/agents/profile", params={"agent": ADA, "profileId": f"p{number}"}, content=b"{}")
    chosen = everything(ask, topic="document-stored,key-issued", limit=2)
    assert [each["position"] for each in chosen] == [1, 4, 7, 10]
    page = ask(topic="document-stored", after=7, limit=1).json()
    assert [each["position"] for each in page["events"]] == [10]
    assert ask(topic="key-revoked").json()["position"] == 10


def test_a_page_ends_before_it_is_too_large_and_loses_nothing(
    settings: Settings, database: Database, tenant: str
) -> None:
    small = settings.model_copy(update={"max_page_bytes": 3000, "pool_size": 2})
    key = a_key(database, tenant)
    with serving(small) as url, Client(url, *key) as lrs:
        for size in (10, 5000, 10, 900, 900, 900):
            lrs.post(a_statement(result={"response": "x" * size}))

        def ask(path: str = "/log", **parameters: Any) -> httpx.Response:
            return httpx.get(f"{url}{path}", params=parameters or None, auth=key)

        found = list(pages(ask, topic="statement-stored"))
        positions = [[each["position"] for each in page["events"]] for page in found]
    assert [position for page in positions for position in page] == list(range(2, 8))
    assert len(positions) > 2


def test_nothing_is_skipped_or_repeated_while_many_write(lrs: Client, ask: Ask) -> None:
    def write(_: int) -> list[str]:
        return [id for _ in range(15) for id in lrs.post([a_statement() for _ in range(4)])]

    with ThreadPoolExecutor(4) as threads:
        writers = [threads.submit(write, number) for number in range(4)]
        seen: list[Json] = []
        page = ask(after=1, limit=7).json()
        while not (all(each.done() for each in writers) and page["position"] == page["head"]):
            seen += page["events"]
            page = ask(page["next"]).json()
        seen += page["events"]
        written = {statement_id for each in writers for statement_id in each.result()}
    assert [each["position"] for each in seen] == list(range(2, 2 + 240))
    assert {each["id"] for each in seen} == written


@pytest.mark.parametrize("scope", SCOPES)
def test_only_who_may_read_the_log_reads_it(
    server_url: str, database: Database, tenant: str, scope: str
) -> None:
    key = a_key(database, tenant, scope)
    for method, path in [("GET", "/log"), ("HEAD", "/log"), ("HEAD", "/log/stream")]:
        answer = httpx.request(method, f"{server_url}{path}", auth=key)
        assert answer.status_code == (200 if scope in READS_THE_LOG else 403), (method, path)


def test_a_key_of_one_learner_does_not_read_the_log_nor_statements(
    server_url: str, database: Database, tenant: str
) -> None:
    authority = key_authority("http://localhost", tenant)
    scopes, learner = ["transcripts/read"], str(uuid4())
    key = Keys(database).issue(tenant, scopes=scopes, authority=authority, learner=learner)
    headers = {"X-Experience-API-Version": "2.0.0"}
    for path in ("/log", "/log/stream", "/xapi/statements", f"/xapi/agents?agent={ADA}"):
        answer = httpx.get(f"{server_url}{path}", auth=key, headers=headers)
        assert answer.status_code == 403
        assert f"bound to learner {learner}" in answer.json()["error"]


def test_who_has_no_key_learns_nothing(server_url: str) -> None:
    for path in ("/log", "/log/stream"):
        assert httpx.get(f"{server_url}{path}").status_code == 401
        assert httpx.get(f"{server_url}{path}", auth=("nobody", "guess")).status_code == 401


@pytest.mark.parametrize("path", ["/log", "/log/stream"])
@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("after=-1", "after"),
        ("after=", "after"),
        ("after=1.0", "after"),
        ("after=%201", "after"),
        ("after=%EF%BC%91", "after"),
        ("after=" + "9" * 19, "after"),
        ("after=" + "9" * 5000, "after"),
        ("after=1&after=2", "after"),
        ("after=2026-01-01T00%3A00%3A00Z", "after"),
        ("topic=", "topic"),
        ("topic=statement-stored,", "topic"),
        ("topic=Statement-Stored", "topic"),
        ("topic=a%00b", "topic"),
        ("topic=%ff", "query"),
        ("position=1", "position"),
        ("tenant=default", "tenant"),
    ],
)
def test_a_parameter_that_is_none_is_400_and_named(ask: Ask, path: str, query: str, named: str) -> None:
    answer = ask(f"{path}?{query}")
    assert answer.status_code == 400
    assert named in {fault["pointer"] for fault in answer.json()["faults"]}


@pytest.mark.parametrize("limit", ["0", "-1", "", "many", "1e3"])
def test_a_limit_that_is_none_is_400(ask: Ask, limit: str) -> None:
    answer = ask(limit=limit)
    assert (answer.status_code, answer.json()["faults"][0]["pointer"]) == (400, "limit")


def test_a_limit_beyond_all_means_as_many_as_there_may_be(
    settings: Settings, database: Database, tenant: str
) -> None:
    small = settings.model_copy(update={"max_limit": 3, "pool_size": 2})
    key = a_key(database, tenant)
    with serving(small) as url, Client(url, *key) as lrs:
        lrs.post([a_statement() for _ in range(5)])
        for limit in ("4", "9" * 18):
            assert len(httpx.get(f"{url}/log", params={"limit": limit}, auth=key).json()["events"]) == 3


def test_the_last_position_there_can_be_is_a_position(ask: Ask) -> None:
    answer = ask(after="9" * 18)
    assert (answer.status_code, answer.json()["events"]) == (200, [])


def test_rare_topics_do_not_make_one_page_look_through_all(
    lrs: Client, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lrs.log.event_log.SPAN", 4)
    lrs.post([a_statement() for _ in range(10)])
    lrs.http.put("/agents/profile", params={"agent": ADA, "profileId": "p"}, content=b"{}")
    found = [(page["position"], len(page["events"])) for page in pages(ask, topic="document-stored")]
    assert found == [(4, 0), (8, 0), (12, 1)]


def test_what_the_log_says_is_what_the_feed_says(
    lrs: Client, ask: Ask, database: Database, tenant: str
) -> None:
    lrs.post([a_statement() for _ in range(20)])
    told = [(each["position"], each["topic"], each["id"], each["data"]) for each in everything(ask, limit=6)]
    assert told == [
        (e.position, e.topic, str(e.originator_id), json.loads(events.shown(e.topic, e.state)))
        for e in EventLog(database, tenant).read()
    ]
