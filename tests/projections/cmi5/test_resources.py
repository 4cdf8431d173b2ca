"""What is told of cmi5: courses and registrations, as published and as they were."""

from __future__ import annotations

import io
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from lrs.cmi5 import nodes
from lrs.database.pool import Database
from lrs.errors import NotFound
from lrs.registrar import structures
from lrs.xapi import actor
from projections.cmi5.project import CMI5
from projections.cmi5.resources import RESOURCES
from projections.learners.project import LEARNERS
from tests.client import Client, a_statement
from tests.cmi5.samples import COURSE, a_block, a_course, an_au
from tests.cmi5.statements import REGISTRATION, Session, the_id
from tests.projections.built import Built

LEARNER = str(actor.own_learner("account|https://lms.example|mira"))


class Read:
    def __init__(self, database: Database, tenant: str) -> None:
        self.database, self.tenant = database, tenant
        self.builds = [Built(database, tenant, CMI5), Built(database, tenant, LEARNERS)]

    def course(self, *children: str) -> int:
        package = io.BytesIO(a_course(*children))
        return structures.import_course(self.database, self.tenant, package, by="office").position

    def ask(self, path: str, *, at: int | None = None, **asked: str) -> Any:
        for each in self.builds:
            each.follow()
        (resource,) = [each for each in RESOURCES if each.path == path]
        others = {"learners": self.builds[1].prefix}
        with self.database.connection() as connection:
            view = self.builds[0].view(connection, at=at, others=others)
            said = resource.read(view, asked) | {"position": view.position, "as_of": "2026-01-01T00:00:00Z"}
        found = orjson.loads(orjson.dumps(said))
        Draft202012Validator(resource.schema or {}, format_checker=FormatChecker()).validate(found)
        return found

    def registration(self, at: int | None = None) -> Any:
        return self.ask("/cmi5/registrations/{registration}", at=at, registration=REGISTRATION)


@pytest.fixture
def read(database: Database, tenant: str) -> Read:
    return Read(database, tenant)


def test_courses_are_listed_and_shown(read: Read) -> None:
    version = read.course(a_block("deep", an_au(moveOn="Passed", masteryScore="0.8")), an_au("sea"))
    (course,) = read.ask("/cmi5/courses")["courses"]
    assert (course["course"], course["blocks"], course["aus"]) == (COURSE, 1, 2)
    assert course["version"] == version
    found = read.ask("/cmi5/courses/{course}", course=course["structure"])
    block, sea = found["tree"]["children"]
    assert block["children"][0]["masteryScore"] == 0.8
    assert sea["activity"] == nodes.activity_id(COURSE, f"{COURSE}/sea")
    with pytest.raises(NotFound):
        read.ask("/cmi5/courses/{course}", course="none")


def test_a_registration_is_told_as_it_was_at_any_position(read: Read, lrs: Client) -> None:
    read.course(an_au(moveOn="Passed"))
    before = read.course(an_au(moveOn="Completed"))
    lrs.post([a_statement(), *Session().all("passed", mastery=0.5)])
    found = read.registration()
    assert (found["satisfied"], found["session_count"], found["violation_count"]) == (True, 1, 1)
    (unit,), (node,), (session,) = found["units"], found["nodes"], found["sessions"]
    assert (unit["move_on"], unit["mastery_score"], unit["passed"]) == ("Passed", 0.5, [the_id("s1 passed")])
    assert (node["kind"], node["sent"], node["basis"][-1]) == ("course", [], the_id("s1 passed"))
    assert (session["launched"], session["duration"]) == ("2026-03-01T10:00:01.000000Z", "PT1M")
    assert [each["name"] for each in found["violations"]] == ["satisfied-missing"]
    with pytest.raises(NotFound):
        read.registration(at=before + 1)
    assert read.registration(at=before + 3)["units"][0]["satisfied"] is False


def test_what_is_voided_was_never_said(read: Read, lrs: Client) -> None:
    read.course(an_au(moveOn="Passed"))
    lrs.post(Session().all("passed"))
    assert read.registration()["satisfied"]
    about = {"objectType": "StatementRef", "id": the_id("s1 passed")}
    lrs.post(a_statement(verb={"id": "http://adlnet.gov/expapi/verbs/voided"}, object=about))
    assert not read.registration()["satisfied"]


def test_a_learner_sees_her_registrations(read: Read, lrs: Client) -> None:
    read.course(an_au(moveOn="Passed"), an_au("sea", moveOn="Passed"))
    lrs.post([*Session().all("passed"), *Session("s2", registration=the_id("another")).all()])
    found = read.ask("/learners/{learner}/cmi5", learner=LEARNER)["registrations"]
    assert {each["registration"]: each["aus_satisfied"] for each in found} == {
        REGISTRATION: 1,
        the_id("another"): 0,
    }
    assert {each["course"] for each in found} == {COURSE}


def test_statements_are_found_however_they_are_written(read: Read, lrs: Client) -> None:
    (launched,) = [Session().launched()]
    text = orjson.dumps(launched).replace(b"cmi5", rb"\u0063mi5").replace(b"/", rb"\/")
    lrs.http.post(
        "/statements", content=text, headers={"Content-Type": "application/json"}
    ).raise_for_status()
    assert read.registration()["sessions"][0]["session"] == "s1"


def test_whatever_stands_in_extensions_is_taken(read: Read, lrs: Client) -> None:
    odd: list[Any] = [None, [], {}, "x", True, 1e300, -1, {"a": [1]}]
    for number, value in enumerate(odd):
        statement = Session(f"o{number}").launched()
        extensions = statement["context"]["extensions"]
        statement["context"]["extensions"] = dict.fromkeys(extensions, value)
        lrs.post(statement)
    assert read.registration()["violation_count"] > 0


def test_a_build_in_another_order_has_the_same_rows(read: Read, lrs: Client) -> None:
    read.course(an_au())
    lrs.post(Session().all("passed"))
    built = read.builds[0].follow()
    again = Built(read.database, read.tenant, CMI5, build=2)
    again.take(reversed(list(built.log.read())))
    assert list(built.rows().values()) == list(again.rows().values())
