"""What is erased: who wanted it gone, by which right, and where it stood; and what is erased by its age."""

from __future__ import annotations

from dataclasses import dataclass

from lrs.log.events.event import Event


@dataclass(frozen=True)
class StatementErased(Event, topic="statement-erased"):
    """A statement is gone; its place in the log stays, and its id cannot be used again."""

    statement: str
    position: int
    erasure: str
    reason: str
    authority: str
    by: str


@dataclass(frozen=True)
class LearnerErased(Event, topic="learner-erased"):
    """All that was said of a learner is gone, from these positions of the log."""

    learner: str
    positions: list[int]
    erasure: str
    reason: str
    authority: str
    by: str


@dataclass(frozen=True)
class DocumentsErased(Event, topic="documents-erased"):
    """Documents are gone, and what these positions of the log said of them."""

    positions: list[int]
    erasure: str
    reason: str
    authority: str
    by: str


@dataclass(frozen=True)
class RetentionAdopted(Event, topic="retention-adopted"):
    """What is older than this (P7Y, P90D) is to be erased; older than nothing, the policy has ended.

    `kind` is statements, documents or accesses; statements may be only those of one verb, or of one provider.
    """

    policy: str
    kind: str
    older_than: str
    verb: str
    provider: str
    reason: str
    authority: str
    by: str
