"""Which rows tell who is who? Pure functions of single events, so that order and time do not matter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from lrs.log.event_log import Recorded
from lrs.log.events import (
    STATEMENT_STORED,
    IdentifierLinked,
    IdentifierUnlinked,
    LearnerErased,
    LearnerRegistered,
    from_state,
)
from lrs.xapi import actor, raw
from lrs.xapi.kept import kept
from lrs.xapi.vocabulary import Json
from projections.learners import alike
from projections.projection import Change, Insert, Projection, Run

TOPICS = frozenset(
    {
        STATEMENT_STORED,
        LearnerRegistered.topic,
        LearnerErased.topic,
        IdentifierLinked.topic,
        IdentifierUnlinked.topic,
    }
)
NOBODY = UUID(int=0)


def fold(event: Recorded) -> Iterator[Change]:
    """What one event tells."""
    if event.topic == STATEMENT_STORED:
        yield from _seen(raw.parse_stored(event.state), event.position)
        return
    match from_state(event.topic, event.state):
        case LearnerRegistered(learner, name, born, number):
            folded = alike.name(name) or NOBODY
            row = (UUID(learner), event.position, name.encode(), folded, born, number.encode())
            yield Insert("learner", row)
        case LearnerErased(learner) as erased:
            words = orjson.dumps([erased.reason, erased.authority])
            yield Insert("erased", (UUID(learner), event.position, event.stored, words))
        case IdentifierLinked(learner, ifi) | IdentifierUnlinked(learner, ifi):
            linked = event.topic == IdentifierLinked.topic
            yield Insert("link", (actor.digest(ifi), event.position, UUID(learner), linked, ifi.encode()))


def _seen(statement: Json, position: int) -> Iterator[Run]:
    """Whom a statement is about: its actor, and the members where that is a Group."""
    who = statement["actor"]
    authority = _authority(statement.get("authority", {}))
    said = {(ifi, each.get("name", "")) for each in (who, *actor.members(who)) if (ifi := actor.ifi(each))}
    for ifi, name in sorted(said):
        yield Run("say", _said(ifi, name, authority) | {"position": position}, once=(ifi, name, authority))


def _authority(authority: Json) -> str:
    """The identifier that stands for it; of an application and its user together, both."""
    named = (authority, *actor.members(authority))
    return " ".join(ifi for each in named if (ifi := actor.ifi(each)))


@kept
def _said(ifi: str, name: str, authority: str) -> dict[str, Any]:
    """The row but for its position; the same few come again and again."""
    return {
        "ifi": actor.digest(ifi),
        "said": actor.digest(f"{authority}\n{name}"),
        "own": actor.own_learner(ifi),
        "identifier": ifi.encode(),
        "name": name.encode(),
        "authority": authority.encode(),
        "folded": alike.name(name),
        "mail": alike.mail(ifi),
    }


LEARNERS = Projection("learners", 2, TOPICS, fold, Path(__file__).parent, shared=True)
