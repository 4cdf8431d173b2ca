"""Which rows does an event make for cmi5? Facts of that event alone, so that order and time do not matter."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import cast
from uuid import UUID

import orjson

from lrs.cmi5 import said
from lrs.log.event_log import Recorded
from lrs.log.events import STATEMENT_STORED, CourseStructureImported, from_state
from lrs.xapi import actor, raw
from lrs.xapi.vocabulary import VOIDED, Json
from projections.projection import Insert, Projection

TOPICS = frozenset({STATEMENT_STORED, CourseStructureImported.topic})
# The fields of Said that are columns: position, statement, registration.
COLUMNS = 3
# A text without these is about no session and voids nothing, unless it hides letters as \u0063.
_TELLING = (b"cmi5", b"StatementRef", b"\\u")


def fold(event: Recorded) -> Iterable[Insert]:
    """The rows of one event."""
    if event.topic == CourseStructureImported.topic:
        return [_structure(event)]
    if not any(each in event.state for each in _TELLING):
        return ()
    return _of_statement(event)


def _structure(event: Recorded) -> Insert:
    found = cast(CourseStructureImported, from_state(event.topic, event.state))
    body = orjson.dumps(found.course)
    return Insert("structure", (UUID(found.structure), event.position, found.sha256, body))


def _of_statement(event: Recorded) -> Iterable[Insert]:
    statement: Json = raw.parse_stored(event.state)
    about = statement["object"]
    if statement["verb"]["id"] == VOIDED and about.get("objectType") == "StatementRef":
        authorities = orjson.dumps(said.authorities(statement))
        return [Insert("voided", (UUID(about["id"]), event.position, authorities))]
    found = said.of(statement, event.position)
    if found is None:
        return ()
    facts = orjson.dumps(found[COLUMNS:])
    row = (UUID(found.registration), event.position, actor.digest(found.actor), event.originator_id, facts)
    return [Insert("said", row)]


CMI5 = Projection("cmi5", 1, TOPICS, fold, Path(__file__).parent)
