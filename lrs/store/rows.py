"""Which rows of the index does a statement make?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

import orjson

from lrs.database import arrays
from lrs.xapi import actor, statement
from lrs.xapi.vocabulary import Json

DIGEST_SIZE = 16

Identified = tuple[str, Json]


class Said(NamedTuple):
    """Something said about an activity or an agent: about whom, the digest of what, and what."""

    about: bytes
    digest: bytes
    content: bytes


class Reference(NamedTuple):
    """The object is a StatementRef: from which statement to which, and whether it voids."""

    statement: UUID
    target: UUID
    voiding: bool


class Attached(NamedTuple):
    """A blob that came with the statement."""

    sha2: bytes
    content_type: str


@dataclass(slots=True)
class Rows:
    """All rows of one statement; `terms` are ready cells of a uuid[]."""

    statement: UUID
    terms: list[bytes]
    reference: Reference | None
    definitions: list[Said]
    names: list[Said]
    attached: list[Attached]


def of(
    document: Json,
    statement_id: UUID,
    *,
    authority: Json,
    attached: Sequence[Attached] = (),
    define: bool = True,
) -> Rows:
    """What the index keeps of a statement, which will carry this authority.

    Without the scope `define`, what it says of activities and agents stays in it (Communication 4.0).
    """
    document = {**document, "authority": authority}
    agents = _identified(statement.agents(document, related=True))
    activities = list(statement.activities(document, related=True))
    target = statement.target(document)
    return Rows(
        statement=statement_id,
        terms=list(_terms(document, agents, activities)),
        reference=Reference(statement_id, UUID(target), statement.is_voiding(document)) if target else None,
        definitions=_definitions(activities) if define else [],
        names=_names(agents) if define else [],
        attached=list(attached),
    )


def terms(document: Json) -> set[bytes]:
    """What filters can find this statement by (Communication 2.1.3), as cells of a uuid[]."""
    agents = _identified(statement.agents(document, related=True))
    return _terms(document, agents, list(statement.activities(document, related=True)))


@lru_cache(maxsize=1 << 16)
def cell(kind: str, value: str) -> bytes:
    """The cell of one term."""
    return arrays.uuid_cell(digest(f"{kind}|{value}".encode()))


def term(kind: str, value: str) -> UUID:
    """The term itself, as a query asks for it."""
    return UUID(bytes=digest(f"{kind}|{value}".encode()))


def digest(content: bytes) -> bytes:
    """128 bits: wide enough that nobody finds two that collide by chance, with no dictionary to lock."""
    return blake2b(content, digest_size=DIGEST_SIZE).digest()


def _terms(document: Json, agents: Sequence[Identified], activities: Sequence[Json]) -> set[bytes]:
    found = {cell("verb", document["verb"]["id"])}
    if registration := document.get("context", {}).get("registration"):
        found.add(cell("registration", registration.lower()))
    of_agents = {ifi for ifi, _ in _identified(statement.agents(document, related=False))}
    found.update([cell("agent", ifi) for ifi in of_agents])
    found.update([cell("related-agent", ifi) for ifi, _ in agents if ifi not in of_agents])
    of_activities = {each["id"] for each in statement.activities(document, related=False)}
    found.update([cell("activity", iri) for iri in of_activities])
    found.update(
        [cell("related-activity", each["id"]) for each in activities if each["id"] not in of_activities]
    )
    return found


def _identified(agents: Iterable[Json]) -> list[Identified]:
    return [(ifi, each) for each in agents if (ifi := actor.ifi(each))]


def _definitions(activities: Sequence[Json]) -> list[Said]:
    return [
        Said(_about(each["id"]), digest(content), content)
        for each in activities
        if (definition := each.get("definition")) and (content := orjson.dumps(definition))
    ]


def _names(agents: Sequence[Identified]) -> list[Said]:
    return [
        Said(_about(ifi), digest(content), content)
        for ifi, each in agents
        if (name := each.get("name")) and (content := name.encode())
    ]


@lru_cache(maxsize=1 << 16)
def _about(name: str) -> bytes:
    return digest(name.encode())
