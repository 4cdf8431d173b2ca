"""Which rows of the index does a statement make?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

import orjson

from lrs.database import arrays
from lrs.xapi import actor, statement
from lrs.xapi.statement import Mentioned
from lrs.xapi.vocabulary import Json

DIGEST_SIZE = 16

# The longest content, in bytes, that is kept with its digest.
MOST_REMEMBERED = 2048
_NONE: Json = {}


class Said(NamedTuple):
    """Something said about an activity or an agent: the digests of whom and of what, and what."""

    about: bytes
    digest: bytes
    content: bytes


class Reference(NamedTuple):
    """The object is a StatementRef: from which statement to which, and whether it voids."""

    statement: bytes
    target: bytes
    voiding: bool


class Attached(NamedTuple):
    """A blob that came with the statement."""

    sha2: bytes
    content_type: str


@dataclass(slots=True)
class Rows:
    """All rows of one statement; `terms` are ready cells of a uuid[]."""

    statement: bytes
    terms: list[bytes]
    reference: Reference | None
    definitions: list[Said]
    names: list[Said]
    attached: list[Attached]


# What an event makes that is no statement.
NOTHING = Rows(bytes(16), [], None, [], [], [])


def of(
    document: Json,
    statement_id: bytes,
    *,
    authority: Json,
    attached: Sequence[Attached] = (),
    define: bool = True,
) -> Rows:
    """What the index keeps of a statement, which will carry this authority.

    Without the scope `define`, what it says of activities and agents stays in it (Communication 4.0).
    """
    found = statement.mentioned({**document, "authority": authority})
    of_agents, names = _agents(found)
    of_activities, definitions = _activities(found)
    return Rows(
        statement=statement_id,
        terms=[*_of_itself(document), *of_agents, *of_activities],
        reference=_reference(document, statement_id),
        definitions=definitions if define else [],
        names=names if define else [],
        attached=list(attached),
    )


def terms(document: Json) -> set[bytes]:
    """What filters can find this statement by (Communication 2.1.3), as cells of a uuid[]."""
    found = statement.mentioned(document)
    return {*_of_itself(document), *_agents(found)[0], *_activities(found)[0]}


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


def _reference(document: Json, statement_id: bytes) -> Reference | None:
    if target := statement.target(document):
        return Reference(statement_id, arrays.sixteen(target), statement.is_voiding(document))
    return None


def _of_itself(document: Json) -> list[bytes]:
    found = [cell("verb", document["verb"]["id"])]
    if registration := document.get("context", _NONE).get("registration"):
        found.append(cell("registration", registration.lower()))
    return found


def _agents(found: Mentioned) -> tuple[list[bytes], list[Said]]:
    """Their terms, one for each, and what they are called."""
    kinds: dict[str, str] = {}
    names = []
    for kind, agents in (("agent", found.agents), ("related-agent", found.related_agents)):
        for each in agents:
            if ifi := actor.ifi(each):
                kinds.setdefault(ifi, kind)
                if name := each.get("name"):
                    names.append(_said(ifi, name.encode()))
    return [cell(kind, ifi) for ifi, kind in kinds.items()], names


def _activities(found: Mentioned) -> tuple[list[bytes], list[Said]]:
    """Their terms, one for each, and how they are defined."""
    kinds: dict[str, str] = {}
    definitions = []
    for kind, activities in (("activity", found.activities), ("related-activity", found.related_activities)):
        for each in activities:
            kinds.setdefault(each["id"], kind)
            if definition := each.get("definition"):
                definitions.append(_said(each["id"], orjson.dumps(definition)))
    return [cell(kind, iri) for iri, kind in kinds.items()], definitions


def _said(about: str, content: bytes) -> Said:
    return _said_before(about, content) if len(content) <= MOST_REMEMBERED else _digested(about, content)


def _digested(about: str, content: bytes) -> Said:
    return Said(digest(about.encode()), digest(content), content)


# The same few activities and agents come again and again.
_said_before = lru_cache(maxsize=1 << 13)(_digested)
