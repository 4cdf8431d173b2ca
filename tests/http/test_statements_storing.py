"""Statements are stored once, whole or not at all, with what only the store may say (Communication 2.1)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.client import Client, a_statement

Json = dict[str, Any]
OLD = {"X-Experience-API-Version": "1.0.3"}
PARENT = {"id": "http://example.com/activities/parent"}
FULL: Json = {
    "actor": {"mbox": "mailto:ada@example.com"},
    "verb": {"id": "http://example.com/verbs/did", "display": {"en": "did"}},
    "object": {"id": "http://example.com/activities/1", "definition": {"name": {"en": "One"}}},
    "result": {"score": {"scaled": 0.5}, "duration": "PT1.001S", "response": "yes"},
    "context": {
        "registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
        "team": {
            "objectType": "Group",
            "member": [{"mbox": "mailto:a@example.com"}, {"mbox": "mailto:b@example.com"}],
        },
        "contextActivities": {"parent": [PARENT]},
    },
    "timestamp": "2026-01-02T03:04:05.678Z",
}


def put(lrs: Client, statement: Json, **headers: str) -> httpx.Response:
    parameters = {"statementId": statement["id"]}
    return lrs.http.put("/statements", params=parameters, json=statement, headers=headers)


def post(lrs: Client, statements: Any) -> httpx.Response:
    return lrs.http.post("/statements", json=statements)


def stored_ids(lrs: Client) -> list[str]:
    return [each["id"] for each in lrs.find(ascending="true")]


def test_a_batch_is_answered_with_its_ids_in_order(lrs: Client) -> None:
    statements = [a_statement() for _ in range(3)]
    assert lrs.post(statements) == [each["id"] for each in statements]
    assert stored_ids(lrs) == [each["id"] for each in statements]


def test_an_empty_batch_stores_nothing(lrs: Client) -> None:
    assert lrs.post([]) == []


def test_an_id_of_the_store_is_a_random_uuid(lrs: Client) -> None:
    statement = a_statement()
    del statement["id"]
    first, second = lrs.post([statement, statement])
    assert [UUID(first).version, UUID(second).version] == [4, 4]
    assert first != second


@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_invalid_statement_keeps_its_whole_batch_out(lrs: Client, place: int) -> None:
    batch = [a_statement() for _ in range(3)]
    batch[place]["actor"] = {"mbox": "ada@example.com"}
    batch[place]["verb"] = {"id": "no iri"}
    answer = post(lrs, batch)
    assert answer.status_code == 400
    assert {fault["pointer"] for fault in answer.json()["faults"]} == {
        f"/{place}/actor/mbox",
        f"/{place}/verb/id",
    }
    assert stored_ids(lrs) == []


def test_all_faults_of_a_large_statement_are_told_too(lrs):
    activities = [{"id": f"http://example.com/{number}"} for number in range(5_000)]
    activities[70] = activities[4_900] = {"id": "no IRI"}
    statement = a_statement(context={"registration": 1, "contextActivities": {"other": activities}})
    answer = lrs.http.post("/statements", json=statement)
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["faults"]] == [
        "/context/registration",
        "/context/contextActivities/other/70/id",
        "/context/contextActivities/other/4900/id",
    ]


def test_one_conflict_keeps_its_whole_batch_out_and_is_named(lrs: Client) -> None:
    known = a_statement()
    lrs.post(known)
    other = known | {"actor": {"mbox": "mailto:bo@example.com"}}
    answer = post(lrs, [a_statement(), other, a_statement()])
    assert answer.status_code == 409
    (fault,) = answer.json()["faults"]
    assert fault["pointer"] == "/1/id"
    assert known["id"] in fault["rule"]
    assert stored_ids(lrs) == [known["id"]]
    assert lrs.get(known["id"])["actor"] == known["actor"]


def test_the_same_id_twice_in_a_batch_is_invalid(lrs: Client) -> None:
    same = a_statement()
    for twin in (same, same | {"id": same["id"].upper()}):
        assert post(lrs, [same, twin]).status_code == 400
    assert stored_ids(lrs) == []


@pytest.mark.parametrize("headers", [{}, OLD])
def test_a_client_that_lost_the_answer_may_send_again(lrs: Client, headers: dict[str, str]) -> None:
    first, second = a_statement(), a_statement()
    for _ in range(3):
        assert put(lrs, first, **headers).status_code == 204
        assert lrs.http.post("/statements", json=[second], headers=headers).json() == [second["id"]]
    assert stored_ids(lrs) == [first["id"], second["id"]]


def test_a_retry_may_bring_what_is_new_as_well(lrs: Client) -> None:
    known, fresh = a_statement(), a_statement()
    lrs.post(known)
    assert lrs.post([fresh, known]) == [fresh["id"], known["id"]]
    assert stored_ids(lrs) == [known["id"], fresh["id"]]


def changed(**changes: Any) -> Json:
    """The full statement with members of its members replaced."""
    merged = {
        name: {**FULL.get(name, {}), **value} if isinstance(value, dict) else value
        for name, value in changes.items()
    }
    return {**FULL, **merged}


EQUAL = [
    changed(),
    dict(reversed(FULL.items())),
    changed(timestamp="2026-01-02T04:04:05.678+01:00"),
    changed(timestamp="2026-01-02T03:04:05.67800Z"),
    changed(verb={"display": {"de": "tat"}}),
    changed(object={"definition": {"name": {"de": "Eins"}}}),
    changed(object={"objectType": "Activity"}),
    changed(actor={"objectType": "Agent"}),
    changed(result={"duration": "PT1.009S"}),
    changed(result={"score": {"scaled": 5e-1}}),
    changed(context={"contextActivities": {"parent": PARENT}}),
    changed(
        context={"team": {**FULL["context"]["team"], "member": FULL["context"]["team"]["member"][::-1]}}
    ),
    changed(
        stored="2020-01-01T00:00:00Z", authority={"mbox": "mailto:me@example.com"}, version="1.0.3"
    ),
]  # fmt: skip
DIFFERENT = [
    changed(timestamp="2026-01-02T03:04:05.679Z"),
    changed(actor={"name": "Ada"}),
    changed(result={"response": "Yes"}),
    changed(result={"score": {"scaled": 0.51}}),
    changed(result={"duration": "PT1.02S"}),
    changed(result={"success": True}),
    changed(context={"registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f8"}),
    changed(context={"contextActivities": {"other": [PARENT]}}),
    changed(object={"id": "http://example.com/activities/2"}),
    {name: value for name, value in FULL.items() if name != "result"},
]


def test_what_says_the_same_is_the_same_statement(lrs: Client) -> None:
    statement_id = str(uuid4())
    lrs.post({"id": statement_id, **FULL})
    before = lrs.find()
    for again in EQUAL:
        assert put(lrs, again | {"id": statement_id}).status_code == 204, again
        assert lrs.post([again | {"id": statement_id.upper()}]) == [statement_id], again
    assert lrs.find() == before


def test_what_says_something_else_is_refused(lrs: Client) -> None:
    statement_id = str(uuid4())
    lrs.post({"id": statement_id, **FULL})
    before = lrs.find()
    for other in DIFFERENT:
        assert put(lrs, other | {"id": statement_id}).status_code == 409, other
        assert post(lrs, [other | {"id": statement_id}]).status_code == 409, other
    assert lrs.find() == before


def test_only_the_store_says_who_vouches_and_when_it_was_stored(lrs: Client) -> None:
    claimed = {"authority": {"mbox": "mailto:boss@example.com"}, "stored": "2020-01-01T00:00:00.000Z"}
    statement = a_statement(**claimed)
    lrs.post(statement)
    found = lrs.get(statement["id"])
    assert found["authority"]["account"]["name"] == lrs.key
    assert datetime.fromisoformat(found["stored"]) > datetime.fromisoformat("2026-01-01T00:00:00Z")


def test_a_statement_without_a_time_happened_when_it_was_stored(lrs: Client) -> None:
    statement = a_statement()
    lrs.post(statement)
    found = lrs.get(statement["id"])
    assert found["timestamp"] == found["stored"]


@pytest.mark.parametrize(
    ("version", "sent", "kept"),
    [
        ("2.0.0", "2026-01-02T03:04:05.6789+05:30", "2026-01-01T21:34:05.6789Z"),
        ("2.0.0", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        ("1.0.3", "2026-01-02T03:04:05.6789+05:30", "2026-01-02T03:04:05.6789+05:30"),
        ("2.0.0", "2999-01-02T03:04:05.000Z", "2999-01-02T03:04:05.000Z"),
    ],
)
def test_a_time_is_kept_in_2_0_in_utc(lrs: Client, version: str, sent: str, kept: str) -> None:
    statement = a_statement(timestamp=sent)
    assert put(lrs, statement, **{"X-Experience-API-Version": version}).status_code == 204
    assert lrs.get(statement["id"])["timestamp"] == kept


def test_stored_has_microseconds_and_grows_inside_a_batch(lrs: Client) -> None:
    lrs.post([a_statement() for _ in range(20)])
    times = [datetime.fromisoformat(each["stored"]) for each in lrs.find(ascending="true")]
    assert times == sorted(set(times))
    assert times[-1] - times[0] == timedelta(microseconds=19)


def test_single_context_activities_come_back_as_lists(lrs: Client) -> None:
    context = {"contextActivities": {"parent": PARENT, "grouping": [PARENT], "category": PARENT}}
    listed = {"contextActivities": {name: [PARENT] for name in ("parent", "grouping", "category")}}
    inner = {"objectType": "SubStatement", "context": context, **_simple()}
    statement = a_statement(context=context, object=inner)
    lrs.post(statement)
    found = lrs.get(statement["id"])
    assert found["context"] == found["object"]["context"] == listed


def _simple() -> Json:
    statement = a_statement()
    return {name: statement[name] for name in ("actor", "verb", "object")}


def test_an_id_is_the_same_in_capitals(lrs: Client) -> None:
    statement = a_statement(id=str(uuid4()).upper())
    assert put(lrs, statement).status_code == 204
    found = lrs.get(statement["id"].lower())
    assert found == lrs.get(statement["id"].upper())
    assert UUID(found["id"]) == UUID(statement["id"])


def test_the_id_of_a_put_may_be_left_to_the_address_and_must_not_contradict_it(lrs: Client) -> None:
    statement = a_statement()
    statement_id = statement.pop("id")
    answer = lrs.http.put("/statements", params={"statementId": statement_id}, json=statement)
    assert answer.status_code == 204
    assert lrs.get(statement_id)["id"] == statement_id
    other = lrs.http.put("/statements", params={"statementId": str(uuid4())}, json=a_statement())
    assert (other.status_code, other.json()["faults"][0]["pointer"]) == (400, "/id")


def test_what_the_client_wrote_comes_back_to_the_letter(lrs: Client) -> None:
    """Member order, escapes and numbers are the client's; the store only adds."""
    text = (
        '{"verb":{"display":{"en-US":"caf\\u00e9"},"id":"http:\\/\\/example.com\\/v"},'
        '"result":{"extensions":{"http://example.com/x":[1.10,{"b":null,"a":""}]}},'
        '"object":{"id":"http://example.com/a"},"actor":{"mbox":"mailto:a@example.com"}'
    )
    (statement_id,) = lrs.http.post(
        "/statements", content=text + "}", headers={"Content-Type": "application/json"}
    ).json()
    answer = lrs.http.get("/statements", params={"statementId": statement_id})
    assert text[1:] in answer.text
    assert json.loads(answer.text)["verb"]["display"] == {"en-US": "café"}
