"""What an event is, and how the log keeps it.

A statement is the one event whose state is raw JSON: the very bytes that GET returns. All others are frozen
dataclasses. Never rename a field; a new field needs a default, for old events do not have it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import ClassVar
from uuid import UUID

import orjson
from eventsourcing.persistence import StoredEvent

STATEMENT_STORED = "statement-stored"

_BY_TOPIC: dict[str, type[Event]] = {}


@dataclass(frozen=True)
class Event:
    """Something that happened, other than a statement."""

    topic: ClassVar[str]
    secret: ClassVar[frozenset[str]] = frozenset()  # the fields that leave the store for nobody

    def __init_subclass__(cls, *, topic: str) -> None:
        cls.topic = topic
        _BY_TOPIC[topic] = cls


def topics() -> frozenset[str]:
    """Every topic that an event can have."""
    return frozenset({STATEMENT_STORED, *_BY_TOPIC})


def shown(topic: str, state: bytes) -> bytes:
    """The state for those who read the log: a statement's own bytes, an event without its secrets."""
    secret = _BY_TOPIC[topic].secret if topic in _BY_TOPIC else None
    if not secret:
        return state
    return orjson.dumps({name: value for name, value in orjson.loads(state).items() if name not in secret})


def has_secrets(topic: str) -> bool:
    """Whether events of this topic have fields that leave the store for nobody."""
    return topic in _BY_TOPIC and bool(_BY_TOPIC[topic].secret)


def to_stored(event: Event, originator_id: UUID, version: int) -> StoredEvent:
    """The event as the log keeps it, at its place in its stream."""
    return StoredEvent(originator_id, version, event.topic, orjson.dumps(asdict(event)))


def from_state(topic: str, state: bytes) -> Event:
    """The event that the log kept; fields that we do not know are left out."""
    kind = _BY_TOPIC[topic]
    known = {each.name for each in fields(kind)}
    return kind(**{name: value for name, value in orjson.loads(state).items() if name in known})
