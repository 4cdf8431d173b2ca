"""What platforms do beside statements: documents, and the keys that they come in with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lrs.log.events.event import Event


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
