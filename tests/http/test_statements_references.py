"""Filters reach through references, groups, contexts and SubStatements (Communication 2.1.3)."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest

from tests.client import Client, a_statement

Json = dict[str, Any]
ADA = {"mbox": "mailto:ada@example.com"}
BO = {"mbox": "mailto:bo@example.com"}
READ = "http://example.com/verbs/read"
REGISTRATION = "ec531277-b57b-4c15-8d91-d292c5b2b8f7"
BOOK = "http://example.com/activities/book"


def a_reference(to: Json, **members: Any) -> Json:
    return a_statement(actor=BO, object={"objectType": "StatementRef", "id": to["id"]}, **members)


def ids(statements: list[Json]) -> set[str]:
    return {each["id"] for each in statements}


def by_agent(lrs: Client, agent: Json, **parameters: str) -> set[str]:
    return ids(lrs.find(agent=json.dumps(agent), **parameters))


@pytest.mark.parametrize("together", [True, False])
def test_references_are_followed_to_the_end_in_whatever_order_they_come(lrs: Client, together: bool) -> None:
    for number, order in enumerate(permutations(range(4))):
        verb = f"{READ}/{number}"
        first = a_statement(verb={"id": verb})
        second = a_reference(first)
        third = a_reference(second)
        apart = a_reference(a_statement())
        sent = [[first, second, third, apart][place] for place in order]
        for request in [sent] if together else sent:
            lrs.post(request)
        assert ids(lrs.find(verb=verb)) == {first["id"], second["id"], third["id"]}, order


def test_every_filter_reaches_through_a_reference(lrs: Client) -> None:
    first = a_statement(
        actor=ADA,
        verb={"id": READ},
        object={"id": BOOK},
        context={
            "registration": REGISTRATION,
            "instructor": {"mbox": "mailto:teacher@example.com"},
            "contextActivities": {"parent": [{"id": "http://example.com/activities/course"}]},
        },
    )
    second = a_reference(first)
    lrs.post([second, first])
    both = ids([first, second])
    filters: list[dict[str, str]] = [
        {"agent": json.dumps(ADA)},
        {"verb": READ},
        {"activity": BOOK},
        {"registration": REGISTRATION.upper()},
        {"agent": '{"mbox":"mailto:teacher@example.com"}', "related_agents": "true"},
        {"activity": "http://example.com/activities/course", "related_activities": "true"},
    ]
    assert [ids(lrs.find(**each)) for each in filters] == [both] * len(filters)


def test_since_and_until_are_about_the_statement_that_refers(lrs: Client) -> None:
    first = a_statement(verb={"id": READ})
    second = a_reference(first)
    lrs.post(first)
    lrs.post(second)
    stored = lrs.get(first["id"])["stored"]
    assert ids(lrs.find(verb=READ, since=stored)) == {second["id"]}
    assert ids(lrs.find(verb=READ, until=stored)) == {first["id"]}


def test_a_reference_in_the_context_is_not_followed(lrs: Client) -> None:
    first = a_statement(verb={"id": READ})
    second = a_statement(context={"statement": {"objectType": "StatementRef", "id": first["id"]}})
    lrs.post([first, second])
    assert ids(lrs.find(verb=READ)) == {first["id"]}


def test_a_circle_of_references_has_an_end(lrs: Client) -> None:
    first, second = a_statement(verb={"id": READ}), a_statement()
    first["object"] = {"objectType": "StatementRef", "id": second["id"]}
    second["object"] = {"objectType": "StatementRef", "id": first["id"]}
    itself = a_statement(verb={"id": READ})
    itself["object"] = {"objectType": "StatementRef", "id": itself["id"]}
    lrs.post([first, itself])
    lrs.post(second)
    assert ids(lrs.find(verb=READ)) == ids([first, second, itself])


ANN = {"objectType": "Agent", "account": {"homePage": "http://example.com", "name": "ann"}}
TEAM = {"objectType": "Group", "mbox": "mailto:team@example.com"}
CREW = {"objectType": "Group", "member": [ANN]}
SIMPLE = {"actor": BO, "verb": {"id": READ}, "object": {"id": BOOK}}
# Where an agent can stand, and whether it takes related_agents to find it there.
PLACES: list[tuple[Json, bool]] = [
    ({"actor": ANN}, False),
    ({"actor": CREW}, False),
    ({"actor": TEAM | {"member": [ANN]}}, False),
    ({"object": ANN}, False),
    ({"object": CREW}, False),
    ({"context": {"instructor": ANN}}, True),
    ({"context": {"team": CREW}}, True),
    ({"context": {"contextAgents": [{"objectType": "contextAgent", "agent": ANN}]}}, True),
    ({"context": {"contextGroups": [{"objectType": "contextGroup", "group": CREW}]}}, True),
    ({"object": {"objectType": "SubStatement", **SIMPLE, "actor": ANN}}, True),
    ({"object": {"objectType": "SubStatement", **SIMPLE, "context": {"instructor": ANN}}}, True),
    (
        {
            "object": {
                "objectType": "SubStatement",
                **SIMPLE,
                "context": {"contextAgents": [{"objectType": "contextAgent", "agent": ANN}]},
            }
        },
        True,
    ),
]


def test_an_agent_is_found_wherever_it_stands(lrs: Client) -> None:
    statements = [(a_statement(**{**SIMPLE, **place}), related) for place, related in PLACES]
    lrs.post([statement for statement, _ in statements])
    assert by_agent(lrs, ANN) == ids([statement for statement, related in statements if not related])
    assert by_agent(lrs, ANN, related_agents="true") == ids([statement for statement, _ in statements])


def test_a_group_is_found_by_its_own_identifier(lrs: Client) -> None:
    actor = a_statement(actor=TEAM)
    team = a_statement(context={"team": TEAM})
    group = a_statement(context={"contextGroups": [{"objectType": "contextGroup", "group": TEAM}]})
    lrs.post([actor, team, group])
    assert by_agent(lrs, TEAM) == {actor["id"]}
    assert by_agent(lrs, TEAM, related_agents="true") == ids([actor, team, group])


def test_an_authority_is_a_related_agent(lrs: Client) -> None:
    lrs.post(a_statement())
    authority = lrs.find()[0]["authority"]
    assert by_agent(lrs, authority) == set()
    assert len(by_agent(lrs, authority, related_agents="true")) == 1


def test_an_activity_is_found_wherever_it_stands(lrs: Client) -> None:
    activity = {"id": "http://example.com/activities/everywhere"}
    inner = {"objectType": "SubStatement", **SIMPLE}
    direct = a_statement(object=activity)
    related = [
        *(
            a_statement(context={"contextActivities": {name: activity}})
            for name in ("parent", "grouping", "category", "other")
        ),
        a_statement(object={**inner, "object": activity}),
        a_statement(object={**inner, "context": {"contextActivities": {"other": [activity]}}}),
    ]
    lrs.post([direct, *related])
    assert ids(lrs.find(activity=activity["id"])) == {direct["id"]}
    assert ids(lrs.find(activity=activity["id"], related_activities="true")) == ids([direct, *related])


def test_filters_hold_all_at_once(lrs: Client) -> None:
    wanted = a_statement(actor=ADA, verb={"id": READ}, object={"id": BOOK})
    lrs.post(
        [
            wanted,
            a_statement(actor=BO, verb={"id": READ}, object={"id": BOOK}),
            a_statement(actor=ADA, object={"id": BOOK}),
            a_statement(actor=ADA, verb={"id": READ}),
        ]
    )
    assert by_agent(lrs, ADA, verb=READ, activity=BOOK) == {wanted["id"]}


@pytest.mark.parametrize(
    ("agent", "version"),
    [
        ({"mbox": "ada@example.com"}, "2.0.0"),
        ({"name": "Ada"}, "2.0.0"),
        ({**ADA, "mbox_sha1sum": "0" * 40}, "2.0.0"),
        ([ADA], "2.0.0"),
        ({"objectType": "Group", "member": [ADA]}, "1.0.3"),
    ],
)
def test_an_agent_that_is_none_is_400(lrs: Client, agent: Any, version: str) -> None:
    headers = {"X-Experience-API-Version": version}
    answer = lrs.http.get("/statements", params={"agent": json.dumps(agent)}, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["faults"][0]["pointer"].startswith("agent")
