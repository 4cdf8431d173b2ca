"""Our vocabulary of events: what can happen, in the past tense, each with a topic that never changes."""

from __future__ import annotations

from lrs.log.events.audits import DocumentsErased, LearnerErased, RetentionAdopted, StatementErased
from lrs.log.events.event import (
    STATEMENT_STORED,
    Event,
    from_state,
    has_secrets,
    shown,
    to_stored,
    topics,
)
from lrs.log.events.meanings import (
    ActivityAligned,
    CourseStructureImported,
    FrameworkImported,
    MasteryPolicyAdopted,
    ProfileAdded,
    ProfilePolicyAdopted,
)
from lrs.log.events.platforms import (
    DocumentDeleted,
    DocumentStored,
    KeyIssued,
    KeyRevoked,
)
from lrs.log.events.registrars import (
    ActivityMapped,
    CourseDefined,
    GradingScaleDefined,
    IdentifierLinked,
    IdentifierUnlinked,
    LearnerRegistered,
    PolicyAdopted,
    ProviderRevoked,
    ProviderTrusted,
    RegistrarDecided,
    TranscriptIssued,
)

__all__ = [
    "STATEMENT_STORED",
    "ActivityAligned",
    "ActivityMapped",
    "CourseDefined",
    "CourseStructureImported",
    "DocumentDeleted",
    "DocumentStored",
    "DocumentsErased",
    "Event",
    "FrameworkImported",
    "GradingScaleDefined",
    "IdentifierLinked",
    "IdentifierUnlinked",
    "KeyIssued",
    "KeyRevoked",
    "LearnerErased",
    "LearnerRegistered",
    "MasteryPolicyAdopted",
    "PolicyAdopted",
    "ProfileAdded",
    "ProfilePolicyAdopted",
    "ProviderRevoked",
    "ProviderTrusted",
    "RegistrarDecided",
    "RetentionAdopted",
    "StatementErased",
    "TranscriptIssued",
    "from_state",
    "has_secrets",
    "shown",
    "to_stored",
    "topics",
]
