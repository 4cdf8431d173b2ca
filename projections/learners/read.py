"""Who was who at a position? Learners that are registered, and identifiers that are learners of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from lrs.database import sql
from lrs.errors import NotFound
from lrs.xapi import actor
from projections.learners.project import NOBODY
from projections.resource import Json, View

QUERIES = sql.Queries(str(Path(__file__).with_name("queries.py")))
NAME = "learners"
FIRST = (0, NOBODY)


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier of a learner: its digest, its ifi, and the position since when it is hers."""

    digest: UUID
    ifi: str
    since: int


@dataclass(frozen=True, slots=True)
class Person:
    """A learner; who is not registered has no name of her own, only those that statements use."""

    id: UUID
    registered: bool
    name: str
    born: str
    number: str
    identifiers: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True)
class Learner:
    """Who she is as documents say it (`about`), and the digests of the identifiers that are hers."""

    about: Json
    ifis: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Name:
    """What an authority calls an identifier, and since when."""

    digest: UUID
    name: str
    authority: str
    position: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """This identifier, a learner of its own, may be that learner: by the name, or by the mail."""

    own: UUID
    other: UUID
    by_name: bool
    by_mail: bool


def person(view: View, learner: str) -> Person:
    """The learner of this id, or NotFound; for an identifier that was linked it says to whom."""
    wanted = _id(learner)
    if registered := _rows(view, "registered", learner=wanted):
        name, born, number, _ = registered[0]
        identifiers = tuple(
            Identifier(d, ifi.decode(), at) for d, ifi, at in _rows(view, "linked", learner=wanted)
        )
        return Person(wanted, True, name.decode(), born, number.decode(), identifiers)
    for digest, ifi, since in _rows(view, "own", learner=wanted):
        owner = learner_of(view, ifi.decode())
        if owner != wanted:
            raise NotFound(f"The identifier that was learner {wanted} is linked to learner {owner}.")
        return Person(wanted, False, "", "", "", (Identifier(digest, ifi.decode(), since),))
    raise NotFound(f"There is no learner {wanted}.")


def learner_at(view: View, learner: str) -> Learner:
    """The learner of this id as of a view, or NotFound."""
    found = person(view, learner)
    about = {
        "id": str(found.id),
        "name": found.name or None,
        "born": found.born or None,
        "number": found.number or None,
    }
    return Learner(about, [each.digest for each in found.identifiers])


def identifiers_of(view: View, learner: str) -> tuple[Identifier, ...]:
    """The identifiers that are hers, or NotFound."""
    return person(view, learner).identifiers


def learner_of(view: View, ifi: str) -> UUID:
    """Whose identifier this is; one that nobody has linked is a learner of its own."""
    for learner, linked in _rows(view, "owner", ifi=actor.digest(ifi)):
        if linked:
            return UUID(str(learner))
    return actor.own_learner(ifi)


def owners(view: View) -> dict[UUID, UUID]:
    """The learners of all identifiers that are linked, by their digests."""
    return dict(_rows(view, "owners"))


def page(view: View, *, after: tuple[int, UUID] = FIRST, limit: int) -> list[tuple[UUID, int]]:
    """Learners in the order in which they became known, each with the position at which they did."""
    rows = _rows(view, "page", since=after[0], after=after[1], limit=limit)
    return [(learner, since) for learner, since, _ in rows]


def names(view: View, identifiers: Sequence[Identifier]) -> list[Name]:
    """What statements call these identifiers, first said first."""
    rows = _rows(view, "names", ifis=[each.digest for each in identifiers])
    return [Name(digest, name.decode(), authority.decode(), at) for digest, name, authority, at in rows]


def suggestions(view: View, *, after: tuple[UUID, UUID] = (NOBODY, NOBODY), limit: int) -> list[Suggestion]:
    """Links that a registrar may want to make; nothing is ever linked by itself."""
    rows = _rows(view, "suggestions", own=after[0], other=after[1], limit=limit)
    return [Suggestion(*row) for row in rows]


def _id(learner: str) -> UUID:
    try:
        return UUID(learner)
    except ValueError:
        raise NotFound(f"There is no learner {learner[:100]}: a learner's id is a UUID.") from None


def _rows(view: View, name: str, **parameters: Any) -> list[tuple[Any, ...]]:
    query = QUERIES(view.tenant, name, projection=view.tables[NAME])
    return view.connection.execute(query, {"position": view.position, **parameters}, binary=True).fetchall()
