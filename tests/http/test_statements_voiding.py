"""Voiding, in whichever order the two statements arrive (Data 2.3.2, Communication 2.1.3)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.client import Client, a_statement

Json = dict[str, Any]
VOIDED = {"id": "http://adlnet.gov/expapi/verbs/voided", "display": {"en": "voided"}}


def a_void(of: Json, **members: Any) -> Json:
    return a_statement(verb=VOIDED, object={"objectType": "StatementRef", "id": of["id"]}, **members)


def ids(statements: list[Json]) -> list[str]:
    return [each["id"] for each in statements]


def statuses(lrs: Client, statement: Json) -> tuple[int, int]:
    """What a look-up by statementId answers, and one by voidedStatementId."""
    by_id, voided = (
        lrs.http.get("/statements", params={name: statement["id"]}).status_code
        for name in ("statementId", "voidedStatementId")
    )
    return by_id, voided


STANDING, VOID = (200, 404), (404, 200)


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
@pytest.mark.parametrize("together", [True, False])
def test_what_is_voided_is_found_as_voided_only(lrs: Client, order: list[int], together: bool) -> None:
    target = a_statement()
    void = a_void(target)
    sent = [[target, void][place] for place in order]
    for request in [sent] if together else sent:
        lrs.post(request)
    assert statuses(lrs, target) == VOID
    assert statuses(lrs, void) == STANDING
    assert ids(lrs.find()) == [void["id"]]
    found = lrs.http.get("/statements", params={"voidedStatementId": target["id"]}).json()
    assert found["object"] == target["object"]


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1], [1, 0, 2], [0, 2, 1]])
@pytest.mark.parametrize("together", [True, False])
def test_a_void_cannot_be_voided(lrs: Client, order: list[int], together: bool) -> None:
    target = a_statement()
    void = a_void(target)
    void_of_void = a_void(void)
    sent = [[target, void, void_of_void][place] for place in order]
    for request in [sent] if together else sent:
        lrs.post(request)
    assert [statuses(lrs, each) for each in (target, void, void_of_void)] == [VOID, STANDING, STANDING]
    assert set(ids(lrs.find())) == {void["id"], void_of_void["id"]}


def test_a_statement_may_be_voided_twice_and_sent_again(lrs: Client) -> None:
    target = a_statement()
    lrs.post([target, a_void(target)])
    lrs.post(a_void(target))
    lrs.post(target)
    assert statuses(lrs, target) == VOID
    other = target | {"actor": {"mbox": "mailto:bo@example.com"}}
    assert lrs.http.post("/statements", json=other).status_code == 409


def test_a_statement_cannot_void_itself(lrs: Client) -> None:
    own = {"id": str(uuid4())}
    lrs.post(a_void(own, id=own["id"]))
    assert statuses(lrs, own) == STANDING


def test_only_a_reference_can_be_voided(lrs: Client) -> None:
    answer = lrs.http.post("/statements", json=a_statement(verb=VOIDED))
    assert answer.status_code == 400
    assert answer.json()["faults"][0]["pointer"].startswith("/object")


def test_a_substatement_voids_nothing(lrs: Client) -> None:
    target = a_statement()
    inner = a_void(target)
    del inner["id"]
    lrs.post([target, a_statement(object={**inner, "objectType": "SubStatement"})])
    assert statuses(lrs, target) == STANDING


def test_who_matches_a_voided_statement_finds_those_that_refer_to_it(lrs: Client) -> None:
    """The filter reaches through the reference although its target is hidden."""
    target = a_statement(verb={"id": "http://example.com/verbs/unique"})
    comment = a_statement(object={"objectType": "StatementRef", "id": target["id"]})
    void = a_void(target)
    lrs.post([target, comment, void])
    assert ids(lrs.find(verb="http://example.com/verbs/unique")) == [void["id"], comment["id"]]
    assert ids(lrs.find(verb=VOIDED["id"])) == [void["id"]]
