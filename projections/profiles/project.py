"""Profiles as a projection: what single events say of them, and tallies of what lies behind.

A profile that is added later has something to say of statements that are long in the log, and nobody waits
for a million of them to be checked. So whole blocks are counted once for each document: when the block is
full, or when the document comes into force. All else is checked when somebody reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import orjson

from lrs.log.event_log import Recorded
from lrs.log.events import STATEMENT_STORED, ProfileAdded, ProfilePolicyAdopted, from_state
from lrs.xapi.vocabulary import VOIDED, Json
from projections.profiles import blocks, force, tally
from projections.profiles.force import Added
from projections.projection import Ask, Insert, Projection
from projections.testimony import parts

NAME = "profiles"
TOPICS = frozenset({STATEMENT_STORED, ProfileAdded.topic, ProfilePolicyAdopted.topic})
_NONE: Json = {}


def fold(event: Recorded) -> Iterable[Insert]:
    """The rows of one event."""
    if event.topic == STATEMENT_STORED:
        return _of_statement(event)
    said = from_state(event.topic, event.state)
    if isinstance(said, ProfileAdded):
        return [Insert("added", (event.position, said.profile, said.sha256, orjson.dumps(said.document)))]
    policy = cast(ProfilePolicyAdopted, said)
    return [Insert("policy", (event.position, policy.profile, policy.policy))]


def _of_statement(event: Recorded) -> Iterator[Insert]:
    statement = parts.parsed(event.state)
    about = statement["object"]
    if statement["verb"]["id"] == VOIDED and about.get("objectType") == "StatementRef":
        yield Insert("voided", (UUID(about["id"]), event.position))
    registration = statement.get("context", _NONE).get("registration")
    if registration:
        yield Insert("said", (UUID(registration), event.position))


def closing(ask: Ask, first: int, last: int) -> Iterator[Insert]:
    """The tallies that are due between two positions: the same, however many batches they are in."""
    due: dict[int, dict[int, Added]] = {}
    for added, number in _due(ask, ask("changes", {"position": last}), first, last):
        due.setdefault(number, {})[added.position] = added
    for number in sorted(due):
        statements = list(blocks.block(ask, number))
        for position, added in sorted(due[number].items()):
            if profile := force.alone(ask, added):
                facts = tally.counted(statements, profile).dumped()
                yield Insert("tally", (position, number, facts))


def _due(ask: Ask, changes: Sequence[Sequence[Any]], first: int, last: int) -> Iterator[tuple[Added, int]]:
    """All blocks that a profile lacks when it changes, and for each profile the block that is full."""
    changed = {position: profile for position, profile, *_ in changes if position >= first}
    full = range(blocks.complete(first - 1) + 1, blocks.complete(last) + 1)
    for moment in sorted({*changed, *(number * blocks.SIZE for number in full)}):
        count = blocks.complete(moment)
        for added in force.in_force(each for each in changes if each[0] <= moment):
            if changed.get(moment) == added.profile:
                yield from ((added, number) for number in _uncounted(ask, added, count))
            elif moment % blocks.SIZE == 0:
                yield added, count - 1


def _uncounted(ask: Ask, added: Added, count: int) -> list[int]:
    return [number for (number,) in ask("uncounted", {"added": added.position, "count": count})]


PROFILES = Projection(NAME, 1, TOPICS, fold, Path(__file__).parent, shared=True, closing=closing)
