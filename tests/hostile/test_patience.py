"""No request, however vast, keeps the others waiting for long, or takes memory without end."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest

from lrs.store.activities import MOST_DEFINITIONS
from tests.client import a_statement

MEBIBYTE = 1024 * 1024
SIZE = 6 * MEBIBYTE
JSON = {"Content-Type": "application/json"}
# Seconds and MiB, on a machine that has other things to do.
OTHERS_WAIT, MEMORY = 5, 800


def many(piece: str, size: int) -> str:
    """As often as it takes to be so large."""
    return ",".join([piece] * (size // (len(piece) + 1)))


def keys(size: int) -> str:
    """Members of an object, each with a name of its own."""
    return ",".join([f'"a{number}":0' for number in range(size // 11)])


def inside(content: str, **members: Any) -> str:
    """A statement with this JSON text in place of HERE."""
    return json.dumps(a_statement(**members)).replace('"HERE"', content)


VAST: dict[str, Callable[[int], str]] = {
    "brackets": lambda size: "[" * size,
    "braces": lambda size: '{"a":' * (size // 5),
    "pairs of brackets": lambda size: "[" + many("[]", size) + "]",
    "pairs of braces": lambda size: "[" + many("{}", size) + "]",
    "numbers": lambda size: "[" + many("1", size) + "]",
    "tiny numbers": lambda size: "[" + many("1e-400", size) + "]",
    "one number": lambda size: "9" * size,
    "one string": lambda size: '"' + "a" * size + '"',
    "escapes": lambda size: '"' + "\\u0041" * (size // 6) + '"',
    "keys": lambda size: "{" + keys(size) + "}",
    "keys, one of them twice": lambda size: "{" + keys(size) + ',"a0":0}',
    "statements of keys": lambda size: "[" + many("{" + keys(1_500) + "}", size) + "]",
    "empty statements": lambda _: "[" + many("{}", 30_000) + "]",
    "activities": lambda size: inside(
        f"[{many('{}', size)}]", context={"contextActivities": {"other": "HERE"}}
    ),
    "members": lambda size: inside(f"[{many('1', size)}]", actor={"objectType": "Group", "member": "HERE"}),
    "attachments": lambda size: inside("[" + many('{"a":1}', size) + "]", attachments="HERE"),
    "a language": lambda size: inside(
        '{"' + "a-" * (size // 2) + '":""}', verb={"id": "a:b", "display": "HERE"}
    ),
    "an address": lambda size: inside('"mailto:' + "a.@" * (size // 3) + '"', actor={"mbox": "HERE"}),
    "a duration": lambda size: inside('"P' + "1" * size + '"', result={"duration": "HERE"}),
    "a time": lambda size: inside('"2026-01-01T00:00:00.' + "1" * size + 'z-"', timestamp="HERE"),
}


@pytest.mark.parametrize("text", VAST.values(), ids=VAST)
def test_what_is_vast_and_wrong_is_soon_refused(target, lrs, stored, text):
    refused(target, lrs, stored, text(SIZE).encode(), others_wait=OTHERS_WAIT)


@pytest.mark.long
@pytest.mark.parametrize("text", VAST.values(), ids=VAST)
def test_what_fills_a_body_and_is_wrong_is_soon_refused(target, lrs, stored, text):
    refused(target, lrs, stored, text(31 * MEBIBYTE).encode(), others_wait=3 * OTHERS_WAIT)


def refused(target, lrs, stored, body, *, others_wait):
    with target.observed() as observed, stored.unchanged():
        answer = lrs.http.post("/statements", content=body, headers=JSON, timeout=120)
    assert answer.status_code in {400, 413}
    assert len(answer.content) < 1.1 * len(body) + 500_000
    assert observed.waited < others_wait
    assert observed.memory < MEMORY


def activities(count: int) -> dict[str, Any]:
    return {"contextActivities": {"other": [{"id": f"http://a.b/{number}"} for number in range(count)]}}


LARGE: dict[str, Callable[[], dict[str, Any]]] = {
    "activities": lambda: {"context": activities(45_000)},
    "members": lambda: {
        "actor": {"objectType": "Group", "member": [{"openid": f"a:{n}"} for n in range(45_000)]}
    },
    "a language": lambda: {"verb": {"id": "http://a.b/c", "display": {"en": "x" * SIZE}}},
    "extensions": lambda: {"result": {"extensions": {f"http://a.b/{n}": 1.10 for n in range(95_000)}}},
    "an IRI": lambda: {"verb": {"id": "http://a.b/" + "a" * SIZE}},
    "a name": lambda: {"actor": {"mbox": "mailto:ada@example.com", "name": "a" * SIZE}},
    "a response": lambda: {"result": {"response": "\0" * (SIZE // 6)}},
}


@pytest.mark.parametrize("members", LARGE.values(), ids=LARGE)
def test_what_is_large_and_right_is_stored_beside_others(target, lrs, members):
    statement = a_statement(**members())
    with target.observed() as observed:
        lrs.post(statement)
        lrs.post(statement)  # which has to be compared with the first
        assert lrs.get(statement["id"]).items() >= statement.items()
        for form in ("ids", "canonical"):
            assert lrs.get(statement["id"], format=form)
    assert observed.waited < OTHERS_WAIT
    assert observed.memory < MEMORY


REFERRERS = 400


def test_a_chain_of_references_does_not_stop_the_others(target, lrs):
    ids = [str(uuid4()) for _ in range(REFERRERS)]
    chain = [a_statement(id=one, object=a_reference(other)) for one, other in pairwise(ids)]
    with target.observed() as observed:
        lrs.post(chain)
        lrs.post(a_statement(id=ids[-1], object=a_reference(ids[0])))  # and now it is a ring
    assert observed.waited < OTHERS_WAIT
    assert len(lrs.find(agent='{"mbox":"mailto:ada@example.com"}')) == REFERRERS


def test_a_star_of_references_does_not_stop_the_others(target, lrs):
    center = a_statement(context=activities(100))
    with target.observed() as observed:
        lrs.post([a_statement(object=a_reference(center["id"])) for _ in range(REFERRERS)])
        lrs.post(center)
        lrs.post([a_statement(object=a_reference(center["id"])) for _ in range(REFERRERS)])
    assert observed.waited < OTHERS_WAIT
    assert len(lrs.find(activity="http://a.b/7", related_activities="true")) == 2 * REFERRERS + 1


LANGUAGES = [f"{one}{two}-{three}" for one in "abcdefghij" for two in "abcdefghij" for three in ("AA", "BB")]
WISHES = {
    "many": ",".join(f"x{number}" for number in range(9_000)),
    "one that is long": "en-" + "a-b-" * 15_000,
    "none of these": ",".join(f"{language};q=0" for language in LANGUAGES * 20)[:60_000],
}


@pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES)
def test_wishes_for_languages_do_not_stop_the_others(target, lrs, wish):
    texts = dict.fromkeys(LANGUAGES, "x")
    definition = {"name": texts, "description": texts}
    lrs.post([a_statement(object={"id": "http://a.b/c", "definition": definition}) for _ in range(500)])
    with target.observed() as observed:
        parameters = {"format": "canonical", "limit": 500}
        answer = lrs.http.get(
            "/statements", params=parameters, headers={"Accept-Language": wish}, timeout=120
        )
    assert {len(each["object"]["definition"]["name"]) for each in answer.json()["statements"]} == {1}
    assert observed.waited < OTHERS_WAIT / 2


def test_an_activity_that_was_defined_thousands_of_times_is_merged_beside_others(target, lrs):
    iri = f"http://a.b/{uuid4()}"
    definitions = [{"extensions": {f"http://a.b/{number}": number}} for number in range(5_000)]
    lrs.post([a_statement(object={"id": iri, "definition": each}) for each in definitions])
    with target.observed() as observed:
        answer = lrs.http.get("/activities", params={"activityId": iri})
    assert len(answer.json()["definition"]["extensions"]) == MOST_DEFINITIONS
    assert observed.waited < OTHERS_WAIT / 2


DOCUMENTS = {
    "one value": {"k": "x" * 10_000_000},
    "many keys": {f"k{number}": number for number in range(200_000)},
}


@pytest.mark.parametrize("content", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_large_document_is_merged_beside_others(target, lrs, content):
    where = {"activityId": "http://a.b/c", "agent": '{"mbox":"mailto:a@b.co"}', "stateId": str(uuid4())}
    with target.observed() as observed:
        for _ in range(2):
            lrs.http.post("/activities/state", params=where, json=content, timeout=120).raise_for_status()
    assert observed.waited < OTHERS_WAIT
    assert observed.memory < MEMORY


def a_reference(statement_id: str) -> dict[str, str]:
    return {"objectType": "StatementRef", "id": statement_id}
