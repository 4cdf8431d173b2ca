"""Limits are settings: what is over one is refused by its name, and leaves nothing behind."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import httpx
import pytest

from lrs.database.pool import Database
from lrs.log.event_log import EventLog
from tests.client import Client, a_statement

Json = dict[str, Any]
JSON = {"Content-Type": "application/json"}
BODY, BATCH, NESTING, WAITING = 20_000, 5, 10, 4
LIMITS = {"max_body": BODY, "max_batch": BATCH, "max_nesting": NESTING, "max_waiting": WAITING}


def padded(size: int) -> bytes:
    """A statement of exactly this many bytes."""
    statement = a_statement(result={"response": ""})
    statement["result"]["response"] = "x" * (size - len(json.dumps(statement)))
    return json.dumps(statement).encode()


def nested(depth: int) -> Json:
    """A statement whose deepest object or array is inside of so many others."""
    value: Any = 1
    for _ in range(depth - 3):
        value = [value]
    return a_statement(context={"extensions": {"http://example.com/x": value}})


def test_a_body_may_be_as_large_as_the_limit_and_no_larger(small: Client) -> None:
    assert small.http.post("/statements", content=padded(BODY), headers=JSON).status_code == 200
    answer = small.http.post("/statements", content=padded(BODY + 1), headers=JSON)
    assert answer.status_code == 413
    assert "20,000" in answer.json()["error"]
    assert "LRS_MAX_BODY" in answer.json()["error"]
    assert len(small.find()) == 1


def test_a_body_that_does_not_say_how_long_it_is_has_the_same_limit(small: Client) -> None:
    def chunks(size: int) -> Iterator[bytes]:
        body = padded(size)
        yield from (body[start : start + 1000] for start in range(0, len(body), 1000))

    assert small.http.post("/statements", content=chunks(BODY), headers=JSON).status_code == 200
    with suppress(httpx.TransportError):  # the server need not read on to the end
        assert small.http.post("/statements", content=chunks(3 * BODY), headers=JSON).status_code == 413
    assert len(small.find()) == 1


def test_a_batch_may_have_as_many_statements_as_the_limit_and_no_more(small: Client) -> None:
    assert len(small.post([a_statement() for _ in range(BATCH)])) == BATCH
    answer = small.http.post("/statements", json=[a_statement() for _ in range(BATCH + 1)])
    assert answer.status_code == 413
    assert f"at most {BATCH} statements (setting LRS_MAX_BATCH), not {BATCH + 1}" in answer.json()["error"]
    assert len(small.find()) == BATCH


def test_json_may_be_as_deep_as_the_limit_and_no_deeper(small: Client) -> None:
    assert small.http.post("/statements", json=nested(NESTING)).status_code == 200
    answer = small.http.post("/statements", json=nested(NESTING + 1))
    assert answer.status_code == 400
    assert f"more than {NESTING} deep" in answer.json()["error"]
    for depth in (1000, 9000):
        for body in ("[" * depth, "[" * depth + "]" * depth, '{"a":' * (depth // 5)):
            assert small.http.post("/statements", content=body, headers=JSON).status_code == 400
    assert len(small.find()) == 1


def test_more_than_may_wait_is_told_to_come_again(small: Client, database: Database, tenant: str) -> None:
    """While somebody holds the writer's lock, requests pile up; those over the limit are refused at once."""
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with EventLog(database, tenant).locked():
            held.set()
            release.wait(20)

    def post(_: int) -> tuple[httpx.Response, float]:
        with Client(str(small.http.base_url).removesuffix("/xapi/"), small.key, small.secret) as client:
            begun = time.monotonic()
            answer = client.http.post("/statements", json=[a_statement(), a_statement()])
            return answer, time.monotonic() - begun

    with ThreadPoolExecutor(9) as threads:
        holding = threads.submit(hold)
        held.wait(10)
        posting = [threads.submit(post, number) for number in range(8)]
        deadline = time.monotonic() + 10
        while sum(each.done() for each in posting) < 6 and time.monotonic() < deadline:
            time.sleep(0.02)
        refused = [each.result() for each in posting if each.done()]
        release.set()
        holding.result()
        answers = [each.result()[0] for each in posting]
    assert len(refused) == 6
    for answer, seconds in refused:
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert "more work waiting" in answer.json()["error"]
        assert "x-experience-api-consistent-through" in answer.headers
        assert seconds < 5
    accepted = [each for answer in answers if answer.status_code == 200 for each in answer.json()]
    assert len(accepted) == WAITING
    assert {each["id"] for each in small.find()} == set(accepted)
    assert small.http.post("/statements", json=a_statement()).status_code == 200


def test_a_batch_that_alone_is_more_than_may_wait_is_still_taken(small: Client) -> None:
    assert len(small.post([a_statement() for _ in range(WAITING + 1)])) == WAITING + 1


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("APPLICATION/JSON", 200),
        ("text/plain", 400),
        ("application/x-www-form-urlencoded", 400),
        ("multipart/form-data; boundary=x", 400),
        ("", 400),
        (None, 400),
    ],
)
def test_statements_are_json_and_say_so(small: Client, content_type: str | None, status: int) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    body = json.dumps(a_statement()).encode()
    answer = small.http.post("/statements", content=body, headers=headers)
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["faults"][0]["pointer"] == "Content-Type"


BROKEN = [
    b"", b" ", b"{", b"[", b"[{]", b"null", b"1", b'"x"', b"true", b"[null]", b"[[]]", b"[1]", b"{}", b"[{}]",
    b"\xff", b"\xef\xbb\xbf{}", b'{"a":1,"a":2}', b'{"a":"\xed\xa0\x80"}', b'{"a":"\\ud800"}', b"{}{}", b"\0",
]  # fmt: skip


def test_a_body_that_is_no_statement_is_400_with_a_reason(small: Client) -> None:
    put = {"statementId": "7e1a1f3e-5f0a-4b68-9d4e-0a8b1f0f6a11"}
    for body in BROKEN:
        for method, parameters in (("POST", {}), ("PUT", put)):
            answer = small.http.request(method, "/statements", params=parameters, content=body, headers=JSON)
            assert answer.status_code == 400, (method, body)
            assert answer.json()["error"]
    assert small.find() == []


def test_a_statement_with_very_many_parts_is_refused_by_its_number_of_parts(lrs):
    members = [{"mbox": f"mailto:{number}@example.com"} for number in range(50_001)]
    answer = lrs.http.post("/statements", json=a_statement(actor={"objectType": "Group", "member": members}))
    assert answer.status_code == 413
    assert "A statement may have at most 100,000 objects, arrays and values." in answer.text


def test_a_body_of_millions_of_brackets_is_refused_before_it_is_parsed(lrs):
    body = b"[" + b",".join([b"[]"] * 1_000_001) + b"]"
    answer = lrs.http.post("/statements", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert "A body may have at most 2,000,000 objects, arrays and values." in answer.text


def test_commas_in_a_text_are_no_values(lrs):
    statement = a_statement(result={"response": 'a "table",' * 20_000})
    assert lrs.post(statement) == [statement["id"]]
