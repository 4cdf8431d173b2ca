"""What is known about a learner? All that a transcript is made of, besides the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lrs.xapi.vocabulary import Json
from projections.testimony.weighing import Reference, Void
from projections.transcript.contribution import Contribution


class Decision(NamedTuple):
    """What a registrar decided, `at` in microseconds since 1970."""

    position: int
    decision: str
    kind: str
    course: str
    term: str
    values: Json
    reason: str
    by: str
    at: int


class Issue(NamedTuple):
    """A transcript went out as it was at position `of`."""

    position: int
    transcript: str
    of: int
    sha256: str
    by: str
    at: int


class Conclusion(NamedTuple):
    """By the rules of cmi5 a course is satisfied, as if the statement that decided had said so.

    `sent` are statements that do say so; `activities` are what they call the course.
    """

    said: Contribution
    sent: tuple[str, ...]
    activities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What has been said of one learner, in any order."""

    contributions: Sequence[Contribution] = ()
    references: Sequence[Reference] = ()
    voids: Sequence[Void] = ()
    decisions: Sequence[Decision] = ()
    issues: Sequence[Issue] = ()
    conclusions: Sequence[Conclusion] = ()
