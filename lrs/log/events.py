"""Our vocabulary of events: what can happen, in the past tense, each with a topic that never changes.

A statement is the one event whose state is raw JSON: the very bytes that GET returns. All others are frozen
dataclasses. Never rename a field; a new field needs a default, for old events do not have it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar
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


@dataclass(frozen=True)
class DocumentStored(Event, topic="document-stored"):
    """A state, agent profile or activity profile document has this content from now on."""

    kind: str
    activity: str | None
    agent: dict[str, Any] | None
    registration: str | None
    document_id: str
    content_type: str
    size: int
    sha2: str
    by: str


@dataclass(frozen=True)
class DocumentDeleted(Event, topic="document-deleted"):
    """A document is no more."""

    kind: str
    activity: str | None
    agent: dict[str, Any] | None
    registration: str | None
    document_id: str
    by: str


@dataclass(frozen=True)
class KeyIssued(Event, topic="key-issued"):
    """A client may come in with this key; only a digest of the secret is kept.

    Where it is bound to a learner, it reads what is told of that learner and nothing else.
    """

    secret = frozenset({"digest", "salt"})

    key: str
    digest: str
    salt: str
    scopes: list[str]
    authority: dict[str, Any]
    label: str
    learner: str = ""


@dataclass(frozen=True)
class KeyRevoked(Event, topic="key-revoked"):
    """A key stopped."""

    key: str
    reason: str


@dataclass(frozen=True)
class LearnerRegistered(Event, topic="learner-registered"):
    """A person is known by this name from now on; registering her again changes it."""

    learner: str
    name: str
    born: str
    number: str
    by: str
    reason: str


@dataclass(frozen=True)
class IdentifierLinked(Event, topic="identifier-linked"):
    """What is said of this identifier is said of this learner."""

    learner: str
    ifi: str
    by: str
    reason: str


@dataclass(frozen=True)
class IdentifierUnlinked(Event, topic="identifier-unlinked"):
    """It was not her; the identifier is a learner of its own again."""

    learner: str
    ifi: str
    by: str
    reason: str


@dataclass(frozen=True)
class ProviderTrusted(Event, topic="provider-trusted"):
    """Statements that carry one of these authorities come from this provider and are trusted so far."""

    provider: str
    name: str
    authorities: list[str]
    trust: str
    by: str


@dataclass(frozen=True)
class ProviderRevoked(Event, topic="provider-revoked"):
    """A provider is trusted no longer; it is still known by its name."""

    provider: str
    by: str
    reason: str
    name: str = ""


@dataclass(frozen=True)
class CourseDefined(Event, topic="course-defined"):
    """What a course is called and worth, from now on; defining it again revises it."""

    course: str
    title: str
    code: str
    subject: str
    sced: str
    level: str
    credits: dict[str, str]
    provider: str
    term: dict[str, Any]
    pace: str
    scale: str
    max_completions: int
    by: str


@dataclass(frozen=True)
class ActivityMapped(Event, topic="activity-mapped"):
    """An activity belongs to a course, or without one to none any longer."""

    activity: str
    course: str | None
    by: str


@dataclass(frozen=True)
class GradingScaleDefined(Event, topic="grading-scale-defined"):
    """Which scores are which grades, and what they count."""

    scale: str
    title: str
    steps: list[dict[str, Any]]
    weights: dict[str, str]
    by: str


@dataclass(frozen=True)
class PolicyAdopted(Event, topic="policy-adopted"):
    """How transcripts are made from now on."""

    attempts: dict[str, str]
    repeats: str
    by: str


@dataclass(frozen=True)
class RegistrarDecided(Event, topic="registrar-decided"):
    """A person decided about a course of a learner, whatever the statements say."""

    decision: str
    learner: str
    kind: str
    course: str
    term: str
    values: dict[str, Any]
    reason: str
    by: str


@dataclass(frozen=True)
class TranscriptIssued(Event, topic="transcript-issued"):
    """A transcript went out as it was at a position of the log."""

    transcript: str
    learner: str
    position: int
    sha256: str
    by: str


@dataclass(frozen=True)
class FrameworkImported(Event, topic="framework-imported"):
    """A framework of competencies says this from now on: the whole CFPackage, as it came (CASE 1.1)."""

    framework: str
    sha256: str
    package: dict[str, Any]
    by: str


@dataclass(frozen=True)
class ActivityAligned(Event, topic="activity-aligned"):
    """Who does this activity shows these competencies, or with none of them none any longer."""

    activity: str
    competencies: list[str]
    by: str


@dataclass(frozen=True)
class MasteryPolicyAdopted(Event, topic="mastery-policy-adopted"):
    """How mastery is estimated from now on, and from which estimate and how many scores on it is reached."""

    method: str
    parameters: dict[str, float]
    cut: float
    needed: int
    by: str


@dataclass(frozen=True)
class CourseStructureImported(Event, topic="course-structure-imported"):
    """A cmi5 course consists of this from now on; `structure` is our id of it, not its publisher's."""

    structure: str
    sha256: str
    course: dict[str, Any]
    by: str


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
