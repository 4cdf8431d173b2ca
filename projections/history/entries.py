"""What does the history tell of an event? Who did what when, and about whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import orjson

from lrs.log.event_log import Recorded
from lrs.log.events import STATEMENT_STORED, shown
from lrs.xapi import actor, time
from lrs.xapi.vocabulary import Json
from projections.history import words
from projections.history.project import whom
from projections.learners.read import owners
from projections.profiles import results
from projections.resource import View
from projections.testimony import parts

Whom = tuple[str | None, str | None]
# What profiles make of a statement.
Outcomes = Callable[[Json], list[Json]]


class _Told(NamedTuple):
    """One event: whom it is about, as learner or by identifier, and what is told besides."""

    about: Sequence[Whom]
    rest: Json


def told(view: View, events: Iterable[Recorded]) -> list[Json]:
    """Each as it is told; identifiers with the learners whose they were as of the view."""
    outcomes = results.outcomes(view)
    found = [_told(each, outcomes) for each in events]
    digests = {actor.digest(ifi) for each in found for _, ifi in each.about if ifi}
    of = owners(view, digests) if digests else {}
    return [each.rest | {"concerns": [_whom(one, of) for one in each.about]} for each in found]


def _told(event: Recorded, outcomes: Outcomes) -> _Told:
    if event.leaf is not None:
        return _Told((), _entry(event, "erased"))
    if event.topic == STATEMENT_STORED:
        said = parts.parsed(event.state)
        about: list[Whom] = [(None, ifi) for ifi, _ in parts.actors(said["actor"])]
        entry = _entry(event, *words.of_statement(said), authority=said["authority"])
        return _Told(about, entry | {"profiles": outcomes(said)})
    fields = orjson.loads(shown(event.topic, event.state))
    named = whom(fields)
    entry = _entry(event, *words.of_event(event.topic, fields), by=fields.get("by") or None)
    return _Told([named] if any(named) else (), entry)


def _entry(
    event: Recorded,
    what: str,
    said: Json | None = None,
    *,
    by: str | None = None,
    authority: Json | None = None,
) -> Json:
    return {
        "position": event.position,
        "stored": time.format(event.stored),
        "topic": event.topic,
        "statement": str(event.originator_id) if event.topic == STATEMENT_STORED else None,
        "by": by,
        "authority": authority,
        "what": what,
        "said": said or {},
        "erased": event.leaf is not None,
        "profiles": [],
    }


def _whom(about: Whom, of: Mapping[UUID, UUID]) -> Json:
    """An identifier that nobody has linked is a learner of its own."""
    learner, ifi = about
    if ifi and not learner:
        learner = str(of.get(actor.digest(ifi)) or actor.own_learner(ifi))
    return {"learner": learner, "identifier": actor.agent(ifi) if ifi else None}
