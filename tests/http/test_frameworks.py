"""Frameworks come in over HTTP, and go out as CASE has them, to whoever may read something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from lrs.auth.keys import Keys, key_authority
from lrs.auth.scopes import SCOPES
from lrs.database.pool import Database
from projections import found, rebuild
from tests.case.packages import FRAMEWORK, Json, a_link, a_package, id_of
from tests.conftest import a_key

CASE = "/ims/case/v1p1"
PATHS = [
    f"{CASE}/CFDocuments",
    f"{CASE}/CFDocuments/{FRAMEWORK}",
    f"{CASE}/CFPackages/{FRAMEWORK}",
    f"{CASE}/CFItems/{id_of('A')}",
    f"{CASE}/CFAssociations/{a_link('A', '')['identifier']}",
    f"{CASE}/CFItemAssociations/{id_of('A')}",
]


@pytest.fixture
def registrar(server_url: str, database: Database, tenant: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server_url, auth=a_key(database, tenant, "registrar")) as client:
        yield client


def put(client: httpx.Client, package: Any, framework: str = FRAMEWORK) -> httpx.Response:
    return client.put(f"/frameworks/{framework}", json=package)


@pytest.fixture
def imported(registrar: httpx.Client, database: Database, tenant: str) -> Json:
    """A package that can be read."""
    package = a_package("A B", extensions={"position": 1})
    put(registrar, package).raise_for_status()
    rebuild.rebuild(database, tenant, found.projection("frameworks"), progress=lambda *_: None)
    return package


def test_a_framework_comes_in_once(registrar: httpx.Client) -> None:
    first, second = put(registrar, a_package("A B")), put(registrar, a_package("A B"))
    position = int(first.headers["x-lrs-position"])
    assert (first.status_code, first.json()) == (200, {"notices": [], "position": position})
    assert second.json() == first.json()
    assert put(registrar, a_package("A C")).json()["position"] == position + 1


def test_what_is_worth_knowing_is_told(registrar: httpx.Client) -> None:
    package = a_package("A", a_link("A", "nowhere"))
    assert len(put(registrar, package).json()["notices"]) == 2


def test_every_fault_is_told_where_it_is(registrar: httpx.Client) -> None:
    package = a_package("A")
    package["CFItems"][0] = {}
    for said, pointers in (
        (package, {f"/CFItems/0/{each}" for each in ("identifier", "uri", "fullStatement")}),
        ([], {""}),
        (a_package("A", framework=str(uuid4())), {"/CFDocument/identifier"}),
    ):
        answer = put(registrar, said)
        assert answer.status_code == 400
        assert {each["pointer"] for each in answer.json()["faults"]} == pointers


def test_it_goes_out_as_it_came_in(registrar: httpx.Client, imported: Json) -> None:
    answer = registrar.get(PATHS[2])
    assert answer.json() == imported
    assert answer.headers["x-lrs-position"].isdigit()
    known = registrar.get(PATHS[2], headers={"If-None-Match": answer.headers["etag"]})
    assert known.status_code == 304


def test_what_goes_out_has_no_members_of_ours(registrar: httpx.Client, imported: Json) -> None:
    document, item, link = imported["CFDocument"], imported["CFItems"][0], imported["CFAssociations"][0]
    bodies = [registrar.get(path).raise_for_status().json() for path in PATHS]
    assert [set(each) for each in bodies] == [
        {"CFDocuments"},
        {*document, "CFPackageURI"},
        set(imported),
        {*item, "CFDocumentURI"},
        {*link, "CFDocumentURI"},
        {"CFItem", "CFAssociations"},
    ]


def test_it_is_told_as_of_a_moment(
    registrar: httpx.Client, imported: Json, database: Database, tenant: str
) -> None:
    before = int(registrar.get(PATHS[2]).headers["x-lrs-position"])
    after = put(registrar, a_package("A C")).json()["position"]
    rebuild.rebuild(database, tenant, found.projection("frameworks"), progress=lambda *_: None)
    assert registrar.get(PATHS[2], params={"as_of": before}).json() == imported
    assert registrar.get(PATHS[2], params={"after": after}).json() == a_package("A C")


def test_documents_come_in_pages(
    registrar: httpx.Client, imported: Json, database: Database, tenant: str
) -> None:
    other = str(uuid4())
    put(registrar, a_package("A", framework=other), other).raise_for_status()
    rebuild.rebuild(database, tenant, found.projection("frameworks"), progress=lambda *_: None)
    first = registrar.get(PATHS[0], params={"limit": 1}, headers={"Origin": "https://tool.example"})
    assert first.headers["x-total-count"] == "2"
    assert {"X-Total-Count", "Link"} <= set(first.headers["access-control-expose-headers"].split(", "))
    second = registrar.get(first.links["next"]["url"].replace("?", f"{PATHS[0]}?", 1))
    assert "link" not in second.headers
    pages = [each.json()["CFDocuments"] for each in (first, second)]
    assert sorted(each["identifier"] for page in pages for each in page) == sorted([FRAMEWORK, other])
    for name, value in (("limit", "0"), ("offset", "-1"), ("orderBy", "x"), ("filter", "title='x'")):
        answer = registrar.get(PATHS[0], params={name: value})
        assert (answer.status_code, answer.json()["faults"][0]["pointer"]) == (400, name)


def test_errors_are_told_as_case_tells_them(registrar: httpx.Client, server_url: str, imported: Json) -> None:
    for client, path, code, minor in (
        (registrar, f"{CASE}/CFItems/{uuid4()}", 404, "unknownobject"),
        (registrar, f"{CASE}/CFItems/4.NF.A.1", 404, "unknownobject"),
        (registrar, f"{CASE}/CFDocuments?limit=x", 400, "invalid_selection_field"),
        (httpx, f"{server_url}{CASE}/CFDocuments", 401, "unauthorisedrequest"),
    ):
        answer = client.get(path)  # type: ignore[attr-defined]
        said = answer.json()
        assert answer.status_code == code
        assert (said["imsx_codeMajor"], said["imsx_severity"]) == ("failure", "error")
        assert said["imsx_description"] == said["error"]
        (field,) = said["imsx_codeMinor"]["imsx_codeMinorField"]
        assert field["imsx_codeMinorFieldValue"] == minor
    assert set(registrar.get("/learners/x").json()) == {"error", "faults"}


@pytest.mark.parametrize("scope", SCOPES)
def test_whoever_reads_something_reads_frameworks(
    server_url: str, database: Database, tenant: str, imported: Json, scope: str
) -> None:
    with httpx.Client(base_url=server_url, auth=a_key(database, tenant, scope)) as client:
        for path in PATHS:
            allowed = client.get(path).status_code == 200
            assert allowed == (scope not in {"statements/write", "define", "erasure"}), path
        assert (put(client, []).status_code != 403) == (scope in {"all", "registrar"})


def test_a_key_of_a_learner_reads_frameworks_too(
    server_url: str, database: Database, tenant: str, imported: Json
) -> None:
    authority = key_authority("http://localhost", "family")
    key = Keys(database).issue(tenant, scopes=["transcripts/read"], authority=authority, learner=str(uuid4()))
    with httpx.Client(base_url=server_url, auth=key) as client:
        assert [client.get(path).status_code for path in PATHS] == [200] * len(PATHS)
        assert client.get("/catalogue").status_code == 403


def test_another_tenant_has_none_of_it(
    server_url: str, database: Database, imported: Json, tenant: str
) -> None:
    from lrs.auth import tenants

    tenants.create(database, other := f"{tenant}_other")
    rebuild.rebuild(database, other, found.projection("frameworks"), progress=lambda *_: None)
    with httpx.Client(base_url=server_url, auth=a_key(database, other)) as client:
        assert client.get(PATHS[0]).json() == {"CFDocuments": []}
        assert [client.get(path).status_code for path in PATHS[1:]] == [404] * 5
