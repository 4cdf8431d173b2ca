"""Which courses has a learner satisfied, by statements that are believed? For other projections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from lrs.cmi5.registration import Expected, Registration
from lrs.cmi5.said import Said
from lrs.xapi import actor, language
from projections.cmi5 import read
from projections.cmi5.read import Counts
from projections.resource import View


class Course(NamedTuple):
    """A course that is satisfied in a registration, and the statement that decided, with its authorities.

    `id` is the publisher's; `sent` are the statements that say satisfied of the course, and `activities` what
    they, or we, call it.
    """

    id: str
    title: str | None
    registration: str
    position: int
    statement: str
    at: str
    authorities: Sequence[str]
    sent: tuple[str, ...]
    activities: tuple[str, ...]


def courses(view: View, ifis: Sequence[UUID], counts: Counts) -> list[Course]:
    """Those of these identifiers, where only statements decide that count, and all of them are looked at."""
    if not read.courses(view):
        return []  # nothing follows for a course that nobody has imported
    hers = set(ifis)
    return [
        _course(found, expected, decided)
        for found in read.registrations(view, ifis=ifis, counts=counts, of_courses=True)
        if actor.digest(found.actor) in hers
        for expected in found.expected
        if expected.node is found.course and (decided := _decided(found, expected))
    ]


def _decided(found: Registration, expected: Expected) -> Said | None:
    """The last of the basis; where all was satisfied from the start, the first that was said."""
    basis = expected.satisfied.said or [each for session in found.sessions for each in session.said[:1]][:1]
    return basis[-1] if basis else None


def _course(found: Registration, expected: Expected, decided: Said) -> Course:
    titles = expected.node.known["title"]
    return Course(
        id=expected.node.id,
        title=titles[language.choose(titles, "")] if titles else None,
        registration=found.id,
        position=decided.position,
        statement=decided.statement,
        at=expected.satisfied.at,
        authorities=decided.authorities,
        sent=tuple(each.statement for each in expected.sent),
        activities=tuple(dict.fromkeys((*(each.object for each in expected.sent), expected.node.activity))),
    )
