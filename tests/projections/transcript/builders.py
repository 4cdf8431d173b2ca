"""Statements, a catalogue, and the transcript they make: through the facts, as the log would make them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import orjson
from jsonschema import Draft202012Validator, FormatChecker

from lrs.log.event_log import Recorded
from lrs.log.events import STATEMENT_STORED, RegistrarDecided, TranscriptIssued, to_stored
from lrs.xapi import actor
from lrs.xapi.vocabulary import Json
from projections.catalogue.model import (
    Catalogue,
    Course,
    Credits,
    Policy,
    Provider,
    Scale,
    Step,
    Term,
)
from projections.testimony.weighing import Reference, Void
from projections.transcript import contribution, issue, transcript
from projections.transcript.contribution import Contribution
from projections.transcript.evidence import Decision, Evidence, Issue

SCHEMA = json.loads(
    (Path(transcript.__file__).parent / "schema" / "transcript.json").read_text(encoding="utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())

MIRA = {"mbox": "mailto:mira@mail.example"}
MIRA_IFI = "mbox|mailto:mira@mail.example"
LEARNER = "0d9c2b7e-5f0f-4a39-8c65-1b2f5c0d7a10"
IDS = UUID("7f2fd4a0-15dc-45a5-8c0e-9c1ce2d3ef01")

SCHOOL = {"account": {"homePage": "https://lrs.example", "name": "school"}}
PATHWAY = {"account": {"homePage": "https://lrs.example", "name": "pathway"}}
TUTOR = {"account": {"homePage": "https://lrs.example", "name": "tutor"}}
OFFICE = {"account": {"homePage": "https://lrs.example", "name": "office"}}
FAMILY = {"account": {"homePage": "https://lrs.example", "name": "family"}}

MATHS = "https://pathway.example/maths-5"
BAND = "https://school.example/band"
WRITING = "https://tutor.example/writing"

ADL = "http://adlnet.gov/expapi/verbs/"
VERBS = {
    "satisfied": "https://w3id.org/xapi/adl/verbs/satisfied",
    "waived": "https://w3id.org/xapi/adl/verbs/waived",
    "abandoned": "https://w3id.org/xapi/adl/verbs/abandoned",
    "earned": "http://id.tincanapi.com/verb/earned",
    "evaluated": "https://w3id.org/xapi/acrossx/verbs/evaluated",
    "verified": "https://w3id.org/xapi/tla/verbs/verified",
    "validated": "https://w3id.org/xapi/tla/verbs/validated",
}


def the_id(name: str) -> str:
    """The id of a statement that a test calls by a name."""
    return str(uuid5(IDS, name))


def said(verb: str, about: str = MATHS, *, by: Json = PATHWAY, day: str = "2025-10-01", **more: Any) -> Json:
    """A statement of Mira's as the log keeps it; `name` makes its id, `score` is scaled."""
    result = dict(more.pop("result", {}))
    if (score := more.pop("score", None)) is not None:
        result["score"] = score if isinstance(score, dict) else {"scaled": score}
    extensions = {}
    if (letter := more.pop("letter", None)) is not None:
        extensions[contribution.LETTER] = letter
    if (progress := more.pop("progress", None)) is not None:
        extensions[contribution.PROGRESS] = progress
    if extensions:
        result["extensions"] = extensions
    context = dict(more.pop("context", {}))
    if registration := more.pop("registration", None):
        context["registration"] = the_id(registration)
    if parent := more.pop("parent", None):
        context["contextActivities"] = {"parent": [{"id": parent}]}
    named = more.pop("name", None) or f"{verb} {about} {by} {day} {result} {context} {more}"
    statement: Json = {
        "id": the_id(named),
        "actor": more.pop("actor", MIRA),
        "verb": {"id": VERBS.get(verb, verb if ":" in verb else ADL + verb)},
        "object": more.pop("object", {"id": about}),
        "timestamp": day if "T" in day else f"{day}T12:00:00Z",
        "authority": by,
    }
    return (
        statement | ({"result": result} if result else {}) | ({"context": context} if context else {}) | more
    )


def about_statement(verb: str, target: str, *, by: Json, **more: Any) -> Json:
    """A statement about another one, which has the id of this name."""
    reference = {"objectType": "StatementRef", "id": the_id(target)}
    more.setdefault("name", f"{verb} {target} {by}")
    return said(verb, by=by, object=reference, **more)


def void(target: str, *, by: Json = PATHWAY, **more: Any) -> Json:
    return about_statement("voided", target, by=by, **more)


def decided(kind: str, course: str = "maths", *, term: str = "", **values: str) -> RegistrarDecided:
    name = f"{kind} {course} {term} {values}"
    return RegistrarDecided(the_id(name), LEARNER, kind, course, term, values, "because", "office")


def recorded(what: Json | RegistrarDecided | TranscriptIssued, position: int) -> Recorded:
    """The event at a position of the log, stored a second after the one before."""
    stored = datetime(2026, 6, 1, tzinfo=UTC) + timedelta(seconds=position)
    if isinstance(what, dict):
        text = orjson.dumps({**what, "stored": stored.isoformat()})
        return Recorded(position, stored, STATEMENT_STORED, UUID(what["id"]), 1, text)
    event = to_stored(what, UUID(int=position), 1)
    return Recorded(position, stored, event.topic, UUID(int=position), 1, event.state)


def evidence(events: Iterable[Recorded], *, ifis: Sequence[str] = (MIRA_IFI,)) -> Evidence:
    """What reading the rows of these events gives for a learner with these identifiers."""
    rows = [insert for event in events for insert in contribution.fold(event)]
    hers = {actor.digest(ifi) for ifi in ifis}
    shared = {row[0]: row[1] for table, row in rows if table == "shared"}
    contributions = [
        Contribution(row[1], str(row[2]), row[3], *orjson.loads(row[4] or shared[row[1]]))
        for table, row in rows
        if table == "contribution" and row[0] in hers
    ]
    about = {each.statement for each in contributions}
    references = [
        Reference(row[1], str(row[2]), str(row[0]), *orjson.loads(row[3]))
        for table, row in rows
        if table == "reference" and str(row[0]) in about
    ]
    about |= {each.statement for each in references}
    voids = [
        Void(row[1], str(row[2]), str(row[0]), *orjson.loads(row[3]))
        for table, row in rows
        if table == "voided" and str(row[0]) in about
    ]
    decisions = [Decision(row[1], *orjson.loads(row[2])) for table, row in rows if table == "decision"]
    issues = [Issue(row[1], *orjson.loads(row[2])) for table, row in rows if table == "issue"]
    return Evidence(contributions, references, voids, decisions, issues)


def until(found: Evidence, position: int) -> Evidence:
    """What of this evidence was known at a position."""
    kinds = found.contributions, found.references, found.voids, found.decisions, found.issues
    return Evidence(*([each for each in kind if each.position <= position] for kind in kinds))  # type: ignore[attr-defined]


def document(found: Evidence, catalogue: Catalogue | None = None, *, position: int = 1000) -> Json:
    """The transcript of this evidence, which is valid by the published schema."""
    learner = {"id": LEARNER, "name": "Mira", "born": "2014-03-02", "number": None}
    moment = datetime(2026, 6, 2, tzinfo=UTC)
    catalogue = catalogue or a_catalogue()

    known = until(found, position)
    folded = transcript.fold(learner, known, catalogue, position=position, as_of=moment)
    sealed = issue.seal(folded, found.issues)
    VALIDATOR.validate(orjson.loads(orjson.dumps(sealed)))
    return sealed


def made_of(*said: Any, catalogue: Catalogue | None = None) -> Json:
    """The transcript of these statements and decisions, in this order."""
    events = [recorded(each, position) for position, each in enumerate(said, 1)]
    return document(evidence(events), catalogue)


def line_of(*said: Any, catalogue: Catalogue | None = None) -> Json:
    """The one line that they make, with an outcome or without."""
    found = made_of(*said, catalogue=catalogue)
    (line,) = found["lines"] + found["in_progress"]
    return line  # type: ignore[no-any-return]


LETTERS = Scale(
    "letters",
    "Letters",
    (
        Step("A", 0.93, Decimal("4.00"), True, True),
        Step("B+", 0.87, Decimal("3.33"), True, True),
        Step("B", 0.83, Decimal("3.00"), True, True),
        Step("C", 0.70, Decimal("2.00"), True, True),
        Step("F", 0.0, Decimal("0.00"), False, True),
        Step("S", None, Decimal("0.00"), True, False),
        Step("W", None, Decimal("0.00"), False, False),
        Step("I", None, Decimal("0.00"), False, False),
    ),
    {"H": Decimal("0.5"), "AP": Decimal("1.0")},
    version=3,
)


def a_course(course: str, **more: Any) -> Course:
    given: Json = {
        "title": course.title(),
        "code": course[:3].upper(),
        "subject": "Mathematics",
        "sced": "02001",
        "level": "",
        "credits": Credits(Decimal("1"), "Carnegie"),
        "provider": "",
        "term": Term(),
        "pace": "self-paced",
        "scale": "letters",
        "max_completions": 1,
        "version": 2,
    }
    return Course(id=course, **(given | more))


def providers() -> dict[str, Provider]:
    known = [
        Provider("school", "Public School", frozenset({_ifi(SCHOOL)}), "approved", 4),
        Provider("pathway", "Pathway", frozenset({_ifi(PATHWAY)}), "approved", 5),
        Provider("tutor", "Writing Tutor", frozenset({_ifi(TUTOR)}), "instructor", 6),
        Provider("office", "Registrar's Office", frozenset({_ifi(OFFICE)}), "registrar", 7),
    ]
    return {ifi: each for each in known for ifi in each.authorities}


def _ifi(agent: Json) -> str:
    found = actor.ifi(agent)
    assert found
    return found


def a_catalogue(*courses: Course, policy: Policy | None = None, **activities: str) -> Catalogue:
    """Maths and writing and band, each with an activity of its own, unless other courses are given."""
    defined = courses or (a_course("maths"), a_course("band"), a_course("writing"))
    own = {MATHS: "maths", BAND: "band", WRITING: "writing"}
    mapped = own | {f"https://{course.id}.example/": course.id for course in defined} | activities
    catalogue = Catalogue(
        courses={course.id: course for course in defined},
        activities=mapped,
        scales={"letters": LETTERS},
        providers=providers(),
    )
    return catalogue if policy is None else _with_policy(catalogue, policy)


def _with_policy(catalogue: Catalogue, policy: Policy) -> Catalogue:
    return Catalogue(catalogue.courses, catalogue.activities, catalogue.scales, catalogue.providers, policy)
