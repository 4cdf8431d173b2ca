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

from lrs.accesses.integrity import AccessCheck
from lrs.auth import tenants
from lrs.auth.keys import Keys, key_authority
from lrs.auth.scopes import SCOPES
from lrs.database import sql
from lrs.database.pool import Database
from lrs.registrar import learners
from lrs.settings import Settings
from lrs.xapi import actor
from projections import found
from projections.rebuild import rebuild
from tests.client import Client, a_statement
from tests.conftest import a_key, serving

Json = dict[str, Any]
ADA = str(actor.own_learner("mbox|mailto:ada@example.com"))
MIRA = "Mira Kaya"
READS = {"all", "all/read", "registrar", "history/read"}
READABLE = (
    "catalogue",
    "cmi5",
    "competencies",
    "frameworks",
    "history",
    "learners",
    "profiles",
    "transcript",
)


class School:
    """A tenant in which Ada has done something, and what was noted there since a test began."""

    def __init__(self, url: str, database: Database) -> None:
        self.url, self.database = url, database
        tenants.create(database, tenant := f"t{uuid4().hex[:12]}")
        self.tenant, self.key = tenant, a_key(database, tenant)
        self.began = 0
        self.http = httpx.Client(base_url=url, auth=self.key, timeout=20)
        with Client(url, *self.key) as lrs:
            self.statements = lrs.post(a_statement())
        learners.register(database, tenant, str(uuid4()), {"name": MIRA}, by="office")
        for each in READABLE:
            rebuild(database, tenant, found.projection(each), progress=lambda *_: None)

    def begin(self) -> None:
        told = self.http.get("/audit/access", params={"limit": 1}).json()["accesses"]
        self.began = told[0]["number"] if told else 0

    def noted(self, http: httpx.Client | None = None, **asked: Any) -> list[Json]:
        answer = (http or self.http).get("/audit/access", params={"since": self.began} | asked)
        assert answer.status_code == 200, answer.text
        told: list[Json] = answer.json()["accesses"]
        return told

    def reader(self, *scopes: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, auth=a_key(self.database, self.tenant, *scopes))


@pytest.fixture(scope="module")
def one_school(server_url: str, database: Database) -> Iterator[School]:
    school = School(server_url, database)
    with school.http:
        yield school


@pytest.fixture
def school(one_school: School) -> School:
    one_school.begin()
    return one_school


def test_a_read_is_noted_with_who_whom_what_when_and_why(school: School) -> None:
    before = datetime.now(UTC)
    path = f"/learners/{ADA}/transcript"
    purpose = "placement in grade 8, für die Schule"
    answer = school.http.get(path, headers={"X-LRS-Purpose": purpose.encode()})
    told = school.http.get("/audit/access").json()
    jsonschema.validate(told, school.http.get("/schemas/access.json").json())
    (noted,) = school.noted()
    assert before <= datetime.fromisoformat(noted.pop("at")) <= datetime.now(UTC)
    assert noted == {
        "number": school.began + 1,
        "by": school.key[0],
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
def test_what_tells_of_learners_is_noted(school: School, path: str, learner: str | None) -> None:
    assert school.http.get(path).status_code == 200
    (noted,) = school.noted()
    assert (noted["learner"], noted["what"]) == (learner, f"GET {path.partition('?')[0]}")


def test_what_tells_of_nobody_or_nothing_is_not_noted(school: School) -> None:
    head = school.http.get("/log").json()["head"]
    for path in (
        "/catalogue", "/cmi5/courses", "/ims/case/v1p1/CFDocuments", "/schemas/access.json", "/audit/key",
        f"/log?after={head}", f"/audit/entries?after={head}", f"/learners/{uuid4()}/transcript",
        f"/learners/{ADA}/transcript?x=1", "/audit/access",
    ):  # fmt: skip
        school.http.get(path)
    with Client(school.url, *school.key) as platform:
        platform.find()
    assert [each["what"] for each in school.noted()] == ["GET /log"]


def test_who_reads_statements_is_noted_where_that_is_wanted(school: School, settings: Settings) -> None:
    (statement,) = school.statements
    with (
        serving(settings.model_copy(update={"pool_size": 2, "note_statement_reads": True})) as url,
        Client(url, *school.key) as platform,
    ):
        platform.find()
        platform.get(statement)
    assert [(each["what"], each["learner"]) for each in school.noted()] == [
        ("GET /xapi/statements", None)
    ] * 2


def test_a_followed_log_is_noted_when_it_is_opened(school: School) -> None:
    with school.http.stream("GET", "/log/stream", params={"after": 1}) as stream:
        next(stream.iter_raw())
        (noted,) = school.noted()
    assert (noted["what"], noted["position"]) == ("GET /log/stream", 1)


def test_who_has_it_already_is_noted_too(school: School) -> None:
    etag = school.http.get(f"/learners/{ADA}").headers["ETag"]
    assert school.http.get(f"/learners/{ADA}", headers={"If-None-Match": etag}).status_code == 304
    assert len(school.noted()) == 2


def test_the_purpose_has_an_end(school: School) -> None:
    answer = school.http.get(f"/learners/{ADA}", headers={"X-LRS-Purpose": "x" * 201})
    assert [each["pointer"] for each in answer.json()["faults"]] == ["X-LRS-Purpose"]
    assert school.noted() == []


def test_what_cannot_be_noted_is_not_answered(school: School) -> None:
    constraint = (
        f"ALTER TABLE {sql.schema(school.tenant)}.access ADD CHECK (what NOT LIKE '%frontier') NOT VALID"
    )
    with school.database.connection() as connection:
        connection.execute(constraint.encode())
    assert school.http.get(f"/learners/{ADA}/frontier").status_code == 500
    assert school.http.get(f"/learners/{ADA}").status_code == 200


def test_every_narrowing_is_what_the_whole_says_page_by_page(school: School) -> None:
    """Readings by two keys of two learners and of all."""
    everybody = school.http.get("/learners").json()["learners"]
    mira = next(each["learner"] for each in everybody if each["name"] == MIRA)
    with school.reader("transcripts/read") as other:
        for path in (f"/learners/{ADA}", f"/learners/{mira}"):
            school.http.get(path)
            other.get(path)
    whole = school.noted(ascending="true")
    mine, others = whole[0]["by"], whole[2]["by"]
    assert [each["number"] - school.began for each in whole] == [1, 2, 3, 4, 5]
    questions: list[tuple[Json, Callable[[Json], bool]]] = [
        ({}, lambda each: True),
        ({"learner": ADA}, lambda each: each["learner"] in (ADA, None)),
        ({"learner": mira}, lambda each: each["learner"] in (mira, None)),
        ({"by": others}, lambda each: each["by"] == others),
        ({"by": mine, "learner": ADA}, lambda e: e["by"] == mine and e["learner"] in (ADA, None)),
        ({"until": whole[3]["number"]}, lambda each: each["number"] <= whole[3]["number"]),
        ({"since": whole[2]["at"]}, lambda each: each["number"] > whole[2]["number"]),
        ({"until": whole[2]["at"]}, lambda each: each["number"] <= whole[2]["number"]),
    ]
    for asked, keep in questions:
        kept = [each for each in whole if keep(each)]
        for ascending, limit in (("true", 2), ("false", 1), ("false", 100)):
            several = {"since": school.began, **asked, "ascending": ascending, "limit": limit}
            assert list(pages(school, several)) == kept[:: 1 if ascending == "true" else -1], asked


def pages(school: School, asked: Json) -> Iterator[Json]:
    page = school.http.get("/audit/access", params=asked).json()
    yield from page["accesses"]
    while page["more"]:
        page = school.http.get("/audit/access", params=asked | {"from": page["more"]}).json()
        yield from page["accesses"]


@pytest.mark.parametrize(
    "asked",
    [{"learner": "x"}, {"since": "x"}, {"limit": "0"}, {"from": "1.2"}, {"ascending": "1"}, {"x": "1"}],
)
def test_what_is_no_question_is_named(school: School, asked: Json) -> None:
    answer = school.http.get("/audit/access", params=asked)
    assert [each["pointer"] for each in answer.json()["faults"]] == list(asked)


def test_it_needs_a_scope(school: School) -> None:
    for scope in SCOPES:
        with school.reader(scope) as http:
            assert http.get("/audit/access").status_code == (200 if scope in READS else 403), scope


def test_a_parent_sees_who_read_her_childs_record_and_nobody_elses(school: School) -> None:
    school.http.get(f"/learners/{ADA}")
    school.http.get("/learners")
    bound: Json = {"scopes": ["transcripts/read"], "learner": ADA, "label": "Ada's father"}
    authority = key_authority("http://localhost", "parent")
    key = Keys(school.database).issue(school.tenant, authority=authority, **bound)
    with httpx.Client(base_url=school.url, auth=key) as parent:
        assert len(school.noted(parent, learner=ADA)) == 2
        for asked in ({}, {"learner": str(uuid4())}, {"by": key[0]}):
            assert parent.get("/audit/access", params=asked).status_code == 403
        twice = f"learner={uuid4()}&learner={ADA}"
        assert parent.get(f"/audit/access?{twice}").status_code == 400
        parent.get(f"/learners/{ADA}")
    newest, *_ = school.noted(learner=ADA)
    assert (newest["by"], newest["label"]) == (key[0], "Ada's father")


def test_who_read_of_her_before_her_identifier_was_linked_is_told_too(school: School) -> None:
    everybody = school.http.get("/learners").json()["learners"]
    mira = next(each["learner"] for each in everybody if each["name"] == MIRA)
    school.http.get(f"/learners/{ADA}")
    assert len(school.noted(learner=mira)) == 1
    link = {"identifier": {"mbox": "mailto:ada@example.com"}, "reason": "it is hers"}
    for method, known in (("POST", [ADA, None]), ("DELETE", [None])):
        school.http.request(method, f"/learners/{mira}/identifiers", json=link).raise_for_status()
        rebuild(school.database, school.tenant, found.projection("learners"), progress=lambda *_: None)
        assert [each["learner"] for each in school.noted(learner=mira)] == known


def test_what_was_noted_is_never_changed(school: School) -> None:
    school.http.get(f"/learners/{ADA}")
    for change in ("UPDATE {t}.access SET by = 'nobody'", "DELETE FROM {t}.access", "TRUNCATE {t}.access"):
        text = change.replace("{t}", sql.schema(school.tenant)).encode()
        with school.database.connection() as connection, pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute(text)
    assert len(school.noted()) == 1


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("DELETE FROM {t}.access WHERE number = 2", "access, number 3: does not go on"),
        ("DELETE FROM {t}.access WHERE number = (SELECT max(number) FROM {t}.access)", "is the last one"),
        ("UPDATE {t}.access SET at = 'epoch' WHERE number = 2", "access, number 2: does not go on"),
        ("DELETE FROM {t}.access WHERE number <= 2", None),
    ],
)
def test_a_torn_access_log_is_found(school: School, change: str, named: str | None) -> None:
    for _ in range(4):
        school.http.get(f"/learners/{ADA}")
    with school.database.connection() as connection, connection.transaction(force_rollback=True):
        connection.execute(b"SET LOCAL session_replication_role = replica")
        connection.execute(change.replace("{t}", sql.schema(school.tenant)).encode())
        found = [str(each) for each in AccessCheck(connection, school.tenant).end()]
    assert len(found) == (named is not None)
    assert not named or named in found[0]


def test_another_tenant_is_told_nothing_of_them(school: School) -> None:
    school.http.get(f"/learners/{ADA}")
    tenants.create(school.database, other := f"t{uuid4().hex[:12]}")
    with httpx.Client(base_url=school.url, auth=a_key(school.database, other)) as stranger:
        assert stranger.get("/audit/access").json() == {"accesses": [], "more": None}
