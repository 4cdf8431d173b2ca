"""What holds for every transcript, whatever was said, and in whichever order."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lrs.log.events import RegistrarDecided
from lrs.xapi.vocabulary import Json
from projections.catalogue.model import Credits, Policy, Term
from projections.transcript.evidence import Evidence
from tests.projections.transcript.builders import (
    BAND,
    FAMILY,
    MATHS,
    OFFICE,
    PATHWAY,
    SCHOOL,
    TUTOR,
    WRITING,
    a_catalogue,
    a_course,
    about_statement,
    document,
    evidence,
    recorded,
    said,
    the_id,
    until,
    void,
)

LESSON, WALK = "https://pathway.example/lesson-1", "x:walk"
MOST = 12
# A machine that is busy with other things makes no property false.
holds = settings(deadline=None)

names = st.sampled_from(["x", *(f"s{number}" for number in range(MOST))])
# Few days, so that many statements have the same timestamp.
days = st.sampled_from(["2024-10-01", "2025-10-01", "2026-03-01"])
sources = st.sampled_from([PATHWAY, SCHOOL, TUTOR, OFFICE, FAMILY, FAMILY])
scores = st.sampled_from([None, 0.02, 0.5, 0.75, 0.9, 1, -1, {"raw": 0, "min": 0, "max": 0}])
results = st.fixed_dictionaries({}, optional={"success": st.booleans(), "completion": st.booleans()})
VERBS = [
    "registered",
    "progressed",
    "completed",
    "passed",
    "failed",
    "scored",
    "earned",
    "satisfied",
    "waived",
]


@st.composite
def statements(draw: Any, name: str) -> Json:
    by, day = draw(sources), draw(days)
    kind = draw(st.sampled_from(["said", "said", "said", "said", "verified", "void"]))
    if kind == "verified":
        return about_statement("verified", draw(names), by=by, day=day, name=name, result=draw(results))
    if kind == "void":
        return void(draw(names), by=by, day=day, name=name)
    about = draw(st.sampled_from([MATHS, MATHS, BAND, WRITING, LESSON, WALK]))
    return said(
        draw(st.sampled_from(VERBS)),
        about,
        by=by,
        day=day,
        name=name,
        parent=MATHS if about == LESSON else None,
        score=draw(scores),
        letter=draw(st.sampled_from([None, None, "A", "F", "S", "W", "I", "Q"])),
        registration=draw(st.sampled_from([None, "one", "two"])),
        result=draw(results),
    )


@st.composite
def all_said(draw: Any) -> list[Json]:
    return [draw(statements(f"s{number}")) for number in range(draw(st.integers(0, MOST)))]


@st.composite
def all_decided(draw: Any) -> list[RegistrarDecided]:
    found: list[RegistrarDecided] = []
    for number in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["waive", "transfer", "override", "withdraw", "repeal"]))
        values: dict[str, str] = {}
        if kind in ("transfer", "override"):
            values = {
                "credits": draw(st.sampled_from(["0", "0.5", "9"])),
                "grade": draw(st.sampled_from("AFS")),
            }
        if kind == "repeal":
            values = {"decision": the_id(f"d{draw(st.integers(0, 3))}")}
        course, term = draw(st.sampled_from(["maths", "band"])), draw(st.sampled_from(["", "2025-26"]))
        decision = the_id(f"d{number}")
        found.append(RegistrarDecided(decision, "", kind, course, term, values, "because", "office"))
    return [replace(each, learner="0d9c2b7e-5f0f-4a39-8c65-1b2f5c0d7a10") for each in found]


@st.composite
def catalogues(draw: Any) -> Any:
    attempts = st.sampled_from(["best", "latest", "first", "mean"])
    terms = st.sampled_from([Term(), Term("registration"), Term("year", ("08-01",))])
    courses = [
        a_course(
            course,
            term=draw(terms),
            pace=draw(st.sampled_from(["self-paced", "term-graded"])),
            max_completions=draw(st.integers(1, 2)),
            credits=Credits(Decimal(draw(st.sampled_from(["0.5", "1", "1.25"]))), "Carnegie"),
            level=draw(st.sampled_from(["", "H", "AP"])),
        )
        for course in ("maths", "band")
    ]
    paces = {"self-paced": draw(attempts), "term-graded": draw(attempts)}
    repeats = draw(st.sampled_from(["best", "latest", "first", "all"]))
    return a_catalogue(*courses, policy=Policy(paces, repeats))


def made(events: Any, catalogue: Any, *, after: int = 0) -> Json:
    """What the transcript says of events at positions from `after` on, without the position itself."""
    found = evidence(recorded(each, position) for position, each in enumerate(events, after + 1))
    return without_position(document(found, catalogue))


def without_position(made: Json) -> Json:
    return {name: value for name, value in made.items() if name != "position"}


@holds
@given(all_said(), all_decided(), catalogues(), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_transcript(said_, decided_, catalogue, random):
    shuffled = random.sample(said_, len(said_))
    assert made(decided_ + said_, catalogue) == made(decided_ + shuffled, catalogue)


@holds
@given(all_said(), all_decided(), catalogues(), st.randoms(use_true_random=False))
def test_what_comes_twice_counts_once(said_, decided_, catalogue, random):
    events = [recorded(each, position) for position, each in enumerate([*decided_, *said_], 1)]
    again = [each for each in events if each.topic == "statement-stored" and random.random() < 0.5]
    once, twice = evidence(events), evidence([*events, *again])
    assert document(once, catalogue) == document(twice, catalogue)


@holds
@given(all_said(), all_decided(), catalogues(), statements("x"), st.booleans(), st.integers(0, MOST))
def test_to_say_and_to_void_is_not_to_have_said(said_, decided_, catalogue, extra, before, at):
    by = extra["authority"]
    pair = [void("x", by=by, name="v"), extra] if before else [extra, void("x", by=by, name="v")]
    if extra["verb"]["id"].endswith("voided"):
        return  # a voiding statement cannot be voided
    with_both = [*said_[:at], pair[0], *said_[at:], pair[1]]
    assert made(decided_ + with_both, catalogue) == made(decided_ + said_, catalogue)


@holds
@given(all_said(), all_decided(), catalogues(), st.integers(0, MOST + 3))
def test_as_of_a_position_is_what_was_known_there(said_, decided_, catalogue, position):
    events = [recorded(each, number) for number, each in enumerate([*said_, *decided_], 1)]
    then = document(evidence(events[:position]), catalogue, position=position)
    assert document(evidence(events), catalogue, position=position) == then
    assert document(until(evidence(events), position), catalogue, position=position) == then


@holds
@given(all_said(), all_decided(), catalogues())
def test_nothing_earns_more_than_it_is_worth(said_, decided_, catalogue):
    found = made(said_ + decided_, catalogue)
    by_course: dict[str, Decimal] = {}
    for line in found["lines"] + found["in_progress"]:
        earned, worth = (Decimal(line["credits"][name]) for name in ("earned", "attempted"))
        assert 0 <= earned <= worth
        by_course[line["course"]] = by_course.get(line["course"], Decimal(0)) + earned
    for course, earned in by_course.items():
        defined = catalogue.courses[course]
        assert earned <= defined.credits.amount * defined.max_completions
    totals = found["totals"].get("Carnegie", {"earned": "0"})
    assert sum(by_course.values()) == Decimal(totals["earned"])


@holds
@given(all_said(), all_decided(), catalogues())
def test_every_statement_is_somewhere_once_and_in_quarantine_it_earns_nothing(said_, decided_, catalogue):
    found = made(said_ + decided_, catalogue)
    counted = [
        statement
        for line in found["lines"] + found["in_progress"]
        for statement in line["basis"]["statements"] + line["basis"]["unverified"]
    ] + [statement for each in found["unmapped"] for statement in each["statements"]]
    assert len(set(counted)) == len(counted)
    assert not set(counted) & {each["statement"] for each in found["quarantined"]}


@holds
@given(all_said(), catalogues())
def test_nobody_earns_anything_by_their_own_word(said_, catalogue):
    found = made([each | {"authority": FAMILY} for each in said_], catalogue)
    assert all(Decimal(line["credits"]["earned"]) == 0 for line in found["lines"])
    assert (found["totals"], found["gpa"]) == ({}, None)


@holds
@given(all_said(), all_decided(), catalogues())
def test_trust_never_rises_by_what_a_client_says(said_, decided_, catalogue):
    claims = {
        "instructor": OFFICE,
        "platform": "Public School",
        "team": {"objectType": "Group", "member": [OFFICE]},
    }
    boasting = [each | {"context": each.get("context", {}) | claims} for each in said_]
    assert made(boasting + decided_, catalogue) == made(said_ + decided_, catalogue)


@holds
@given(all_said(), all_decided(), catalogues())
def test_rows_may_be_read_in_any_order(said_, decided_, catalogue):
    whole = evidence(recorded(each, number) for number, each in enumerate([*said_, *decided_], 1))
    backwards = Evidence(
        whole.contributions[::-1], whole.references[::-1], whole.voids[::-1], whole.decisions[::-1]
    )
    assert document(backwards, catalogue) == document(whole, catalogue)
