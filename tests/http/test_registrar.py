"""Registrars change learners and the catalogue over HTTP, and learn where in the log it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from lrs.auth.scopes import SCOPES
from lrs.database.pool import Database
from lrs.log.events import IdentifierLinked, LearnerRegistered, RegistrarDecided
from lrs.registrar import catalogue
from tests.conftest import a_key
from tests.registrar.samples import a_catalogue, a_course, a_provider, a_scale, recorded

Json = dict[str, Any]
IRI = "https://pathway.example/math-7"
LINK = {"identifier": {"mbox": "mailto:mira@mail.example"}, "reason": "her mother says so"}


@pytest.fixture
def registrar(server_url: str, database: Database, tenant: str) -> Iterator[httpx.Client]:
    """A registrar's client, which speaks no version of xAPI."""
    with httpx.Client(base_url=server_url, auth=a_key(database, tenant, "registrar")) as client:
        yield client


@pytest.fixture
def mira(registrar: httpx.Client) -> str:
    return str(registrar.post("/learners", json={"name": "Mira"}).json()["learner"])


def delete(client: httpx.Client, path: str, body: Json) -> httpx.Response:
    return client.request("DELETE", path, json=body)


def pointers(response: httpx.Response) -> set[str]:
    assert response.status_code == 400
    return {each["pointer"] for each in response.json()["faults"]}


def test_a_learner_is_registered_and_revised(
    registrar: httpx.Client, database: Database, tenant: str
) -> None:
    made = registrar.post("/learners", json={"name": "Mira", "reason": "new"})
    learner, position = made.json()["learner"], made.json()["position"]
    assert made.status_code == 201
    assert made.headers["location"] == f"/learners/{learner}"
    assert made.headers["x-lrs-position"] == str(position)
    (event,) = recorded(database, tenant)
    assert isinstance(event, LearnerRegistered)
    assert (event.learner, event.name, event.reason) == (learner, "Mira", "new")
    assert event.by.startswith(tenant)
    path = f"/learners/{learner.upper()}"
    assert registrar.put(path, json={"name": "Mira"}).json() == {"position": position}
    assert registrar.put(path, json={"name": "Mira K."}).json() == {"position": position + 1}


def test_an_identifier_is_linked_and_unlinked(
    registrar: httpx.Client, database: Database, tenant: str, mira: str
) -> None:
    path = f"/learners/{mira}/identifiers"
    first, second = (registrar.post(path, json=LINK) for _ in range(2))
    assert (first.status_code, first.json()) == (200, second.json())
    event = recorded(database, tenant)[-1]
    assert isinstance(event, IdentifierLinked)
    assert (event.ifi, event.reason) == ("mbox|mailto:mira@mail.example", "her mother says so")
    assert delete(registrar, path, LINK).json()["position"] == first.json()["position"] + 1


def test_what_is_anothers_is_a_conflict(registrar: httpx.Client, mira: str) -> None:
    registrar.post(f"/learners/{mira}/identifiers", json=LINK).raise_for_status()
    ada = registrar.post("/learners", json={"name": "Ada"}).json()["learner"]
    refused = registrar.post(f"/learners/{ada}/identifiers", json=LINK)
    assert refused.status_code == 409
    assert mira in refused.json()["error"]


def test_everything_of_a_catalogue_can_be_defined(
    registrar: httpx.Client, database: Database, tenant: str
) -> None:
    whole = a_catalogue()
    for path, body in (
        ("providers/pathway", whole["providers"]["pathway"]),
        ("scales/letters", whole["scales"]["letters"]),
        ("courses/math-7", whole["courses"]["math-7"]),
        ("policy", whole["policy"]),
    ):
        first, second = (registrar.put(f"/catalogue/{path}", json=body) for _ in range(2))
        assert (first.status_code, first.json()) == (200, second.json())
    mapped = registrar.put("/catalogue/activities", params={"activity": IRI}, json={"course": "math-7"})
    assert mapped.status_code == 200
    assert catalogue.adopt(database, tenant, whole, by="x").changes == []
    assert registrar.delete("/catalogue/activities", params={"activity": IRI}).status_code == 200
    gone = delete(registrar, "/catalogue/providers/pathway", {"reason": "closed"})
    assert (
        gone.json()["position"] == int(gone.headers["x-lrs-position"]) == len(recorded(database, tenant)) + 1
    )


def test_what_activities_show_and_how_mastery_is_estimated_can_be_said(
    registrar: httpx.Client, database: Database, tenant: str
) -> None:
    of, competencies = {"activity": IRI}, {"competencies": ["urn:uuid:6b9c09e2-d7cc-11e8-824f-0242ac160002"]}
    first, second = (registrar.put("/catalogue/alignments", params=of, json=competencies) for _ in range(2))
    assert (first.status_code, first.json()) == (200, second.json())
    policy = {"method": "elo", "parameters": {"a": 2}}
    assert registrar.put("/catalogue/mastery", json=policy).status_code == 200
    assert list(catalogue.export(database, tenant)) == ["alignments", "mastery"]
    assert registrar.delete("/catalogue/alignments", params=of).status_code == 200
    assert registrar.delete("/catalogue/alignments", params={"activity": "x:y"}).status_code == 404
    assert pointers(registrar.put("/catalogue/mastery", json={"method": "mean", "cut": 2})) == {"/cut"}


def test_a_decision_is_made_and_repealed(
    registrar: httpx.Client, database: Database, tenant: str, mira: str
) -> None:
    catalogue.adopt(database, tenant, a_catalogue(), by="x")
    path = f"/learners/{mira}/decisions"
    made = registrar.post(path, json={"kind": "waive", "course": "math-7", "reason": "a test"})
    assert made.status_code == 201
    repeal = {"kind": "repeal", "values": {"decision": made.json()["decision"]}, "reason": "a mistake"}
    assert [registrar.post(path, json=repeal).status_code for _ in range(2)] == [201, 409]
    event = recorded(database, tenant)[-1]
    assert isinstance(event, RegistrarDecided)
    assert event.values == {"decision": made.json()["decision"]}


def test_every_fault_is_told_where_it_is(registrar: httpx.Client, mira: str) -> None:
    put = registrar.put
    assert pointers(registrar.post("/learners", json={"born": "x"})) == {"/name", "/born"}
    assert pointers(registrar.post(f"/learners/{mira}/identifiers", json={})) == {"/identifier", "/reason"}
    assert pointers(registrar.post(f"/learners/{mira}/decisions", json={})) == {"/kind", "/reason"}
    assert pointers(put("/catalogue/courses/a", json=a_course())) == {"/provider", "/scale"}
    assert pointers(put("/catalogue/providers/a", json=a_provider(trust="much"))) == {"/trust"}
    assert pointers(put("/catalogue/scales/a", json=a_scale(steps=[{}]))) == {"/steps/0/grade"}
    assert pointers(put("/catalogue/policy", json={})) == {"/attempts", "/repeats"}
    assert pointers(put("/catalogue/activities", json={"course": "a"})) == {"activity"}
    assert pointers(put("/catalogue/activities?activity=a&b=c", json={})) == {"b"}
    assert pointers(put("/catalogue/policy?b=c", json={})) == {"b"}


def test_what_is_not_there_is_404(registrar: httpx.Client) -> None:
    nobody = f"/learners/{uuid4()}"
    for path in (nobody, "/learners/mira"):
        assert registrar.put(path, json={"name": "x"}).status_code == 404
        assert registrar.post(f"{path}/identifiers", json=LINK).status_code == 404
        assert delete(registrar, f"{path}/identifiers", LINK).status_code == 404
    waive = {"kind": "waive", "course": "c", "reason": "x"}
    assert registrar.post(f"{nobody}/decisions", json=waive).status_code == 404
    assert registrar.delete("/catalogue/activities", params={"activity": IRI}).status_code == 404
    assert delete(registrar, "/catalogue/providers/x", {"reason": "x"}).status_code == 404


def test_what_is_no_json_is_told(registrar: httpx.Client) -> None:
    for content in (b"", b"{", b'{"name":"a","name":"b"}', b"\xff", b"[" * 1000):
        assert registrar.post("/learners", content=content).status_code == 400


REQUESTS = [
    ("POST", "/learners"),
    ("PUT", "/learners/x"),
    ("POST", "/learners/x/identifiers"),
    ("DELETE", "/learners/x/identifiers"),
    ("POST", "/learners/x/decisions"),
    ("PUT", "/catalogue/providers/x"),
    ("DELETE", "/catalogue/providers/x"),
    ("PUT", "/catalogue/scales/x"),
    ("PUT", "/catalogue/courses/x"),
    ("PUT", "/catalogue/activities"),
    ("DELETE", "/catalogue/activities"),
    ("PUT", "/catalogue/alignments"),
    ("DELETE", "/catalogue/alignments"),
    ("PUT", "/catalogue/policy"),
    ("PUT", "/catalogue/mastery"),
]


@pytest.mark.parametrize("scope", SCOPES)
def test_only_registrars_do_this(server_url: str, database: Database, tenant: str, scope: str) -> None:
    with httpx.Client(base_url=server_url, auth=a_key(database, tenant, scope)) as client:
        for method, path in REQUESTS:
            allowed = client.request(method, path, json=[]).status_code != 403
            assert allowed == (scope in {"all", "registrar"}), (method, path)


def test_nobody_does_this_without_a_key(server_url: str) -> None:
    for method, path in REQUESTS:
        assert httpx.request(method, server_url + path, json={}).status_code == 401


def test_other_methods_are_named(registrar: httpx.Client) -> None:
    answer = registrar.patch(f"/learners/{uuid4()}/identifiers")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST, DELETE, GET, HEAD")
