"""Who was who at a position? Learners that are registered, and identifiers that are learners of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from lrs.database import arrays, sql
from lrs.errors import Gone, NotFound
from lrs.xapi import actor
from projections.learners.project import NOBODY
from projections.resource import Json, View
from projections.view import Views

QUERIES = sql.Queries(str(Path(__file__).with_name("queries.py")))
NAME = "learners"
FIRST = (0, NOBODY)
# More identifiers than one person has: what they have in common suggests nothing.
MOST_SHARED = 20


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
    found, moved = _look(view, [wanted])
    if wanted in moved:
        raise NotFound(f"The identifier that was learner {wanted} is linked to learner {moved[wanted]}.")
    if wanted not in found:
        _tell_if_erased(view, wanted)
        raise NotFound(f"There is no learner {wanted}.")
    return found[wanted]


def people(view: View, learners: Iterable[UUID]) -> dict[UUID, Person]:
    """Those of these learners that there are, by their ids."""
    return _look(view, learners)[0]


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


def selves(views: Views, tenant: str, learner: UUID) -> set[UUID]:
    """She, and the learners that her identifiers are by themselves: as these she was known before."""
    with views.open(tenant, [NAME]) as view:
        known = people(view, [learner]).values()
    return {learner, *(actor.own_learner(each.ifi) for one in known for each in one.identifiers)}


def owners(view: View, among: Iterable[UUID] | None = None) -> dict[UUID, UUID]:
    """The learners of all identifiers that are linked, or of those among these, by their digests."""
    wanted = None if among is None else arrays.uuids_of(each.bytes for each in among)
    return dict(_rows(view, "owners", among=wanted))


def page(view: View, *, after: tuple[int, UUID] = FIRST, limit: int) -> list[tuple[UUID, int]]:
    """Learners in the order in which they became known, each with the position at which they did."""
    rows = _rows(view, "page", since=after[0], after=after[1], limit=limit)
    return [(learner, since) for learner, since in rows]


def names(view: View, identifiers: Sequence[Identifier], *, most: int) -> list[Name]:
    """What statements call these identifiers, first said first; of each, the ones that came up last."""
    rows = _rows(view, "names", ifis=[each.digest for each in identifiers], most=most)
    return [Name(digest, name.decode(), authority.decode(), at) for digest, name, authority, at in rows]


def suggestions(view: View, *, after: tuple[UUID, UUID] = (NOBODY, NOBODY), limit: int) -> list[Suggestion]:
    """Links that a registrar may want to make; nothing is ever linked by itself."""
    rows = _rows(view, "suggestions", own=after[0], other=after[1], limit=limit, shared=MOST_SHARED)
    return [Suggestion(*row) for row in rows]


def _look(view: View, learners: Iterable[UUID]) -> tuple[dict[UUID, Person], dict[UUID, UUID]]:
    """Who these are, and of identifiers that were linked, to whom."""
    people: dict[UUID, Person] = {}
    moved: dict[UUID, UUID] = {}
    linked: dict[UUID, list[Identifier]] = {}
    rows = _rows(view, "people", learners=arrays.uuids_of(each.bytes for each in learners))
    for kind, learner, position, text, born, number, ifi, owner in sorted(rows, key=itemgetter(2)):
        if kind == "registered":
            people[learner] = Person(learner, True, text.decode(), born, number.decode(), ())
        elif kind == "linked":
            linked.setdefault(learner, []).append(Identifier(ifi, text.decode(), position))
        elif owner:
            moved[learner] = owner
        else:
            itself = Identifier(ifi, text.decode(), position)
            people.setdefault(learner, Person(learner, False, "", "", "", (itself,)))
    return {
        learner: replace(each, identifiers=tuple(linked.get(learner, ()))) if each.registered else each
        for learner, each in people.items()
    }, moved


def _tell_if_erased(view: View, learner: UUID) -> None:
    for stored, words in _rows(view, "erased", learner=learner):
        reason, authority = orjson.loads(words)
        raise Gone(f"Learner {learner} was erased on {stored:%Y-%m-%d} by order of {authority}: {reason}.")


def _id(learner: str) -> UUID:
    try:
        return UUID(learner)
    except ValueError:
        raise NotFound(f"There is no learner {learner[:100]}: a learner's id is a UUID.") from None


def _rows(view: View, name: str, **parameters: Any) -> list[tuple[Any, ...]]:
    query = QUERIES(view.tenant, name, projection=view.tables[NAME])
    return view.connection.execute(query, {"position": view.position, **parameters}, binary=True).fetchall()
