"""Which stream is it? Each learner, identifier, course … has one stream of events, found by its name."""

from __future__ import annotations

from dataclasses import asdict
from typing import Literal
from uuid import UUID, uuid5

from lrs.errors import NotFound
from lrs.log.events import Event

_STREAMS = UUID("a3b0f0a4-5d53-4c39-8f0a-2f6f7d6f3c55")

Kind = Literal[
    "provider", "scale", "course", "activity", "policy", "alignment", "mastery", "framework",
    "learner", "identifier", "decision", "transcript", "course-structure", "retention",
    "profile", "profile-policy",
]  # fmt: skip


def stream(kind: Kind, name: str) -> UUID:
    """The stream of one thing."""
    return uuid5(_STREAMS, f"{kind}|{name}")


def same(one: Event | None, other: Event) -> bool:
    """Whether two events say the same, whoever said it and why."""
    return one is not None and one.topic == other.topic and _said(one) == _said(other)


def learner(text: str) -> str:
    """The id of a learner as we write it; NotFound for what can be none."""
    try:
        return str(UUID(text))
    except ValueError:
        raise NotFound(f"There is no learner {text[:100]}: a learner's id is a UUID.") from None


def _said(event: Event) -> dict[str, object]:
    return {name: value for name, value in asdict(event).items() if name not in {"by", "reason"}}
