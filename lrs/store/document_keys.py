"""Which document is this? Whose, about what, for which registration, and its id; so the log names it, too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import orjson

from lrs.log.events import DocumentDeleted, DocumentStored
from lrs.store import rows
from lrs.xapi import actor
from lrs.xapi.document import Kind
from lrs.xapi.vocabulary import Json


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose documents they are, and about what; the ifi says who the agent is, its JSON is for the log."""

    kind: Kind
    activity: str | None = None
    agent: Json | None = None
    agent_ifi: str | None = None

    @property
    def digest(self) -> UUID:
        """128 bits that stand for the owner in the index."""
        return _digest(self.kind, self.activity, self.agent_ifi)


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """Names one document. A state with a registration is another one than the state without."""

    owner: Owner
    registration: str | None
    document_id: str

    @property
    def stream(self) -> UUID:
        """The stream of the document's events in the log."""
        owner = self.owner
        return _digest(owner.kind, owner.activity, owner.agent_ifi, self.registration, self.document_id)

    @property
    def row(self) -> dict[str, Any]:
        """The key as the index has it."""
        return {
            "kind": self.owner.kind,
            "owner": self.owner.digest,
            "document_id": self.document_id,
            "registration": self.registration or "",
        }

    def stored(self, content_type: str, size: int, sha2: bytes, by: str) -> DocumentStored:
        """The event that it has this content from now on."""
        return DocumentStored(**self._named, content_type=content_type, size=size, sha2=sha2.hex(), by=by)

    def deleted(self, by: str) -> DocumentDeleted:
        """The event that it is no more."""
        return DocumentDeleted(**self._named, by=by)

    @property
    def _named(self) -> dict[str, Any]:
        return {
            "kind": self.owner.kind,
            "activity": self.owner.activity,
            "agent": self.owner.agent,
            "registration": self.registration,
            "document_id": self.document_id,
        }


def of(said: DocumentStored | DocumentDeleted) -> DocumentKey:
    """The document that an event is about."""
    ifi = actor.ifi(said.agent) if said.agent else None
    owner = Owner(cast(Kind, said.kind), said.activity, said.agent, ifi)
    return DocumentKey(owner, said.registration, said.document_id)


def _digest(*parts: str | None) -> UUID:
    return UUID(bytes=rows.digest(orjson.dumps(parts)))
