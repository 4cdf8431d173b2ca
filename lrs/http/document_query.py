"""Which document does a request ask for? The parameters of the document resources (Communication 2.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import orjson
from starlette.requests import Request

from lrs.auth.scopes import Need
from lrs.errors import BadRequest, Fault
from lrs.http.admission import parameters
from lrs.store.document_keys import DocumentKey, Owner
from lrs.xapi import actor
from lrs.xapi import query as queries
from lrs.xapi.document import Kind
from lrs.xapi.query import StatementQuery
from lrs.xapi.version import Version
from lrs.xapi.vocabulary import Json

# The index holds the id in a key of a B-tree, which takes 2,700 bytes.
LONGEST_ID = 2000


@dataclass(frozen=True, slots=True)
class Resource:
    """What tells one kind of document from another."""

    kind: Kind
    path: str
    id_name: str
    owner: tuple[str, ...]
    reading: Need
    writing: Need
    section: str
    registration: bool = False
    clears: bool = False

    def allowed(self, method: str) -> frozenset[str]:
        """The query parameters that a request may have."""
        names = {self.id_name, *self.owner}
        if self.registration:
            names.add("registration")
        if method in {"GET", "HEAD"}:
            names.add("since")
        return frozenset(names)

    def required(self, method: str) -> tuple[str, ...]:
        """The query parameters that a request must have; a GET without the id asks for ids."""
        optional = method in {"GET", "HEAD"} or (method == "DELETE" and self.clears)
        return self.owner if optional else (*self.owner, self.id_name)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which document a request is about, or which of them."""

    owner: Owner
    registration: str | None
    document_id: str | None
    since: datetime | None

    @property
    def key(self) -> DocumentKey:
        """The one document."""
        return DocumentKey(self.owner, self.registration, self.document_id or "")


def ask(request: Request, resource: Resource, version: Version) -> Asked:
    """What the query parameters ask for; BadRequest with every fault in them."""
    given = parameters(request, resource.allowed(request.method))
    document_id = given.get(resource.id_name)
    read = values(
        given,
        version,
        required=resource.required(request.method),
        section=resource.section,
        faults=[] if document_id is None else _faults_of_id(document_id, resource),
    )
    owner = Owner(resource.kind, read.activity, agent(read), read.agent)
    return Asked(owner, read.registration, document_id, read.since)


def values(
    given: dict[str, str],
    version: Version,
    *,
    required: Sequence[str],
    section: str,
    faults: Sequence[Fault] = (),
) -> StatementQuery:
    """The parameters mean what those of the statement resource mean, and are read by the same rules."""
    found = [*faults, *(Fault(name, "is required", section) for name in required if name not in given)]
    pairs = [(_READ_AS[name], value) for name, value in given.items() if name in _READ_AS]
    try:
        read = queries.parse(pairs, version, max_limit=1)
    except BadRequest as error:
        raise BadRequest(faults=[*found, *_renamed(error.faults, section)]) from None
    if version == "1.0.3" and actor.is_group(agent(read) or {}):
        # Communication 2.4, 2.6: an Agent and not a Group; xAPI 2.0 takes an identified Group as well.
        found.append(Fault("agent", "must be an Agent; it may have the identifier of a Group", section))
    if found:
        raise BadRequest(faults=found)
    return read


def agent(read: StatementQuery) -> Json | None:
    """The agent that was asked for, as it was written."""
    return orjson.loads(read.agent_json) if read.agent_json else None


# Our names of the parameters, and those of the statement resource.
_READ_AS = {"activityId": "activity", "agent": "agent", "registration": "registration", "since": "since"}
_STATEMENTS = "Communication 2.1.3"


def _faults_of_id(document_id: str, resource: Resource) -> list[Fault]:
    if not document_id:
        return [Fault(resource.id_name, "must not be empty", resource.section)]
    if len(document_id.encode()) > LONGEST_ID:
        return [Fault(resource.id_name, f"must not be longer than {LONGEST_ID:,} bytes", resource.section)]
    return []


def _renamed(faults: Sequence[Fault], section: str) -> Iterator[Fault]:
    for fault in faults:
        pointer = "activityId" if fault.pointer == "activity" else fault.pointer
        yield replace(
            fault, pointer=pointer, section=section if fault.section == _STATEMENTS else fault.section
        )
