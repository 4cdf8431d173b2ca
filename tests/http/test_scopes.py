"""What a key may do: every scope against every resource and method (Communication 4.0)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from lrs.auth.keys import Keys
from lrs.auth.scopes import SCOPES
from lrs.database.pool import Database
from tests.client import Client, a_statement
from tests.conftest import a_key

Json = dict[str, Any]
ADA = '{"mbox":"mailto:ada@example.com"}'
ACTIVITY = "http://example.com/activities/fractions"
STATE = {"activityId": ACTIVITY, "agent": ADA, "stateId": "s"}
AGENT_PROFILE = {"agent": ADA, "profileId": "p"}
ACTIVITY_PROFILE = {"activityId": ACTIVITY, "profileId": "p"}

READS_STATEMENTS = {"all", "all/read", "statements/read", "statements/read/mine"}
WRITES_STATEMENTS = {"all", "statements/write"}
READS_STATE, WRITES_STATE = {"all", "all/read", "state"}, {"all", "state"}
READS_PROFILES, WRITES_PROFILES = {"all", "all/read", "profile"}, {"all", "profile"}
EVERYONE = set(SCOPES)

# Who may do what; everybody else is told 403.
TABLE: list[tuple[str, dict[str, str], str, set[str]]] = [
    ("/statements", {}, "GET HEAD", READS_STATEMENTS),
    ("/statements", {"statementId": "7e1a1f3e-5f0a-4b68-9d4e-0a8b1f0f6a11"}, "GET HEAD", READS_STATEMENTS),
    ("/statements", {"voidedStatementId": "7e1a1f3e-5f0a-4b68-9d4e-0a8b1f0f6a11"}, "GET", READS_STATEMENTS),
    ("/statements", {}, "POST", WRITES_STATEMENTS),
    ("/statements", {"statementId": "7e1a1f3e-5f0a-4b68-9d4e-0a8b1f0f6a11"}, "PUT", WRITES_STATEMENTS),
    ("/activities/state", STATE, "GET HEAD", READS_STATE),
    ("/activities/state", {"activityId": ACTIVITY, "agent": ADA}, "GET HEAD", READS_STATE),
    ("/activities/state", STATE, "PUT POST DELETE", WRITES_STATE),
    ("/activities/state", {"activityId": ACTIVITY, "agent": ADA}, "DELETE", WRITES_STATE),
    ("/agents/profile", AGENT_PROFILE, "GET HEAD", READS_PROFILES),
    ("/agents/profile", {"agent": ADA}, "GET", READS_PROFILES),
    ("/agents/profile", AGENT_PROFILE, "PUT POST DELETE", WRITES_PROFILES),
    ("/activities/profile", ACTIVITY_PROFILE, "GET HEAD", READS_PROFILES),
    ("/activities/profile", {"activityId": ACTIVITY}, "GET", READS_PROFILES),
    ("/activities/profile", ACTIVITY_PROFILE, "PUT POST DELETE", WRITES_PROFILES),
    ("/agents", {"agent": ADA}, "GET HEAD", READS_STATEMENTS),
    ("/activities", {"activityId": ACTIVITY}, "GET HEAD", READS_STATEMENTS),
    ("/about", {}, "GET HEAD", EVERYONE),
]

As = Callable[..., Client]


@pytest.fixture
def speaking_as(server_url: str, database: Database, tenant: str) -> As:
    """A client of this tenant with a new key of these scopes."""

    def speaking(*scopes: str) -> Client:
        return Client(server_url, *a_key(database, tenant, *scopes))

    return speaking


def ids(statements: list[Json]) -> list[str]:
    return [each["id"] for each in statements]


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_allows_what_the_table_says_and_nothing_else(speaking_as: As, scope: str) -> None:
    with speaking_as(scope) as client:
        for path, parameters, methods, allowed in TABLE:
            for method in methods.split():
                content = b"{}" if method in {"PUT", "POST"} else None
                answer = client.http.request(method, path, params=parameters, content=content)
                assert (answer.status_code != 403) == (scope in allowed), (method, path, parameters)
                assert answer.status_code != 401


def test_what_a_key_lacks_is_told(speaking_as: As) -> None:
    with speaking_as("statements/read", "profile") as client:
        answer = client.http.post("/statements", json=a_statement())
    said = answer.json()["error"]
    assert answer.status_code == 403
    assert all(word in said for word in (client.key, "all, statements/write", "profile, statements/read"))


def test_what_is_not_allowed_changes_nothing(lrs: Client, speaking_as: As) -> None:
    lrs.http.put("/activities/state", params=STATE, content=b"kept").raise_for_status()
    with speaking_as("all/read") as reader:
        assert reader.http.post("/statements", json=a_statement()).status_code == 403
        assert reader.http.delete("/activities/state", params=STATE).status_code == 403
        assert reader.http.post("/activities/state", params=STATE, content=b"new").status_code == 403
    assert lrs.find() == []
    assert lrs.http.get("/activities/state", params=STATE).content == b"kept"


def test_scopes_add_up(speaking_as: As) -> None:
    with speaking_as("statements/write", "statements/read/mine", "state") as client:
        statement = a_statement()
        assert client.post(statement) == ids(client.find()) == [statement["id"]]
        assert client.http.put("/activities/state", params=STATE, content=b"{}").status_code == 204
        assert client.http.get("/agents/profile", params={"agent": ADA}).status_code == 403


def test_mine_are_the_statements_of_my_own_authority(lrs: Client, speaking_as: As) -> None:
    with speaking_as("statements/write", "statements/read/mine") as me:
        mine = [a_statement() for _ in range(5)]
        others = [a_statement() for _ in range(5)]
        for own, other in zip(mine, others, strict=True):
            me.post(own)
            lrs.post(other)
        assert ids(me.find(ascending="true")) == ids(mine)
        assert ids(me.find(ascending="true", limit=2)) == ids(mine)
        assert ids(me.find(limit=2)) == ids(mine[::-1])
        assert me.get(mine[0]["id"])["authority"]["account"]["name"] == me.key
        for other in others:
            answer = me.http.get("/statements", params={"statementId": other["id"]})
            assert answer.status_code == 404
        assert ids(lrs.find(ascending="true", limit=3)) == [
            each["id"] for both in zip(mine, others, strict=True) for each in both
        ]


def test_mine_holds_with_every_filter(lrs: Client, speaking_as: As) -> None:
    filters = [
        {"agent": ADA},
        {"agent": ADA, "related_agents": "true"},
        {"verb": "http://adlnet.gov/expapi/verbs/completed"},
        {"activity": ACTIVITY, "related_activities": "true"},
        {"since": "2020-01-01T00:00:00Z"},
        {"format": "ids"},
        {"format": "canonical"},
        {"attachments": "true"},
    ]
    with speaking_as("statements/write", "statements/read/mine") as me:
        own, other = a_statement(), a_statement()
        me.post(own)
        lrs.post(other)
        for each in filters:
            text = me.http.get("/statements", params=each).raise_for_status().text
            assert (own["id"] in text, other["id"] in text) == (True, False), each


def test_mine_holds_for_voided_statements_and_references(lrs: Client, speaking_as: As) -> None:
    with speaking_as("statements/write", "statements/read/mine") as me:
        own, other = a_statement(), a_statement(verb={"id": "http://example.com/verbs/secret"})
        me.post(own)
        lrs.post(other)
        voided = {"id": "http://adlnet.gov/expapi/verbs/voided"}
        reference = a_statement(object={"objectType": "StatementRef", "id": other["id"]})
        me.post(reference)
        for each in (own, other):
            lrs.post(a_statement(verb=voided, object={"objectType": "StatementRef", "id": each["id"]}))
        statuses = [
            me.http.get("/statements", params={"voidedStatementId": each["id"]}).status_code
            for each in (own, other)
        ]
        assert statuses == [200, 404]
        assert ids(me.find(verb="http://example.com/verbs/secret")) == [reference["id"]]


def test_mine_follows_whatever_others_wrote_into_their_statements(lrs: Client, speaking_as: As) -> None:
    """Text that PostgreSQL's JSON cannot hold, and authorities nested where they mean nothing."""
    with speaking_as("statements/write", "statements/read/mine") as me:
        own = a_statement()
        (own_id,) = me.post(own)
        authority = me.get(own_id)["authority"]
        extensions = {"http://example.com/x": {"authority": authority, "nul": "\0", "big": 10**400}}
        lrs.post([a_statement(result={"response": "\0", "extensions": extensions}) for _ in range(3)])
        assert ids(me.find()) == [own_id]
        nul = a_statement(result={"response": "\0"})
        me.post(nul)
        assert ids(me.find()) == [nul["id"], own_id]
        assert me.get(nul["id"])["result"] == {"response": "\0"}


def test_mine_come_once_although_they_are_mine_in_many_ways(lrs: Client, speaking_as: As) -> None:
    """The authority is the actor as well, and what refers to a statement inherits whom that is about."""
    with speaking_as("statements/write", "statements/read/mine") as me:
        (first,) = me.post(a_statement())
        authority = me.get(first)["authority"]
        (second,) = me.post(a_statement(actor=authority, context={"instructor": authority}))
        (third,) = me.post(a_statement(object={"objectType": "StatementRef", "id": second}))
        (others,) = lrs.post(a_statement(object={"objectType": "StatementRef", "id": second}))
        for limit in (1, 2, 10):
            assert ids(me.find(limit=limit)) == [third, second, first]
            assert ids(me.find(limit=limit, ascending="true")) == [first, second, third]
            about_me = {"agent": json.dumps(authority), "limit": limit}
            assert ids(me.find(**about_me)) == [third, second]
            assert ids(me.find(**about_me, related_agents="true")) == [third, second, first]
        assert ids(lrs.find(agent=json.dumps(authority))) == [others, third, second]


def test_a_page_of_others_is_no_end_of_mine(lrs: Client, speaking_as: As) -> None:
    with speaking_as("statements/write", "statements/read/mine") as me:
        (first,) = me.post(a_statement())
        lrs.post([a_statement() for _ in range(30)])
        (last,) = me.post(a_statement())
        answer = me.http.get("/statements", params={"limit": "1"}).json()
        assert (ids(answer["statements"]), bool(answer["more"])) == ([last], True)
        assert ids(me.find(limit=1)) == [last, first]


DEFINED = {"id": ACTIVITY, "definition": {"name": {"en": "Fractions"}}}
NAMED = {"mbox": "mailto:ada@example.com", "name": "Ada"}


@pytest.mark.parametrize(
    ("scopes", "defines"),
    [(["all"], True), (["statements/write", "define"], True), (["statements/write"], False)],
)
def test_only_who_may_define_changes_what_is_known(
    lrs: Client, speaking_as: As, scopes: list[str], defines: bool
) -> None:
    statement = a_statement(actor=NAMED, object=DEFINED)
    with speaking_as(*scopes) as writer:
        writer.post(statement)
    activity = lrs.http.get("/activities", params={"activityId": ACTIVITY}).json()
    person = lrs.http.get("/agents", params={"agent": ADA}).json()
    assert activity.get("definition") == (DEFINED["definition"] if defines else None)
    assert person.get("name") == (["Ada"] if defines else None)
    found = lrs.get(statement["id"])
    assert (found["actor"]["name"], found["object"]) == ("Ada", DEFINED)


def test_a_definition_that_was_not_allowed_may_be_given_by_another(lrs: Client, speaking_as: As) -> None:
    with speaking_as("statements/write") as writer:
        writer.post(a_statement(object=DEFINED))
    lrs.post(a_statement(object=DEFINED))
    assert (
        lrs.http.get("/activities", params={"activityId": ACTIVITY}).json()["definition"]
        == (DEFINED["definition"])
    )


def test_canonical_shows_only_definitions_that_the_key_may_read(lrs: Client, speaking_as: As) -> None:
    lrs.post(a_statement(object=DEFINED))
    with speaking_as("statements/write", "statements/read/mine") as me:
        bare = a_statement(object={"id": ACTIVITY})
        me.post(bare)
        assert me.get(bare["id"], format="canonical")["object"] == {"id": ACTIVITY}
        assert "definition" not in me.http.get("/activities", params={"activityId": ACTIVITY}).json()
    assert lrs.get(bare["id"], format="canonical")["object"] == DEFINED


def test_an_authority_may_be_a_group_of_two(server_url: str, database: Database, tenant: str) -> None:
    members = [{"mbox": "mailto:app@example.com"}, {"mbox": "mailto:ada@example.com"}]
    group = {"objectType": "Group", "member": members}
    scopes = ["statements/write", "statements/read/mine"]
    key = Keys(database).issue(tenant, scopes=scopes, authority=group)
    with Client(server_url, *key) as client:
        (statement_id,) = client.post(a_statement())
        assert client.get(statement_id)["authority"] == group
        found = client.find(agent=json.dumps(members[1]), related_agents="true")
    assert ids(found) == [statement_id]
