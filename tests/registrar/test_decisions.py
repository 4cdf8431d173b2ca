"""Registrars decide about courses that there are, with values that fit; a transcript goes out once."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from lrs.database.pool import Database
from lrs.errors import BadRequest, Conflict, NotFound
from lrs.log.events import RegistrarDecided, TranscriptIssued
from lrs.registrar import catalogue, decisions, learners, transcripts
from tests.registrar.samples import REGISTRAR, Json, a_catalogue, a_course, faults_of, recorded

BEFORE = 6


@pytest.fixture
def mira(database: Database, tenant: str) -> str:
    by_year = a_course(term={"pattern": "year", "begins": ["08-01"]})
    catalogue.adopt(database, tenant, a_catalogue(courses={"math-7": by_year}), by=REGISTRAR)
    learners.register(database, tenant, learner := str(uuid4()), {"name": "Mira"}, by=REGISTRAR)
    return learner


def a_decision(kind: str, **values: Any) -> Json:
    return {"kind": kind, "course": "math-7", "term": "2025-26", "values": values, "reason": "a test"}


def a_repeal(decision: str) -> Json:
    return {"kind": "repeal", "values": {"decision": decision}, "reason": "a mistake"}


DECISIONS = [
    a_decision("waive"),
    a_decision("waive", credits="0.5"),
    a_decision("transfer", credits="1", source="Another school", grade="B"),
    a_decision("override", grade="A"),
    a_decision("override", status="Completed", credits="0.25"),
    a_decision("withdraw"),
]


@pytest.mark.parametrize("body", DECISIONS)
def test_a_decision_is_an_event_with_who_and_why(
    database: Database, tenant: str, mira: str, body: Json
) -> None:
    decision = str(uuid4())
    for _ in range(2):  # the answer was lost
        position = decisions.decide(database, tenant, decision, mira, body, by=REGISTRAR)
        assert position == BEFORE + 1
    kind, values = body["kind"], body["values"]
    expected = RegistrarDecided(decision, mira, kind, "math-7", "2025-26", values, "a test", REGISTRAR)
    assert recorded(database, tenant)[BEFORE:] == [expected]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, {"/kind", "/reason"}),
        ("waive", {""}),
        ({"kind": "waive", "reason": "x"}, {"/course"}),
        (a_decision("forgive"), {"/kind"}),
        (a_decision("waive", grade="A"), {"/values/grade"}),
        (a_decision("waive", credits="1.5"), {"/values/credits"}),
        (a_decision("waive", credits=0.5), {"/values/credits"}),
        (a_decision("transfer"), {"/values/credits", "/values/source"}),
        (a_decision("override"), {"/values"}),
        (a_decision("override", grade="E", credits="2"), {"/values/grade", "/values/credits"}),
        (a_decision("override", grade="A", status="Failed"), {"/values/status"}),
        (a_decision("override", grade="F", status="Completed"), {"/values/status"}),
        ({**a_decision("withdraw"), "course": "math-6"}, {"/course"}),
        (a_repeal(str(uuid4())), {"/values/decision"}),
        (a_repeal("that one"), {"/values/decision"}),
        ({**a_repeal(str(uuid4())), "course": "math-7"}, {"/course"}),
    ],
)
def test_every_fault_is_told(
    database: Database, tenant: str, mira: str, body: Any, pointers: set[str]
) -> None:
    with pytest.raises(BadRequest) as error:
        decisions.decide(database, tenant, str(uuid4()), mira, body, by=REGISTRAR)
    assert set(faults_of(error)) == pointers
    assert len(recorded(database, tenant)) == BEFORE


TERMS = {"pattern": "terms", "begins": ["08-01", "01-10"], "names": ["Fall", "Spring"]}
YEARS = {"pattern": "year", "begins": ["08-01"]}
REGISTRATION = "0d9c2b7e-5f0f-4a39-8c65-1b2f5c0d7a10"


@pytest.mark.parametrize(
    ("pattern", "term", "kept"),
    [
        ({"pattern": "none"}, "", ""),
        ({"pattern": "none"}, "2025-26 Fall", None),
        (YEARS, "", ""),
        (YEARS, "1999-00", "1999-00"),
        (YEARS, "2025-27", None),
        (YEARS, "2025-26 Fall", None),
        (TERMS, "2025-26 Fall", "2025-26 Fall"),
        (TERMS, "2025-26 fall", None),
        (TERMS, "2025-26", None),
        ({"pattern": "registration"}, REGISTRATION.upper(), REGISTRATION),
        ({"pattern": "registration"}, "2025-26", None),
    ],
)
def test_a_term_is_one_that_the_course_can_have(
    database: Database, tenant: str, mira: str, pattern: Json, term: str, kept: str | None
) -> None:
    catalogue.adopt(database, tenant, a_catalogue(courses={"math-7": a_course(term=pattern)}), by=REGISTRAR)
    body = {**a_decision("override", grade="A"), "term": term}
    if kept is None:
        with pytest.raises(BadRequest, match="/term"):
            decisions.decide(database, tenant, str(uuid4()), mira, body, by=REGISTRAR)
        return
    decisions.decide(database, tenant, str(uuid4()), mira, body, by=REGISTRAR)
    event = recorded(database, tenant)[-1]
    assert isinstance(event, RegistrarDecided)
    assert event.term == kept


def test_a_decision_is_repealed_once(database: Database, tenant: str, mira: str) -> None:
    decision, repeal = str(uuid4()), str(uuid4())
    decisions.decide(database, tenant, decision, mira, a_decision("withdraw"), by=REGISTRAR)
    for _ in range(2):
        at = decisions.decide(database, tenant, repeal, mira, a_repeal(decision.upper()), by=REGISTRAR)
        assert at == BEFORE + 2
    with pytest.raises(Conflict, match="repealed already"):
        decisions.decide(database, tenant, str(uuid4()), mira, a_repeal(decision), by=REGISTRAR)


def test_a_repeal_is_repealed_by_its_id(database: Database, tenant: str, mira: str) -> None:
    ids = [str(uuid4()) for _ in range(5)]
    decisions.decide(database, tenant, ids[0], mira, a_decision("withdraw"), by=REGISTRAR)
    for ended, repeal in ((0, 1), (1, 2), (0, 3), (3, 4)):  # 2 brought the decision back, and so did 4
        decisions.decide(database, tenant, ids[repeal], mira, a_repeal(ids[ended]), by=REGISTRAR)
    with pytest.raises(Conflict, match=f"{ids[1]} is repealed already"):
        decisions.decide(database, tenant, str(uuid4()), mira, a_repeal(ids[1]), by=REGISTRAR)
    assert len(recorded(database, tenant)) == BEFORE + 5


def test_only_her_own_decisions_are_repealed(database: Database, tenant: str, mira: str) -> None:
    learners.register(database, tenant, ada := str(uuid4()), {"name": "Ada"}, by=REGISTRAR)
    decisions.decide(database, tenant, decision := str(uuid4()), ada, a_decision("withdraw"), by=REGISTRAR)
    with pytest.raises(BadRequest, match="no such decision about this learner"):
        decisions.decide(database, tenant, str(uuid4()), mira, a_repeal(decision), by=REGISTRAR)


def test_nobody_decides_about_whom_nobody_knows(database: Database, tenant: str, mira: str) -> None:
    with pytest.raises(NotFound):
        decisions.decide(database, tenant, str(uuid4()), str(uuid4()), a_decision("waive"), by=REGISTRAR)


def test_a_transcript_goes_out_once(database: Database, tenant: str, mira: str) -> None:
    issued: Json = {"learner": mira, "position": BEFORE, "sha256": "ab" * 32, "by": REGISTRAR}
    transcript = str(uuid4())
    for _ in range(2):
        assert transcripts.issue(database, tenant, transcript, **issued) == BEFORE + 1
    assert recorded(database, tenant)[BEFORE:] == [TranscriptIssued(transcript=transcript, **issued)]
    with pytest.raises(Conflict):
        transcripts.issue(database, tenant, transcript, **{**issued, "position": 1})


def test_only_of_who_is_registered_a_transcript_goes_out(database: Database, tenant: str, mira: str) -> None:
    issued: Json = {"learner": str(uuid4()), "position": 1, "sha256": "ab" * 32, "by": REGISTRAR}
    with pytest.raises(Conflict, match="register her"):
        transcripts.issue(database, tenant, str(uuid4()), **issued)


def test_a_transcript_is_of_the_past_and_has_a_digest(database: Database, tenant: str, mira: str) -> None:
    with pytest.raises(BadRequest) as error:
        transcripts.issue(
            database, tenant, str(uuid4()), learner=mira, position=BEFORE + 1, sha256="x", by=REGISTRAR
        )
    assert set(faults_of(error)) == {"/position", "/sha256"}
