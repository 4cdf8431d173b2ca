"""What does one event mean for transcripts? Facts, and nothing that depends on any other event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, cast
from uuid import UUID

import orjson

from lrs.log.event_log import Recorded
from lrs.log.events import STATEMENT_STORED, RegistrarDecided, TranscriptIssued, from_state
from lrs.xapi import actor
from lrs.xapi.vocabulary import VOIDED, Json
from projections.projection import Insert
from projections.testimony import parts, verbs, weighing
from projections.testimony.moments import microseconds

TOPICS = frozenset({STATEMENT_STORED, RegistrarDecided.topic, TranscriptIssued.topic})

# Of our own profile, and what platforms had before there was one.
GRADE = "https://w3id.org/open-education/extensions/grade"
LETTER = "http://www.tincanapi.co.uk/activitytypes/grade_classification"
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"

_NONE: Json = {}


class Contribution(NamedTuple):
    """What a statement says about one of its actors; all but the first three fields are kept as `facts`.

    `at` is the timestamp in microseconds since 1970. `object` is the activity it is about, "" where it is
    about something else; `around` are its parents and then its groupings, where the course may be found.
    """

    position: int
    statement: str
    as_member: bool
    verb: str
    at: int
    authorities: list[str]
    object: str
    around: list[str]
    registration: str | None
    success: bool | None
    completion: bool | None
    score: float | None
    grade: str | None
    progress: float | None
    title: str | None


def fold(event: Recorded) -> Iterable[Insert]:
    """The rows that an event makes.

    A statement whose verb is not among ours, or that is about no activity and in none, makes none.
    """
    if event.topic == STATEMENT_STORED:
        return _of_statement(event)
    return [_decision(event) if event.topic == RegistrarDecided.topic else _issue(event)]


def _of_statement(event: Recorded) -> Iterable[Insert]:
    statement = parts.parsed(event.state)
    iri = statement["verb"]["id"]
    about = statement["object"]
    kind = about.get("objectType", "Activity")
    if kind == "StatementRef":
        if iri == VOIDED:
            return [weighing.voiding(event, statement)]
        if verbs.NAMES.get(iri) in verbs.VERIFYING:
            return [weighing.referring(event, statement, verbs.NAMES[iri])]
    verb = verbs.NAMES.get(iri)
    if verb is None or verb in verbs.VERIFYING or kind == "SubStatement":
        return ()
    return _contributions(event, statement, verb, about if kind == "Activity" else _NONE)


def _contributions(event: Recorded, statement: Json, verb: str, activity: Json) -> Iterable[Insert]:
    context = statement.get("context", _NONE)
    around = _around(context)
    about = activity.get("id", "")
    if not about and not around:
        return ()
    facts = [
        verb,
        parts.at(statement),
        parts.authorities(statement),
        about,
        around,
        context["registration"].lower() if "registration" in context else None,
        *_of_result(statement.get("result", _NONE)),
        parts.title(activity),
    ]
    return _rows(event, list(parts.actors(statement["actor"])), orjson.dumps(facts))


def _rows(event: Recorded, actors: Sequence[tuple[str, bool]], facts: bytes) -> Iterable[Insert]:
    """A row for each actor. Facts of several stand once: with each member they would grow quadratically."""
    own = facts if len(actors) == 1 else None
    for ifi, as_member in actors:
        row = (actor.digest(ifi), event.position, event.originator_id, as_member, own)
        yield Insert("contribution", row)
    if len(actors) > 1:
        yield Insert("shared", (event.position, facts))


def _around(context: Json) -> list[str]:
    groups = context.get("contextActivities")
    if not groups:
        return []
    return [each["id"] for name in ("parent", "grouping") for each in parts.listed(groups.get(name, ()))]


def _of_result(result: Json) -> Iterator[Any]:
    """Success, completion, score, letter and progress; whatever is no such thing is None."""
    yield result.get("success")
    yield result.get("completion")
    yield parts.score(result["score"]) if "score" in result else None
    extensions = result.get("extensions", _NONE)
    letter = extensions.get(GRADE, extensions.get(LETTER))
    yield letter.strip() or None if isinstance(letter, str) else None
    progress = extensions.get(PROGRESS)
    yield progress if type(progress) in (int, float) and 0 <= progress <= 100 else None


def _decision(event: Recorded) -> Insert:
    found = cast(RegistrarDecided, from_state(event.topic, event.state))
    Decimal(found.values.get("credits", "0"))  # what is no number is set aside here, and not met by readers
    said = [found.decision, found.kind, found.course, found.term, found.values, found.reason, found.by]
    return Insert(
        "decision", (UUID(found.learner), event.position, orjson.dumps([*said, microseconds(event.stored)]))
    )


def _issue(event: Recorded) -> Insert:
    found = cast(TranscriptIssued, from_state(event.topic, event.state))
    said = [found.transcript, found.position, found.sha256, found.by]
    return Insert(
        "issue", (UUID(found.learner), event.position, orjson.dumps([*said, microseconds(event.stored)]))
    )
