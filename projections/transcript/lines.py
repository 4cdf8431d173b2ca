"""What does a learner's transcript say of one course, from one provider, in one term?

The course is that of the object, or else of a parent, or else of a grouping. Only a statement about an
activity that is itself mapped to the course says how the course ended: whoever has passed one lesson has not
passed the course, so what is said about a part shows that she is at it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from projections.catalogue.model import Catalogue, Course, Provider, Scale
from projections.testimony.sources import Source
from projections.transcript import attempts, grades, terms
from projections.transcript.attempts import Attempt
from projections.transcript.contribution import Contribution
from projections.transcript.grades import UNFINISHED, Result
from projections.transcript.trust import Claim

UNVERIFIED = "self-reported, and verified by nobody who is trusted"


class Key(NamedTuple):
    """Which line: `provider` is of origin, "" where nobody in the catalogue speaks."""

    course: str
    provider: str
    term: str | None
    registration: str | None


class Found(NamedTuple):
    """A claim with the course it is about, and whether it is about the whole of it."""

    claim: Claim
    whole: bool


@dataclass(frozen=True, slots=True)
class Basis:
    """Why a line says what it says."""

    statements: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    as_member: tuple[str, ...] = ()
    verified_by: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line; moments are in microseconds since 1970, `note` says why something does not count.

    `said` is what decides about the whole course, oldest first, until a registrar says how it ended.
    """

    key: Key
    course: Course
    scale: Scale | None
    provider: Provider | None
    origin: str | None
    trust: str
    accepted: bool
    result: Result
    said: Sequence[Contribution] = ()
    attempts: Sequence[tuple[Attempt, Result]] = ()
    chosen: int | None = None
    progress: float | None = None
    began: int | None = None
    ended: int | None = None
    decided: int = 0
    credits: Decimal | None = None
    counts_credit: bool = False
    counts_gpa: bool = False
    repeat: str | None = None
    note: str | None = None
    basis: Basis = field(default_factory=Basis)

    @property
    def finished(self) -> bool:
        """Whether there is an outcome that can earn credit, or count against her."""
        return self.result.status in grades.GRADED

    @property
    def chosen_by_policy(self) -> bool:
        """Whether the policy had something to choose: among attempts, or among lines of the course."""
        ended = sum(result.status in grades.GRADED for _, result in self.attempts)
        return ended > 1 or self.repeat is not None

    def in_progress_at(self, moment: int) -> bool:
        """Whether it had begun, and no outcome was known yet."""
        if self.began is not None and self.began > moment:
            return False
        if not self.said:
            return self.result.status in grades.IN_PROGRESS
        tried = attempts.of(each for each in self.said if each.at <= moment)
        return all(grades.of(each, self.scale).status in grades.IN_PROGRESS for each in tried)

    @property
    def earned(self) -> Decimal:
        """Never more than the course is worth."""
        worth = self.course.credits.amount
        if not (self.counts_credit and self.result.status == "Completed"):
            return worth * 0
        return worth if self.credits is None else min(self.credits, worth)

    @property
    def gpa_points(self) -> Decimal | None:
        """What the grade counts in the GPA; None where it does not."""
        return self.result.points if self.counts_gpa else None


def of(
    claims: Iterable[Claim], catalogue: Catalogue, aliases: Mapping[str, str] = MappingProxyType({})
) -> tuple[list[Line], list[Claim]]:
    """The lines of claims given oldest first, and the claims that no course could be found for.

    What is mapped under its alias is mapped.
    """
    by_key: dict[Key, list[Found]] = {}
    unmapped = []
    finder = _Finder(catalogue, aliases)
    for claim in claims:
        found = finder.course(claim)
        if found is None:
            unmapped.append(claim)
        else:
            course, whole = found
            by_key.setdefault(finder.key(course, claim), []).append(Found(claim, whole))
    return [_line(key, found, catalogue) for key, found in by_key.items()], unmapped


class _Finder:
    def __init__(self, catalogue: Catalogue, aliases: Mapping[str, str]) -> None:
        self._aliases = aliases
        self._courses: Mapping[str, Course] = catalogue.courses
        self._activities: Mapping[str, str] = catalogue.activities

    def course(self, claim: Claim) -> tuple[Course, bool] | None:
        """The course, and whether the statement is about the whole of it."""
        if course := self._mapped(claim.said.object):
            return course, True
        for activity in claim.said.around:
            if course := self._mapped(activity):
                return course, False
        return None

    def key(self, course: Course, claim: Claim) -> Key:
        """The line to which a claim belongs."""
        said, provider = claim.said, claim.source.provider
        registration = said.registration if course.term.pattern == "registration" else None
        return Key(course.id, provider.id if provider else "", terms.of(course.term, said.at), registration)

    def _mapped(self, activity: str) -> Course | None:
        course = self._activities.get(activity) or self._activities.get(self._aliases.get(activity, ""))
        return self._courses.get(course) if course else None


def _line(key: Key, found: Sequence[Found], catalogue: Catalogue) -> Line:
    """Where anything is accepted, only what is accepted decides."""
    course = catalogue.courses[key.course]
    scale = catalogue.scales.get(course.scale)
    accepted = [each for each in found if each.claim.accepted]
    deciding = accepted or list(found)
    said = [each.claim.said for each in deciding if each.whole]
    tried = attempts.of(said)
    results = [grades.of(attempt, scale) for attempt in tried]
    result, chosen = grades.chosen(results, catalogue.policy.attempts.get(course.pace, "best"), scale)
    source: Source = found[0].claim.source
    return Line(
        key=key,
        course=course,
        scale=scale,
        provider=source.provider,
        origin=source.provider.name if source.provider else None,
        trust=source.trust,
        accepted=bool(accepted),
        result=result if tried else _begun(deciding),
        said=said,
        attempts=list(zip(tried, results, strict=True)),
        chosen=chosen,
        progress=_progress(deciding),
        began=deciding[0].claim.said.at,
        ended=_ended(tried, chosen, result),
        note=None if accepted else UNVERIFIED,
        basis=_basis(deciding, [each for each in found if accepted and not each.claim.accepted]),
    )


def _begun(found: Iterable[Found]) -> Result:
    enrolled = all(each.claim.said.verb == "registered" for each in found)
    return Result("Enrolled") if enrolled else UNFINISHED


def _ended(tried: Sequence[Attempt], chosen: int | None, result: Result) -> int | None:
    if result.status in grades.IN_PROGRESS:
        return None
    return tried[chosen].ended if chosen is not None else max(each.ended for each in tried)


def _progress(found: Sequence[Found]) -> float | None:
    """The last that was said of the whole course, in per cent."""
    said = (each.claim.said.progress for each in reversed(found) if each.whole)
    return next((progress for progress in said if progress is not None), None)


def _basis(deciding: Sequence[Found], others: Sequence[Found]) -> Basis:
    claims = [each.claim for each in deciding]
    return Basis(
        # What decided about a whole course by the rules of cmi5 may have been said of a part.
        statements=tuple(dict.fromkeys(each.said.statement for each in claims)),
        unverified=tuple(each.claim.said.statement for each in others),
        as_member=tuple(each.said.statement for each in claims if each.said.as_member),
        verified_by=tuple(sorted({other for each in claims for other in each.verified_by})),
        authorities=tuple(sorted({ifi for each in claims for ifi in each.said.authorities})),
    )
