"""The transcript of a learner, over the log: with learners, links and catalogue as registrars made them."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from lrs.cmi5 import nodes, structure
from lrs.database.pool import Database
from lrs.errors import NotFound
from lrs.log.events import (
    ActivityMapped,
    CourseDefined,
    CourseStructureImported,
    GradingScaleDefined,
    IdentifierLinked,
    LearnerRegistered,
    ProviderTrusted,
)
from lrs.xapi import actor
from projections.catalogue.project import CATALOGUE
from projections.cmi5.project import CMI5
from projections.learners.project import LEARNERS
from projections.resource import View
from projections.transcript.project import TRANSCRIPT
from projections.transcript.resources import RESOURCES
from tests.cmi5.samples import COURSE, a_course, an_au
from tests.cmi5.statements import REGISTRATION, Session, satisfied, the_id
from tests.projections.built import Built
from tests.projections.transcript.builders import (
    FAMILY,
    LEARNER,
    MATHS,
    MIRA_IFI,
    PATHWAY,
    VALIDATOR,
    recorded,
    said,
    void,
)

STEPS = [
    {"grade": "A", "min": 0.9, "points": "4.0", "passing": True, "counts": True},
    {"grade": "F", "min": 0.0, "points": "0.0", "passing": False, "counts": True},
]
PATHWAY_IFI = "account|https://lrs.example|pathway"


def course(amount: str) -> CourseDefined:
    credits = {"amount": amount, "unit": "Carnegie"}
    return CourseDefined(
        "maths", "Maths", "M", "", "", "", credits, "pathway", {}, "self-paced", "school", 1, "office"
    )


OFFICE = (
    GradingScaleDefined("school", "School", STEPS, {}, "office"),
    ProviderTrusted("pathway", "Pathway", [PATHWAY_IFI], "approved", "office"),
    course("0.5"),
    ActivityMapped(MATHS, "maths", "office"),
)


class Read:
    def __init__(self, database: Database, tenant: str) -> None:
        self.builds = [Built(database, tenant, each) for each in (TRANSCRIPT, LEARNERS, CATALOGUE, CMI5)]
        self.position = 0

    def take(self, *events: Any) -> None:
        for each in events:
            self.position += 1
            for build in self.builds:
                build.take([recorded(each, self.position)])

    def transcript(self, learner: str, *, at: int | None = None) -> Any:
        tables = {build.projection.name: build.prefix for build in self.builds}
        log = self.builds[0].log
        with log.database.connection() as connection:
            place = self.position if at is None else at
            view = View(connection, log.tenant, place, datetime(2026, 6, 2, tzinfo=UTC), tables)
            found = RESOURCES[0].read(view, {"learner": learner})
        VALIDATOR.validate(orjson.loads(orjson.dumps(found)))
        return found


@pytest.fixture
def read(database: Database, tenant: str) -> Read:
    return Read(database, tenant)


def earned(document: Any) -> Any:
    return document["totals"].get("Carnegie", {}).get("earned")


def test_an_identifier_is_a_learner_until_it_is_linked(read):
    own = str(actor.own_learner(MIRA_IFI))
    read.take(*OFFICE, said("passed", score=0.95))
    assert earned(read.transcript(own)) == "0.5"
    assert read.transcript(own)["learner"]["name"] is None
    registered = LearnerRegistered(LEARNER, "Mira", "2014-03-02", "", "office", "new")
    read.take(registered, IdentifierLinked(LEARNER, MIRA_IFI, "office", "hers"))
    hers = read.transcript(LEARNER)
    assert (hers["learner"]["name"], earned(hers)) == ("Mira", "0.5")
    with pytest.raises(NotFound):
        read.transcript(own)


def test_a_changed_catalogue_changes_what_is_read_and_not_what_was_read_before(read):
    own = str(actor.own_learner(MIRA_IFI))
    read.take(*OFFICE, said("passed", score=0.95))
    before = read.position
    read.take(course("1.0"))
    assert earned(read.transcript(own)) == "1.0"
    assert earned(read.transcript(own, at=before)) == "0.5"


def test_an_unknown_learner_is_not_found(read):
    with pytest.raises(NotFound):
        read.transcript(LEARNER)


GEOLOGY = structure.read(io.BytesIO(a_course(an_au(moveOn="Passed"))))
IMPORTED = CourseStructureImported(nodes.structure_id(COURSE), structure.digest(GEOLOGY), GEOLOGY, "office")
OF_CMI5 = str(actor.own_learner("account|https://lms.example|mira"))


def by(authority, *statements):
    return [each | {"authority": authority} for each in statements]


@pytest.mark.parametrize("mapped", [COURSE, nodes.activity_id(COURSE, COURSE)])
@pytest.mark.parametrize("sent", [False, True])
def test_a_course_that_is_satisfied_by_the_rules_of_cmi5_is_completed_once(read, mapped, sent):
    session = Session()
    statements = session.all("passed")
    read.take(*OFFICE, IMPORTED, ActivityMapped(mapped, "maths", "office"), *by(PATHWAY, *statements[:2]))
    assert earned(read.transcript(OF_CMI5)) in (None, "0")
    read.take(*by(PATHWAY, *statements[2:], *([satisfied(session, "", "course")] if sent else [])))
    found = read.transcript(OF_CMI5)
    (line,) = found["lines"]
    assert (line["status"], earned(found), found["in_progress"]) == ("Completed", "0.5", [])
    (attempt,) = line["attempts"]
    assert attempt["statements"] == [the_id("s1 satisfied " if sent else "s1 passed")]
    assert attempt["registration"] == REGISTRATION


def test_what_nobody_trusted_says_satisfies_no_course(read):
    launched, *further = Session().all("passed")
    read.take(*OFFICE, IMPORTED, ActivityMapped(COURSE, "maths", "office"))
    read.take(*by(FAMILY, launched), *by(PATHWAY, *further[:1]), *by(FAMILY, *further[1:]))
    assert earned(read.transcript(OF_CMI5)) in (None, "0")
    # Nor what they say to be launched: its criterion would be theirs.
    lenient = Session("s2", begins=60).launched(move_on="NotApplicable")
    read.take(*by(FAMILY, lenient))
    assert earned(read.transcript(OF_CMI5)) in (None, "0")


def test_a_void_by_who_is_believed_takes_the_course_back(read):
    read.take(
        *OFFICE, IMPORTED, ActivityMapped(COURSE, "maths", "office"), *by(PATHWAY, *Session().all("passed"))
    )
    voiding = void("x") | {"object": {"objectType": "StatementRef", "id": the_id("s1 passed")}}
    read.take(voiding | {"authority": FAMILY})
    assert earned(read.transcript(OF_CMI5)) == "0.5"
    before = read.position
    read.take(voiding | {"id": the_id("a void"), "authority": PATHWAY})
    assert earned(read.transcript(OF_CMI5)) in (None, "0")
    assert earned(read.transcript(OF_CMI5, at=before)) == "0.5"


def test_a_satisfied_by_nobody_trusted_does_not_hide_what_follows(read):
    session = Session()
    read.take(
        *OFFICE, IMPORTED, ActivityMapped(COURSE, "maths", "office"), *by(PATHWAY, *session.all("passed"))
    )
    read.take(*by(FAMILY, satisfied(session, "", "course")))
    assert earned(read.transcript(OF_CMI5)) == "0.5"
