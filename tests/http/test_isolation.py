"""Nothing crosses tenants: what one has, the other neither sees nor disturbs, on any resource."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx
import pytest

from lrs.auth import tenants
from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import OperatorError
from lrs.log.event_log import EventLog
from tests.client import Client, a_statement
from tests.conftest import a_key
from tests.multiparts import MULTIPART, a_body, a_part, a_statement_with, read_answer

Json = dict[str, Any]
ADA = '{"mbox":"mailto:ada@example.com"}'
ACTIVITY = "http://example.com/activities/fractions"
VOIDED = {"id": "http://adlnet.gov/expapi/verbs/voided"}
DOCUMENTS: list[tuple[str, dict[str, str]]] = [
    ("/activities/state", {"activityId": ACTIVITY, "agent": ADA, "stateId": "same"}),
    (
        "/activities/state",
        {
            "activityId": ACTIVITY,
            "agent": ADA,
            "stateId": "same",
            "registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
        },
    ),
    ("/agents/profile", {"agent": ADA, "profileId": "same"}),
    ("/activities/profile", {"activityId": ACTIVITY, "profileId": "same"}),
]


@pytest.fixture
def stranger(server_url: str, database: Database) -> Iterator[Client]:
    """A client of another tenant, on the same server."""
    tenants.create(database, name := f"t{uuid4().hex[:12]}")
    with Client(server_url, *a_key(database, name)) as client:
        yield client


def ids(statements: list[Json]) -> list[str]:
    return [each["id"] for each in statements]


def status(client: Client, path: str, **parameters: str) -> int:
    return client.http.get(path, params=parameters).status_code


def test_statements_do_not_cross(lrs: Client, stranger: Client) -> None:
    own, voided = a_statement(), a_statement()
    lrs.post([own, voided, a_void(voided)])
    assert status(stranger, "/statements", statementId=own["id"]) == 404
    assert status(stranger, "/statements", voidedStatementId=voided["id"]) == 404
    filters: list[dict[str, str]] = [
        {},
        {"agent": json.dumps(own["actor"])},
        {"agent": json.dumps(own["actor"]), "related_agents": "true"},
        {"verb": own["verb"]["id"]},
        {"activity": ACTIVITY, "related_activities": "true"},
        {"since": "2020-01-01T00:00:00Z", "ascending": "true"},
    ]
    assert [stranger.find(**each) for each in filters] == [[]] * len(filters)


def a_void(of: Json) -> Json:
    return a_statement(verb=VOIDED, object={"objectType": "StatementRef", "id": of["id"]})


def test_the_same_id_may_mean_different_things(lrs: Client, stranger: Client) -> None:
    own = a_statement()
    other = own | {"actor": {"mbox": "mailto:bo@example.com"}}
    lrs.post(own)
    stranger.post(other)
    assert lrs.get(own["id"])["actor"] == own["actor"]
    assert stranger.get(own["id"])["actor"] == other["actor"]
    lrs.post(a_void(own))
    assert status(lrs, "/statements", statementId=own["id"]) == 404
    assert status(stranger, "/statements", statementId=own["id"]) == 200


def test_a_reference_does_not_reach_over(lrs: Client, stranger: Client) -> None:
    own = a_statement(verb={"id": "http://example.com/verbs/secret"})
    lrs.post(own)
    stranger.post(a_statement(object={"objectType": "StatementRef", "id": own["id"]}))
    assert stranger.find(verb="http://example.com/verbs/secret") == []
    assert ids(lrs.find(verb="http://example.com/verbs/secret")) == [own["id"]]


def test_the_cursor_of_one_shows_another_only_their_own(lrs: Client, stranger: Client) -> None:
    lrs.post([a_statement() for _ in range(10)])
    own = [a_statement() for _ in range(4)]
    stranger.post(own)
    for ascending in ("true", "false"):
        parameters = {"limit": "3", "ascending": ascending}
        more = lrs.http.get("/statements", params=parameters).json()["more"]
        answer = stranger.http.get("/statements", params=parse_qsl(urlsplit(more).query))
        assert answer.status_code == 200
        assert set(ids(answer.json()["statements"])) <= set(ids(own))


@pytest.mark.parametrize(("path", "parameters"), DOCUMENTS)
def test_documents_with_equal_keys_are_different(
    lrs: Client, stranger: Client, path: str, parameters: dict[str, str]
) -> None:
    def content(client: Client) -> bytes:
        return client.http.get(path, params=parameters).raise_for_status().content

    lrs.http.put(path, params=parameters, content=b"mine").raise_for_status()
    assert status(stranger, path, **parameters) == 404
    stranger.http.put(path, params=parameters, content=b"theirs").raise_for_status()
    assert (content(lrs), content(stranger)) == (b"mine", b"theirs")
    stranger.http.delete(path, params=parameters).raise_for_status()
    assert content(lrs) == b"mine"
    owner = {name: value for name, value in parameters.items() if name not in {"stateId", "profileId"}}
    listed = [client.http.get(path, params=owner).json() for client in (lrs, stranger)]
    assert listed == [["same"], []]


def test_deleting_all_states_leaves_those_of_others(lrs: Client, stranger: Client) -> None:
    path, parameters = DOCUMENTS[0]
    lrs.http.put(path, params=parameters, content=b"mine").raise_for_status()
    all_of_them = {"activityId": ACTIVITY, "agent": ADA}
    assert stranger.http.delete(path, params=all_of_them).status_code == 204
    assert lrs.http.get(path, params=parameters).content == b"mine"


def test_what_is_known_of_agents_and_activities_does_not_cross(lrs: Client, stranger: Client) -> None:
    definition = {"name": {"en": "Fractions"}}
    lrs.post(a_statement(object={"id": ACTIVITY, "definition": definition}))
    bare = a_statement(actor={"mbox": "mailto:ada@example.com"}, object={"id": ACTIVITY})
    stranger.post(bare)
    assert "name" not in stranger.http.get("/agents", params={"agent": ADA}).json()
    assert "definition" not in stranger.http.get("/activities", params={"activityId": ACTIVITY}).json()
    assert stranger.get(bare["id"], format="canonical")["object"] == {"id": ACTIVITY}
    assert lrs.http.get("/agents", params={"agent": ADA}).json()["name"] == ["Ada"]


def test_attachments_do_not_cross(lrs: Client, stranger: Client) -> None:
    """Equal contents are stored for each tenant; nobody learns that another has the same."""
    statement = a_statement_with(b"secret")
    body = a_body(json.dumps(statement).encode(), a_part(b"secret"))
    lrs.http.post("/statements", content=body, headers=MULTIPART).raise_for_status()
    # Without its content the statement is refused, although the store has these bytes: from somebody else.
    bare = stranger.http.post("/statements", json=statement)
    empty = stranger.http.post(
        "/statements", content=a_body(json.dumps(statement).encode()), headers=MULTIPART
    )
    assert (bare.status_code, empty.status_code) == (400, 400)
    stranger.post(a_statement())
    answer = stranger.http.get("/statements", params={"attachments": "true"})
    assert len(read_answer(answer.headers["content-type"], answer.content)) == 1
    assert b"secret" not in answer.content


def test_positions_of_one_do_not_depend_on_another(lrs: Client, stranger: Client, database: Database) -> None:
    for _ in range(3):
        lrs.post(a_statement())
        stranger.post([a_statement(), a_statement()])
    logs = [EventLog(database, client.key.partition("-")[0]) for client in (lrs, stranger)]
    topics = [[each.topic for each in log.read()] for log in logs]
    assert topics == [["key-issued"] + ["statement-stored"] * 3, ["key-issued"] + ["statement-stored"] * 6]


def test_a_key_opens_its_own_tenant_only(lrs: Client, stranger: Client, server_url: str) -> None:
    """A key's name says where it is looked up; with another tenant's name before it, it is unknown."""
    lrs.post(a_statement())
    tenant, other = (client.key.partition("-")[0] for client in (lrs, stranger))
    names = [
        lrs.key.replace(tenant, other),
        lrs.key.replace(tenant, "default"),
        lrs.key.partition("-")[2],
        f"{other}-{lrs.key}",
        f"{other}-../{lrs.key}",
        lrs.key.upper(),
        f" {lrs.key}",
        f"{lrs.key}\0",
        f"\0{lrs.key}",
    ]
    for name in names:
        with Client(server_url, name, lrs.secret) as client:
            assert status(client, "/statements") == 401, name
    with Client(server_url, lrs.key, stranger.secret) as client:
        assert status(client, "/statements") == 401


def test_clients_of_many_tenants_at_once_do_not_mix(lrs: Client, stranger: Client) -> None:
    """Requests of different tenants share connections, threads and caches, and nothing else."""

    def work(client: Client) -> None:
        for number in range(15):
            name = f"{client.key} {number}"
            client.post([a_statement(actor={"mbox": "mailto:ada@example.com", "name": name})])
            client.http.get("/agents", params={"agent": ADA}).raise_for_status()

    threads = [threading.Thread(target=work, args=[client]) for client in (lrs, stranger) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in (lrs, stranger):
        found = client.find()
        assert len(found) == 30
        assert {each["authority"]["account"]["name"] for each in found} == {client.key}
        names = client.http.get("/agents", params={"agent": ADA}).json()["name"]
        assert {name.split()[0] for name in names} == {client.key}


@pytest.mark.parametrize(
    "name", ["", "A", "a-b", "a b", '"; DROP SCHEMA public; --', "a" * 41, "1a", "ä", "a\n", "public.", "_a"]
)
def test_a_tenant_has_a_harmless_name(database: Database, name: str) -> None:
    with pytest.raises(OperatorError, match="is no tenant's name"):
        tenants.create(database, name)
    with pytest.raises(ValueError, match="is no tenant's name"):
        sql.schema(name)


def test_nobody_can_name_a_tenant_in_a_request(lrs: Client, server_url: str) -> None:
    basic = base64.b64encode(f"{lrs.key}:{lrs.secret}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "X-Experience-API-Version": "2.0.0", "X-Tenant": "default"}
    answer = httpx.get(f"{server_url}/xapi/statements", params={"tenant": "default"}, headers=headers)
    assert answer.status_code == 400
