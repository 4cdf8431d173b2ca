"""What registrars do: learners, providers, courses, how they count, decisions, and what went out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lrs.log.events.event import Event


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
