"""Erasing over HTTP: looked at first, then confirmed, and with a scope that nobody has by accident."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from lrs.auth.scopes import SCOPES
from lrs.database.pool import Database
from lrs.log.event_log import EventLog
from lrs.log.events import StatementErased, from_state
from tests.client import Client, a_statement
from tests.conftest import a_key

Json = dict[str, Any]
ORDER = {"reason": "asked for it", "authority": "GDPR 17"}
CARA = {"mbox": "mailto:cara@example.com", "name": "Cara"}


@pytest.fixture
def officer(server_url: str, database: Database, tenant: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server_url, auth=a_key(database, tenant, "erasure")) as client:
        yield client


def erase(officer: httpx.Client, what: Json) -> Json:
    """Look at it, confirm it; what was answered last."""
    planned = officer.post("/erasures", json=what | ORDER).raise_for_status().json()
    done = officer.post("/erasures", json=what | ORDER | {"token": planned["token"]})
    return done.raise_for_status().json()  # type: ignore[no-any-return]


def test_a_plan_changes_nothing(officer: httpx.Client, lrs: Client) -> None:
    (one,) = lrs.post(a_statement())
    planned = officer.post("/erasures", json={"statements": [one], **ORDER}).json()
    assert (planned["statements"], planned["documents"], "erasure" in planned) == (1, 0, False)
    assert lrs.get(one)["id"] == one


def test_what_is_confirmed_is_gone_and_cannot_come_back(officer: httpx.Client, lrs: Client) -> None:
    statement = a_statement()
    lrs.post(statement)
    assert erase(officer, {"statements": [statement["id"]]})["statements"] == 1
    missing = lrs.http.get("/statements", params={"statementId": statement["id"]})
    assert missing.status_code == 404
    assert "erased" in missing.json()["error"]
    for answer in (
        lrs.http.post("/statements", json=[a_statement(), statement]),
        lrs.http.put("/statements", params={"statementId": statement["id"]}, json=statement),
    ):
        assert answer.status_code == 409
        assert "erased" in str(answer.json()["faults"])
    assert lrs.find() == []


def test_the_log_says_who_and_why(
    officer: httpx.Client, lrs: Client, database: Database, tenant: str
) -> None:
    (one,) = lrs.post(a_statement())
    erasure = erase(officer, {"statements": [one]})["erasure"]
    told = officer.get(f"/erasures/{erasure}").raise_for_status().json()
    assert (told["reason"], told["authority"], told["statements"]) == (*ORDER.values(), [one])
    assert (told["learner"], told["events"]) == (None, 1)
    (said,) = [
        from_state(each.topic, each.state)
        for each in EventLog(database, tenant).read()
        if each.topic == StatementErased.topic
    ]
    assert isinstance(said, StatementErased)
    assert (said.statement, said.erasure, said.reason, said.authority) == (one, erasure, *ORDER.values())
    assert said.by.startswith(tenant)


def test_what_has_changed_since_the_plan_is_not_erased(officer: httpx.Client, lrs: Client) -> None:
    cara = {"identifier": {"mbox": CARA["mbox"]}} | ORDER
    lrs.post(a_statement(actor=CARA))
    token = officer.post("/erasures", json=cara).json()["token"]
    (late,) = lrs.post(a_statement(actor=CARA))
    assert officer.post("/erasures", json=cara | {"token": token}).status_code == 409
    assert lrs.get(late)["id"] == late
    assert erase(officer, {"identifier": {"mbox": CARA["mbox"]}})["statements"] == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        ORDER,
        {"statements": [], **ORDER},
        {"statements": ["no id"], **ORDER},
        {"learner": str(uuid4()), "statements": [str(uuid4())], **ORDER},
        {"identifier": {"name": "nobody"}, **ORDER},
        {"learner": str(uuid4()), "reason": "", "authority": "GDPR 17"},
    ],
)
def test_what_is_no_order_is_refused(officer: httpx.Client, body: Json) -> None:
    answer = officer.post("/erasures", json=body)
    assert answer.status_code == 400
    assert answer.json()["faults"]


def test_nobody_can_be_erased_who_is_not_there(officer: httpx.Client) -> None:
    for what in ({"learner": str(uuid4())}, {"statements": [str(uuid4())]}):
        assert officer.post("/erasures", json=what | ORDER).status_code == 404


def test_nobody_can_be_erased_twice(officer: httpx.Client, lrs: Client) -> None:
    """Whoever lost the answer learns which erasure it was."""
    (one,) = lrs.post(a_statement())
    erasure = erase(officer, {"statements": [one]})["erasure"]
    again = officer.post("/erasures", json={"statements": [one], **ORDER})
    assert (again.status_code, erasure in again.json()["error"]) == (410, True)


def test_there_is_no_other_erasure(officer: httpx.Client) -> None:
    for name in (str(uuid4()), "none"):
        assert officer.get(f"/erasures/{name}").status_code == 404


def test_an_order_names_nobody_whom_it_erases(officer: httpx.Client, lrs: Client) -> None:
    lrs.post(a_statement(actor=CARA))
    order = {"identifier": {"mbox": CARA["mbox"]}, "authority": "GDPR 17", "reason": "Cara@example.com asks"}
    token = officer.post("/erasures", json=order).json()["token"]
    refused = officer.post("/erasures", json=order | {"token": token})
    assert [each["pointer"] for each in refused.json()["faults"]] == ["/reason"]
    assert len(lrs.find()) == 1


def test_only_who_was_given_the_scope_by_name_may_erase(
    server_url: str, database: Database, tenant: str
) -> None:
    others = [each for each in SCOPES if each != "erasure"]
    with httpx.Client(base_url=server_url, auth=a_key(database, tenant, *others)) as client:
        assert client.post("/erasures", json={"statements": [str(uuid4())], **ORDER}).status_code == 403
