"""A Person out of what statements said of an agent (Communication 2.4)."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from lrs.auth import scopes, tenants
from tests.client import Client, a_statement
from tests.conftest import a_key

ADA = {"objectType": "Agent", "mbox": "mailto:ada@example.com"}
OLD = {"X-Experience-API-Version": "1.0.3"}


def get(lrs: Client, agent: Any, **headers: str) -> httpx.Response:
    parameters = {"agent": agent if isinstance(agent, str) else json.dumps(agent)}
    return lrs.http.get("/agents", params=parameters, headers=headers)


def named(*names: str) -> list[dict[str, Any]]:
    return [a_statement(actor={**ADA, "name": name}) for name in names]


@pytest.mark.parametrize("headers", [OLD, {}])
@pytest.mark.parametrize(
    "identifier",
    [
        {"mbox": "mailto:ada@example.com"},
        {"mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"},
        {"openid": "http://ada.example.com"},
        {"account": {"homePage": "http://example.com", "name": "ada"}},
    ],
)
def test_an_unknown_agent_is_a_person_too(lrs, identifier, headers):
    answer = get(lrs, identifier, **headers)
    ((name, value),) = identifier.items()
    assert answer.status_code == 200
    assert answer.json() == {"objectType": "Person", name: [value]}
    assert get(lrs, {**identifier, "name": "Ada"}).json()["name"] == ["Ada"]


def test_a_person_has_every_name_once_in_the_order_of_their_coming(lrs):
    lrs.post(named("Ada", "Ada L."))
    lrs.post(named("Ada", "Countess"))
    lrs.post([a_statement(actor={"mbox": "mailto:bo@example.com", "name": "Bo"})])
    assert get(lrs, ADA).json() == {
        "objectType": "Person",
        "name": ["Ada", "Ada L.", "Countess"],
        "mbox": ["mailto:ada@example.com"],
    }
    assert get(lrs, {**ADA, "name": "Ada L."}).json()["name"] == ["Ada", "Ada L.", "Countess"]


def test_a_person_has_the_newest_hundred_names(lrs):
    lrs.post(named(*[f"Ada {number}" for number in range(150)]))
    assert get(lrs, ADA).json()["name"] == [f"Ada {number}" for number in range(50, 150)]


def test_names_are_found_wherever_an_agent_stands_in_a_statement(lrs):
    lrs.post(
        a_statement(object={**ADA, "name": "as object"}, context={"instructor": {**ADA, "name": "teaching"}})
    )
    assert set(get(lrs, ADA).json()["name"]) == {"Ada", "as object", "teaching"}


def test_a_head_is_a_get_without_a_body(lrs):
    got = get(lrs, ADA)
    head = lrs.http.head("/agents", params={"agent": json.dumps(ADA)})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == got.headers["etag"]


@pytest.mark.parametrize(
    "agent", ["", "x", "true", "{}", {"account": {"name": "a"}}, {"objectType": "Agent"}]
)
def test_who_is_no_agent_is_400(lrs, agent):
    answer = get(lrs, agent)
    assert answer.status_code == 400
    assert {fault["pointer"].split("/")[0] for fault in answer.json()["faults"]} == {"agent"}


def test_an_agent_must_be_given_and_nothing_else(lrs):
    assert lrs.http.get("/agents").status_code == 400
    assert lrs.http.get("/agents", params={"agent": json.dumps(ADA), "name": "x"}).status_code == 400


@pytest.mark.parametrize("scope", scopes.SCOPES)
def test_who_may_not_read_statements_learns_nothing(lrs, server_url, database, tenant, scope):
    lrs.post(named("Ada"))
    with Client(server_url, *a_key(database, tenant, scope)) as reader:
        answer = get(reader, ADA)
    if scope in {"all", "all/read", "statements/read"}:
        assert answer.json()["name"] == ["Ada"]
    elif scope == "statements/read/mine":
        assert answer.json() == {"objectType": "Person", "mbox": ["mailto:ada@example.com"]}
    else:
        assert answer.status_code == 403


def test_nothing_crosses_tenants(lrs, server_url, database, tenant):
    lrs.post(named("Ada"))
    tenants.create(database, other := f"{tenant}_other")
    with Client(server_url, *a_key(database, other)) as stranger:
        assert "name" not in get(stranger, ADA).json()
