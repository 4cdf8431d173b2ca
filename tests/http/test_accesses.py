"""Who reads what of whom is noted before it is sent, and told to auditors, registrars and parents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import jsonschema
import psycopg
import pytest

from lrs.auth.keys import Keys, key_authority
from lrs.auth.scopes import SCOPES
from lrs.database import sql
from lrs.database.pool import Database
from lrs.log.event_log import EventLog
from lrs.registrar import learners
from lrs.xapi import actor
from projections import found
from projections.rebuild import rebuild
from tests.client import Client, a_statement
from tests.conftest import a_key

Json = dict[str, Any]
ADA = str(actor.own_learner("mbox|mailto:ada@example.com"))
READS = {"all", "all/read", "registrar", "history/read"}
READABLE = ("catalogue", "cmi5", "competencies", "frameworks", "history", "learners", "transcript")


@pytest.fixture
def http(server_url: str, lrs: Client, database: Database, tenant: str) -> Iterator[httpx.Client]:
    """Of a tenant in which Ada has done something, with a key that may do everything."""
    lrs.post(a_statement())
    learners.register(database, tenant, str(uuid4()), {"name": "Mira Kaya"}, by="office")
    for each in READABLE:
        rebuild(database, tenant, found.projection(each), progress=lambda *_: None)
    with httpx.Client(base_url=server_url, auth=(lrs.key, lrs.secret), timeout=20) as http:
        yield http


def accesses(http: httpx.Client, **asked: Any) -> list[Json]:
    answer = http.get("/audit/access", params=asked)
    assert answer.status_code == 200, answer.text
    told: list[Json] = answer.json()["accesses"]
    return told


def test_a_read_is_noted_with_who_whom_what_when_and_why(http: httpx.Client, lrs: Client) -> None:
    before = datetime.now(UTC)
    path = f"/learners/{ADA}/transcript"
    purpose = "placement in grade 8, für die Schule"
    answer = http.get(path, headers={"X-LRS-Purpose": purpose.encode()})
    told = http.get("/audit/access").json()
    jsonschema.validate(told, http.get("/schemas/access.json").json())
    (noted,) = told["accesses"]
    assert before <= datetime.fromisoformat(noted.pop("at")) <= datetime.now(UTC)
    assert noted == {
        "number": 1,
        "by": lrs.key,
        "label": "",
        "learner": ADA,
        "what": f"GET {path}",
        "position": answer.json()["position"],
        "purpose": purpose,
    }


@pytest.mark.parametrize(
    ("path", "learner"),
    [
        (f"/learners/{ADA}", ADA),
        (f"/learners/{ADA.upper()}/identifiers", ADA),
        (f"/learners/{ADA}/transcript", ADA),
        (f"/learners/{ADA}/competencies", ADA),
        (f"/learners/{ADA}/frontier", ADA),
        (f"/learners/{ADA}/cmi5", ADA),
        (f"/audit/history?learner={ADA}", ADA),
        ("/audit/history", None),
        ("/learners", None),
        ("/learners/suggestions", None),
        ("/log?limit=1", None),
        ("/audit/entries?limit=1", None),
    ],
)
def test_what_tells_of_learners_is_noted(http: httpx.Client, path: str, learner: str | None) -> None:
    assert http.get(path).status_code == 200
    (noted,) = accesses(http)
    assert (noted["learner"], noted["what"]) == (learner, f"GET {path.partition('?')[0]}")


def test_what_tells_of_nobody_or_nothing_is_not_noted(http: httpx.Client, lrs: Client) -> None:
    head = http.get("/log").json()["head"]
    for path in (
        "/catalogue", "/cmi5/courses", "/ims/case/v1p1/CFDocuments", "/schemas/access.json", "/audit/key",
        f"/log?after={head}", f"/audit/entries?after={head}", f"/learners/{uuid4()}/transcript",
        f"/learners/{ADA}/transcript?x=1", "/audit/access", "/healthz",
    ):  # fmt: skip
        http.get(path)
    lrs.find()  # a platform's own traffic
    assert [each["what"] for each in accesses(http)] == ["GET /log"]


def test_a_followed_log_is_noted_when_it_is_opened(http: httpx.Client) -> None:
    with http.stream("GET", "/log/stream", params={"after": 1}) as stream:
        next(stream.iter_raw())
        (noted,) = accesses(http)
    assert (noted["what"], noted["position"]) == ("GET /log/stream", 1)


def test_who_has_it_already_is_noted_too(http: httpx.Client) -> None:
    etag = http.get(f"/learners/{ADA}").headers["ETag"]
    assert http.get(f"/learners/{ADA}", headers={"If-None-Match": etag}).status_code == 304
    assert len(accesses(http)) == 2


def test_the_purpose_has_an_end(http: httpx.Client) -> None:
    answer = http.get(f"/learners/{ADA}", headers={"X-LRS-Purpose": "x" * 201})
    assert [each["pointer"] for each in answer.json()["faults"]] == ["X-LRS-Purpose"]
    assert accesses(http) == []


def test_what_cannot_be_noted_is_not_answered(http: httpx.Client, database: Database, tenant: str) -> None:
    with database.connection() as connection:
        schema = sql.schema(tenant)
        connection.execute(f"ALTER TABLE {schema}.access ADD CHECK (what NOT LIKE '%transcript')".encode())
    assert http.get(f"/learners/{ADA}/transcript").status_code == 500
    assert http.get(f"/learners/{ADA}").status_code == 200


@pytest.fixture
def narrowed(http: httpx.Client, server_url: str, database: Database, tenant: str) -> list[Json]:
    """Six readings by two keys of two learners and of all, oldest first, as they are told."""
    other, at = a_key(database, tenant, "transcripts/read"), http.get("/learners").json()["learners"]
    mira = next(each["learner"] for each in at if each["name"] == "Mira Kaya")
    for path in (f"/learners/{ADA}", f"/learners/{mira}"):
        http.get(path)
        httpx.get(f"{server_url}{path}", auth=other)
    http.get("/learners")
    return accesses(http, ascending="true")


def test_every_narrowing_is_what_the_whole_says_page_by_page(
    http: httpx.Client, narrowed: list[Json]
) -> None:
    mine, others = narrowed[0]["by"], narrowed[2]["by"]
    mira = narrowed[3]["learner"]
    questions: list[tuple[Json, Callable[[Json], bool]]] = [
        ({}, lambda each: True),
        ({"learner": ADA}, lambda each: each["learner"] in (ADA, None)),
        ({"learner": mira}, lambda each: each["learner"] in (mira, None)),
        ({"by": others}, lambda each: each["by"] == others),
        ({"by": mine, "learner": ADA}, lambda e: e["by"] == mine and e["learner"] in (ADA, None)),
        ({"since": 2, "until": 4}, lambda each: each["number"] in (3, 4)),
        ({"since": narrowed[2]["at"]}, lambda each: each["number"] > 3),
        ({"until": narrowed[2]["at"]}, lambda each: each["number"] <= 3),
    ]
    for asked, keep in questions:
        kept = [each for each in narrowed if keep(each)]
        for ascending, limit in (("true", 2), ("false", 1), ("false", 100)):
            assert list(pages(http, asked | {"ascending": ascending, "limit": limit})) == (
                kept if ascending == "true" else kept[::-1]
            ), asked


def pages(http: httpx.Client, asked: Json) -> Iterator[Json]:
    page = http.get("/audit/access", params=asked).json()
    yield from page["accesses"]
    while page["more"]:
        page = http.get("/audit/access", params=asked | {"from": page["more"]}).json()
        yield from page["accesses"]


@pytest.mark.parametrize(
    "asked",
    [{"learner": "x"}, {"since": "x"}, {"limit": "0"}, {"from": "1.2"}, {"ascending": "1"}, {"x": "1"}],
)
def test_what_is_no_question_is_named(http: httpx.Client, asked: Json) -> None:
    answer = http.get("/audit/access", params=asked)
    assert [each["pointer"] for each in answer.json()["faults"]] == list(asked)


def test_it_needs_a_scope_but_a_parent_may_see_who_read_her_childs_record(
    http: httpx.Client, server_url: str, database: Database, tenant: str
) -> None:
    http.get(f"/learners/{ADA}")
    http.get("/learners")
    for scope in SCOPES:
        key = a_key(database, tenant, scope)
        answer = httpx.get(f"{server_url}/audit/access", auth=key)
        assert answer.status_code == (200 if scope in READS else 403), scope
    authority = key_authority("http://localhost", "parent")
    scopes = ["transcripts/read"]
    parent = Keys(database).issue(
        tenant, scopes=scopes, authority=authority, learner=ADA, label="Ada's father"
    )
    with httpx.Client(base_url=server_url, auth=parent) as hers:
        assert len(accesses(hers, learner=ADA)) == 2
        for asked in ({}, {"learner": str(uuid4())}, {"by": parent[0]}):
            assert hers.get("/audit/access", params=asked).status_code == 403
        assert hers.get(f"/audit/access?learner={ADA}&learner={uuid4()}").status_code in (400, 403)
        hers.get(f"/learners/{ADA}")
    (newest, *_) = accesses(http, learner=ADA)
    assert (newest["by"], newest["label"]) == (parent[0], "Ada's father")


def test_what_was_noted_is_never_changed(http: httpx.Client, database: Database, tenant: str) -> None:
    http.get(f"/learners/{ADA}")
    for change in ("UPDATE {t}.access SET by = 'nobody'", "DELETE FROM {t}.access", "TRUNCATE {t}.access"):
        with database.connection() as connection, pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute(change.replace("{t}", sql.schema(tenant)).encode())
    assert len(accesses(http)) == 1


def test_one_tenant_knows_nothing_of_the_accesses_of_another(
    http: httpx.Client, server_url: str, database: Database
) -> None:
    from lrs.auth import tenants

    http.get(f"/learners/{ADA}")
    tenants.create(database, other := f"t{uuid4().hex[:12]}")
    with httpx.Client(base_url=server_url, auth=a_key(database, other)) as stranger:
        assert accesses(stranger) == []
    assert EventLog(database, other).head().position == 1
