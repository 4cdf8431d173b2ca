"""By what is an event found in the history? By who did it, whom it is about, and what it refers to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID

import orjson

from lrs.log.event_log import Recorded
from lrs.log.events import STATEMENT_STORED
from lrs.xapi import actor, statement
from lrs.xapi.kept import kept
from lrs.xapi.vocabulary import Json
from projections.projection import Insert, Projection
from projections.testimony import parts

NAME = "history"


def fold(event: Recorded) -> list[Insert]:
    """A row for each of its terms."""
    found = _of_statement(event.state) if event.topic == STATEMENT_STORED else _of_event(event)
    return [Insert("term", (each, event.position)) for each in dict.fromkeys(found)]


@kept
def term(kind: str, value: str) -> UUID:
    """What an event is found by: `by` or `of` whom, a `learner`, `key`, `statement` or `topic`."""
    return actor.digest(f"{kind}|{value}")


def whom(said: Json) -> tuple[str | None, str | None]:
    """The learner and the identifier that an event is about, as far as it names them."""
    identifier = said.get("ifi") or (actor.ifi(said["agent"]) if said.get("agent") else None)
    return said.get("learner") or None, identifier


def _of_statement(state: bytes) -> Iterator[UUID]:
    said = parts.parsed(state)
    for ifi, _ in parts.actors(said["actor"]):
        yield term("of", ifi)
    for ifi in parts.authorities(said):
        yield term("by", ifi)
    if target := statement.target(said):
        yield term("statement", target)


def _of_event(event: Recorded) -> Iterator[UUID]:
    """By the names of its fields, so that kinds of events that are not known yet are found as well."""
    yield term("topic", event.topic)
    said: Json = orjson.loads(event.state)
    learner, identifier = whom(said)
    if learner:
        yield term("learner", learner.lower())
    if identifier:
        yield term("of", identifier)
    for kind in ("by", "key"):
        if said.get(kind):
            yield term(kind, said[kind])
    for each in _statements(said):
        yield term("statement", each.lower())


def _statements(said: Json) -> Iterable[str]:
    """One, or several, or none."""
    found = said.get("statements") or said.get("statement") or ()
    return (found,) if isinstance(found, str) else found


HISTORY = Projection(NAME, 1, None, fold, Path(__file__).parent)
