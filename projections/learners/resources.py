"""What can be asked about learners? Who there is, one of them, her identifiers, and who may be whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from lrs.log import pages
from lrs.log.positions import whole_number
from lrs.xapi import actor
from projections.learners import read
from projections.learners.read import FIRST, NAME, Identifier, Name, Person
from projections.resource import Json, Resource, View

MOST, MOST_NAMES = 500, 100


def everybody(view: View, asked: Mapping[str, str]) -> Json:
    """A page of learners, in the order in which they became known; `more` is where the next one begins."""
    limit = _limit(asked)
    found = read.page(view, after=_after(asked.get("from", "")), limit=limit + 1)
    described = _described(view, [learner for learner, _ in found[:limit]])
    learners = [described[learner] | {"since": since} for learner, since in found[:limit]]
    last, since = found[limit - 1] if len(found) > limit else (None, 0)
    return {"learners": learners, "more": f"{since}.{last}" if last else None}


def learner(view: View, asked: Mapping[str, str]) -> Json:
    """One learner, and her identifiers."""
    person = read.person(view, asked["learner"])
    return _learner(person, _called(view, [person]))


def identifiers(view: View, asked: Mapping[str, str]) -> Json:
    """Her identifiers, and what statements call them by which authority: the names that came up last."""
    person = read.person(view, asked["learner"])
    said: dict[UUID, list[Name]] = {}
    for each in read.names(view, person.identifiers, most=MOST_NAMES):
        said.setdefault(each.digest, []).append(each)
    return {
        "learner": str(person.id),
        "identifiers": [
            _identifier(each)
            | {
                "names": [
                    {"name": name.name, "authority": name.authority, "since": name.position}
                    for name in said.get(each.digest, ())
                ]
            }
            for each in person.identifiers
        ],
    }


def suggestions(view: View, asked: Mapping[str, str]) -> Json:
    """Links that a registrar may want to make, and what speaks for each."""
    limit = _limit(asked)
    found = read.suggestions(view, after=_pair(asked.get("from", "")), limit=limit + 1)
    described = _described(view, [learner for each in found[:limit] for learner in (each.own, each.other)])
    shown = [
        {
            "identifier": described[each.own],
            "learner": described[each.other],
            "because": [reason for reason, so in (("name", each.by_name), ("mail", each.by_mail)) if so],
        }
        for each in found[:limit]
    ]
    last = found[limit - 1] if len(found) > limit else None
    return {"suggestions": shown, "more": f"{last.own}.{last.other}" if last else None}


def _described(view: View, learners: Iterable[UUID]) -> dict[UUID, Json]:
    """All of these, which there are."""
    people = read.people(view, learners)
    called = _called(view, people.values())
    return {learner: _learner(person, called) for learner, person in people.items()}


def _called(view: View, people: Iterable[Person]) -> dict[UUID, str]:
    """What each who is not registered is called: the name that came up last."""
    unnamed = [person for person in people if not person.registered]
    said = read.names(view, [each for person in unnamed for each in person.identifiers], most=1)
    names = {each.digest: each.name for each in said}
    return {person.id: name for person in unnamed if (name := names.get(person.identifiers[0].digest))}


def _learner(person: Person, called: Mapping[UUID, str]) -> Json:
    return {
        "learner": str(person.id),
        "registered": person.registered,
        "name": person.name or called.get(person.id),
        "born": person.born or None,
        "number": person.number or None,
        "identifiers": [_identifier(each) for each in person.identifiers],
    }


def _identifier(identifier: Identifier) -> Json:
    return {"identifier": actor.agent(identifier.ifi), "since": identifier.since}


def _limit(asked: Mapping[str, str]) -> int:
    found = whole_number(asked.get("limit", str(MOST)))
    if not found:
        raise pages.fault("limit", "must be a whole number, 1 or more")
    return min(found, MOST)


def _after(text: str) -> tuple[int, UUID]:
    if not text:
        return FIRST
    since, _, learner = text.partition(".")
    position = whole_number(since)
    if position is None:
        raise pages.no_more()
    return position, _uuid(learner)


def _pair(text: str) -> tuple[UUID, UUID]:
    own, _, other = text.partition(".")
    return (_uuid(own), _uuid(other)) if text else (FIRST[1], FIRST[1])


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise pages.no_more() from None


_PAGE = (
    pages.query("limit", f"Most in one answer, at most {MOST}.", {"type": "integer", "minimum": 1}),
    pages.query("from", "Where to go on: `more` of the answer before."),
)

# Of two paths that fit, the first is asked.
RESOURCES = (
    Resource(
        "/learners", "Who there is, registered or only seen.", "transcripts/read", (NAME,), everybody, _PAGE,
        learner="",
    ),
    Resource(
        "/learners/suggestions", "Which identifiers may be whose.", "registrar", (NAME,), suggestions, _PAGE,
        learner="",
    ),
    Resource("/learners/{learner}", "Who she is.", "transcripts/read", (NAME,), learner),
    Resource(
        "/learners/{learner}/identifiers", "What she is called, and by whom.", "transcripts/read", (NAME,),
        identifiers,
    ),
)  # fmt: skip
