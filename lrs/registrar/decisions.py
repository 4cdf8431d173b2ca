"""What does a registrar decide about a course of a learner, whatever the statements say?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg import Connection

from lrs.database.pool import Database
from lrs.errors import Conflict, Fault
from lrs.log import repeals, streams
from lrs.log.event_log import EventLog
from lrs.log.events import CourseDefined, GradingScaleDefined, RegistrarDecided
from lrs.registrar import check, learners, names
from lrs.xapi.vocabulary import Json

# Which values a decision has: these it needs, and these it may have besides.
_NEEDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "waive": (frozenset(), frozenset({"credits"})),
    "transfer": (frozenset({"credits", "source"}), frozenset({"grade"})),
    "override": (frozenset(), frozenset({"grade", "credits", "status"})),
    "withdraw": (frozenset(), frozenset()),
    "repeal": (frozenset({"decision"}), frozenset()),
}

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_YEAR = re.compile(r"(\d{4})-(\d\d)\Z", re.ASCII)


def decide(database: Database, tenant: str, decision: str, learner: str, body: Any, *, by: str) -> int:
    """Decide, under a new id; the position that says so. NotFound, BadRequest with every fault, Conflict."""
    check.require(check.shape("decision", "decision", body) or _values(body), "The decision")
    event = _decided(decision, names.learner(learner), body, by)
    log = EventLog(database, tenant)
    with log.locked() as connection:
        learners.require(log, connection, event.learner)
        # Who asks twice with the same id, since an answer was lost, decides once.
        if place := streams.last(log, connection, stream := names.stream("decision", decision)):
            return place.position
        if event.kind == "repeal":
            _repealed(log, connection, event)
        else:
            check.require(_course(log, connection, event), "The decision")
        return streams.append(log, connection, [(stream, event)])


def _repealed(log: EventLog, connection: Connection[Any], repeal: RegistrarDecided) -> None:
    """BadRequest where there is no such decision, Conflict where it is repealed already."""
    ended = str(repeal.values["decision"]).lower()
    every = [each.event for each in streams.every(log, connection, RegistrarDecided)]
    hers = [each for each in every if isinstance(each, RegistrarDecided) and each.learner == repeal.learner]
    if all(each.decision.lower() != ended for each in hers):
        rule = "there is no such decision about this learner"
        check.require([Fault("/values/decision", rule)], "The decision")
    if ended in repeals.repealed(hers):
        raise Conflict(f"The decision {ended} is repealed already.")


def _decided(decision: str, learner: str, body: Json, by: str) -> RegistrarDecided:
    return RegistrarDecided(
        decision=decision,
        learner=learner,
        kind=body["kind"],
        course=body.get("course", ""),
        term=_written(body.get("term", "")),
        values=body.get("values", {}),
        reason=body["reason"],
        by=by,
    )


def _written(term: str) -> str:
    """A registration as transcripts write it."""
    try:
        return str(UUID(term))
    except ValueError:
        return term


def _values(body: Json) -> Iterator[Fault]:
    """What the kind of decision asks for."""
    kind, values = body["kind"], body.get("values", {})
    needed, possible = _NEEDS[kind]
    for name in sorted(needed - set(values)):
        yield Fault(f"/values/{name}", f"is missing: {kind} needs it")
    for name in sorted(set(values) - needed - possible):
        yield Fault(f"/values/{name}", f"must be left out: {kind} has no such value")
    if kind == "override" and not values:
        yield Fault("/values", "must have a grade, credits or a status: what else would be overridden?")
    if kind == "repeal" and (body.get("course") or body.get("term")):
        yield Fault("/course", "must be left out, and term too: the decision that is repealed has both")
    if kind != "repeal" and not body.get("course"):
        yield Fault("/course", f"is missing: {kind} is about a course")


def _course(log: EventLog, connection: Connection[Any], event: RegistrarDecided) -> Iterator[Fault]:
    """What does not fit to the course that the decision is about."""
    place = streams.last(log, connection, names.stream("course", event.course))
    if place is None or not isinstance(place.event, CourseDefined):
        yield Fault("/course", f"there is no course {event.course}")
    else:
        yield from _term(place.event.term, event.term)
        yield from _grade(log, connection, place.event, event.values)
        yield from _credits(place.event, event.values.get("credits"))


def _term(pattern: Json, term: str) -> Iterator[Fault]:
    """A term that no line of the course can have would make a line of its own."""
    match pattern.get("pattern", "none"):
        case _ if not term:
            return
        case "registration" if not _UUID.match(term):
            yield Fault("/term", "must be a registration, a UUID: the course has a line for each")
        case "year" if not _is_year(term):
            yield Fault("/term", 'must be a school year, such as "2025-26"')
        case "terms" if not _is_term(term, pattern["names"]):
            named = " or ".join(f'"2025-26 {name}"' for name in pattern["names"])
            yield Fault("/term", f"must be a term of the course, such as {named}")
        case "none":
            yield Fault("/term", "must be left out: the course knows no terms")


def _is_term(term: str, names_: Collection[str]) -> bool:
    year, _, name = term.partition(" ")
    return _is_year(year) and name in names_


def _is_year(term: str) -> bool:
    found = _YEAR.match(term)
    return found is not None and (int(found[1]) + 1) % 100 == int(found[2])


def _grade(
    log: EventLog, connection: Connection[Any], course: CourseDefined, values: Json
) -> Iterator[Fault]:
    grade, status = values.get("grade"), values.get("status")
    scale = streams.last(log, connection, names.stream("scale", course.scale))
    if grade is None or scale is None or not isinstance(scale.event, GradingScaleDefined):
        return
    passing = {each["grade"]: each["passing"] for each in scale.event.steps}
    if grade not in passing:
        yield Fault("/values/grade", f"is none of scale {course.scale}: {', '.join(passing)}")
    elif status in ("Completed", "Failed") and passing[grade] is not (status == "Completed"):
        yield Fault("/values/status", f"is not {status} with the grade {grade}: leave one of the two out")


def _credits(course: CourseDefined, credits_: str | None) -> Iterator[Fault]:
    amount = course.credits["amount"]
    if credits_ is not None and Decimal(credits_) > Decimal(amount):
        yield Fault("/values/credits", f"must not be more than the course has, {amount}")
