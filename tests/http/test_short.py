"""The short way of a usual POST: nobody can tell it from the long one, but by its speed."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from lrs.auth.keys import Keys
from lrs.database.pool import Database
from lrs.http import intake
from lrs.log.writer import Writer
from tests.client import Client, a_statement

# What is said of JSON besides its type makes a request unusual.
LONG = {"Content-Type": "application/json; charset=utf-8"}
SHORT = {"Content-Type": "application/json"}
ID = {"X-Request-Id": "from-the-client"}


@pytest.fixture
def known(lrs: Client) -> Client:
    """A client whose key the server has seen before."""
    lrs.post(a_statement())
    return lrs


@pytest.fixture
def no_long_way(known: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async def prepare(*_: Any, **__: Any) -> Any:
        raise AssertionError("This went the long way.")

    monkeypatch.setattr(intake, "prepare", prepare)


def post(client: Client, content: Any, headers: dict[str, str]) -> httpx.Response:
    return client.http.post("/statements", json=content, headers=headers)


@pytest.mark.usefixtures("no_long_way")
def test_a_usual_request_goes_the_short_way(known: Client) -> None:
    batch = [a_statement() for _ in range(20)]
    assert known.post(batch) == [each["id"] for each in batch]
    assert len(known.post({name: value for name, value in a_statement().items() if name != "id"})) == 1
    assert len(known.find()) == 22
    assert post(known, a_statement(), LONG).status_code == 500


CASES = {
    "a statement": lambda before: a_statement(),
    "a batch": lambda before: [a_statement(), a_statement()],
    "no statement": lambda before: [],
    "a fault": lambda before: a_statement(verb={"id": "no IRI"}),
    "one twice": lambda before: [before, before],
    "one that is stored": lambda before: before,
    "one that is stored as another": lambda before: before | {"result": {"success": True}},
    "no JSON object": lambda before: 1,
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("close", [{}, {"Connection": "close"}], ids=["kept open", "closed"])
def test_both_ways_answer_the_same(known: Client, case: Any, close: dict[str, str]) -> None:
    before = a_statement()
    known.post(before)
    content = case(before)
    short, long = (post(known, content, way | ID | close) for way in (SHORT, LONG))
    assert (short.status_code, short.content) == (long.status_code, long.content)
    assert alike(short) == alike(long)


def alike(answer: httpx.Response) -> dict[str, str]:
    """Its headers but for the moment."""
    moments = {"x-experience-api-consistent-through": "", "date": ""}
    return {name: moments.get(name, value) for name, value in answer.headers.items()}


def test_the_bound_of_the_answer_is_that_of_the_tenant(known: Client) -> None:
    statement = a_statement()
    stored = [post(known, statement, way).headers[BOUND] for way in (SHORT, LONG)]
    assert stored[0] == known.get(statement["id"])["stored"] == stored[1]


BOUND = "X-Experience-API-Consistent-Through"


@pytest.mark.parametrize("headers", [{"Content-Encoding": "gzip"}, {"X-Experience-API-Version": "3.0"}])
def test_what_would_be_refused_is_refused(known: Client, headers: dict[str, str]) -> None:
    assert post(known, a_statement(), SHORT | headers).status_code == 400
    assert len(known.find()) == 1


def test_a_key_that_was_revoked_stops_at_once(known: Client, database: Database, tenant: str) -> None:
    Keys(database).revoke(tenant, known.key)
    until = time.monotonic() + 1
    while post(known, a_statement(), SHORT).status_code != 401:
        assert time.monotonic() < until


def test_an_error_that_nobody_foresaw_is_500(known: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async def outcomes(*_: Any) -> Any:
        return [RuntimeError("nobody foresaw this")]

    monkeypatch.setattr(Writer, "_outcomes", outcomes)
    answer = post(known, a_statement(), SHORT | ID)
    assert (answer.status_code, answer.headers["x-request-id"]) == (500, "from-the-client")
