"""What does one event mean for competency maps? Facts, and nothing that depends on any other event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import orjson

from lrs.log.event_log import Recorded
from lrs.log.events import STATEMENT_STORED
from lrs.xapi import actor
from lrs.xapi.vocabulary import VOIDED, Json
from projections.competencies import claiming
from projections.competencies.naming import key
from projections.projection import Insert
from projections.testimony import parts, verbs, weighing

TOPICS = frozenset({STATEMENT_STORED})

COMPETENCY = "https://w3id.org/xapi/tla/activity-types/competency"
ALIGNMENT = "https://w3id.org/xapi/acrossx/extensions/alignment"
# Where a competency may be named, in the order in which one looks.
OBJECT, CONTEXT, EXTENSION, CATALOGUE = 1, 2, 3, 4
# A candidate in a table: a byte that says its place, and whether it says it is a competency; then its key.
TYPED, WIDTH = 0x80, 17
NOTHING = bytes(WIDTH)
# Of one statement. Facts stand with each member of a group, and many of both would grow into gigabytes.
MOST_BYTES = 1 << 24

_NONE: Json = {}
_GROUPS = ("parent", "grouping", "category", "other")
_VERDICTS = {"passed": 1.0, "mastered": 1.0, "failed": 0.0}
# Whoever did this has met the competency; whether she can do it is not said.
_MET = frozenset({"completed", "satisfied", "attempted", "progressed"}) | {
    "http://adlnet.gov/expapi/verbs/experienced",
    "http://adlnet.gov/expapi/verbs/interacted",
}


class Candidate(NamedTuple):
    """An activity that may be the competency, and where it is named."""

    place: int
    iri: str
    typed: bool
    name: str | None


def fold(event: Recorded) -> Iterable[Insert]:
    """The rows that a statement makes; one that neither scores nor meets nor claims anything makes none."""
    statement = parts.parsed(event.state)
    iri = statement["verb"]["id"]
    if statement["object"].get("objectType") == "StatementRef":
        return _of_reference(event, statement, iri)
    if iri in claiming.NAMES:
        return _direct(event, statement, claiming.NAMES[iri])
    return _shown(event, statement, verbs.NAMES.get(iri, iri))


def _of_reference(event: Recorded, statement: Json, iri: str) -> Iterable[Insert]:
    if iri == VOIDED:
        return [weighing.voiding(event, statement)]
    verb = verbs.NAMES.get(iri) or claiming.NAMES.get(iri)
    if verb in verbs.VERIFYING or verb in claiming.ENDING:
        return [weighing.referring(event, statement, str(verb))]
    return ()


def _shown(event: Recorded, statement: Json, verb: str) -> Iterable[Insert]:
    result = statement.get("result", _NONE)
    score = _score(verb, result)
    if score is None and verb not in _MET and result.get("completion") is not True:
        return ()
    found = list(candidates(statement))
    if not found:
        return ()
    if reason := verbs.contradiction(verb, result.get("success"), result.get("completion")):
        who = [ifi for ifi, _ in parts.actors(statement["actor"])]
        return _claims(event, statement, claiming.Direct("refused", verb, reason=reason), found, who)
    row = (
        event.position,
        event.originator_id,
        parts.at(statement),
        score,
        packed(found),
        orjson.dumps(parts.authorities(statement)),
        _named(found),
    )
    who = [ifi for ifi, _ in parts.actors(statement["actor"])]
    return _rows("evidence", who, row)


def _direct(event: Recorded, statement: Json, verb: str) -> Iterable[Insert]:
    found = list(candidates(statement))
    if not found:
        return ()
    said = claiming.read(verb, statement, _score(verb, statement.get("result", _NONE)))
    return _claims(event, statement, said, found, claiming.learners(statement))


def _claims(
    event: Recorded, statement: Json, said: claiming.Direct, found: Iterable[Candidate], who: Iterable[str]
) -> Iterable[Insert]:
    facts = orjson.dumps([parts.at(statement), parts.authorities(statement), *said, list(map(list, found))])
    return _rows("claim", who, (event.position, event.originator_id, facts))


def _rows(table: str, who: Iterable[str], row: tuple[Any, ...]) -> list[Insert]:
    """One for each whom a statement is about; ValueError where members times context is too much."""
    digests = [actor.digest(ifi) for ifi in who]
    size = len(digests) * sum(len(each) for each in row if isinstance(each, bytes))
    if size > MOST_BYTES:
        raise ValueError(f"{size:,} bytes of facts about {len(digests)} members; at most {MOST_BYTES:,}")
    return [Insert(table, (digest, *row)) for digest in digests]


def _score(verb: str, result: Json) -> float | None:
    """From 0 to 1; less than nothing is nothing. Without a score what is said about success is one."""
    if "score" in result and (score := parts.score(result["score"])) is not None:
        return min(max(score, 0.0), 1.0)
    success = result.get("success")
    return _VERDICTS.get(verb, None if success is None else float(success))


def candidates(statement: Json) -> Iterator[Candidate]:
    """What a statement may be evidence of: its object, then its context, then the object's alignment."""
    about = statement["object"]
    is_activity = about.get("objectType", "Activity") == "Activity"
    if is_activity:
        yield _candidate(OBJECT, about)
    groups = statement.get("context", _NONE).get("contextActivities") or _NONE
    for name in _GROUPS:
        for each in parts.listed(groups.get(name, ())):
            yield _candidate(CONTEXT, each)
    if is_activity:
        aligned = about.get("definition", _NONE).get("extensions", _NONE).get(ALIGNMENT)
        for iri in aligned if isinstance(aligned, list) else (aligned,):
            if isinstance(iri, str) and iri:
                yield Candidate(EXTENSION, iri, False, None)


def packed(found: Sequence[Candidate]) -> bytes:
    """The candidates as a table keeps them, seventeen bytes each; the first is the object, or nothing."""
    entries = [bytes((each.place | TYPED * each.typed,)) + key(each.iri) for each in found]
    return b"".join(entries if found and found[0].place == OBJECT else [NOTHING, *entries])


def _candidate(place: int, activity: Json) -> Candidate:
    typed = activity.get("definition", _NONE).get("type") == COMPETENCY
    return Candidate(place, activity["id"], typed, parts.title(activity) if typed else None)


def _named(found: Iterable[Candidate]) -> bytes:
    """What those are called that say they are competencies; of no framework, nothing else tells it."""
    typed = [(each.iri, each.name) for each in found if each.typed]
    return orjson.dumps(typed) if typed else b""
