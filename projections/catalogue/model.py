"""What does the catalogue say? Values that never change, and how events become them.

What counts is Decimal, made of the text that the registrar wrote; a score is a float, as in statements.
Every value's `version` is the position of the event that it was made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from projections.catalogue.mastery import DEFAULT_MASTERY, Mastery, mastery

Json = dict[str, Any]
Trust = Literal["registrar", "approved", "instructor", "self"]
Attempts = Literal["best", "latest", "first", "mean"]
Repeats = Literal["best", "latest", "first", "all"]
Pattern = Literal["none", "registration", "year", "terms"]


@dataclass(frozen=True, slots=True)
class Credits:
    """How much a course is worth, and in which unit: "0.5" Carnegie units, never a bare number."""

    amount: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Term:
    """How the lines of a course fall into terms; a term begins on the day of its "MM-DD"."""

    pattern: Pattern = "none"
    begins: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """What a learner can earn credits in."""

    id: str
    title: str
    code: str
    subject: str
    sced: str
    level: str
    credits: Credits
    provider: str
    term: Term
    pace: str
    scale: str
    max_completions: int
    version: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One grade: the least score that earns it (0 to 1), or None where only a grade that is sent does."""

    grade: str
    min: float | None
    points: Decimal
    passing: bool
    counts: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """Which scores are which grades, highest first; `weights` adds points by the level of the course."""

    id: str
    title: str
    steps: tuple[Step, ...]
    weights: Mapping[str, Decimal]
    version: int = 0


@dataclass(frozen=True, slots=True)
class Provider:
    """A source of learning, the ifis its statements carry as authority, and how far it is trusted."""

    id: str
    name: str
    authorities: frozenset[str]
    trust: Trust
    version: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """Which of several attempts counts, by the pace of a course, and which of several lines of one."""

    attempts: Mapping[str, Attempts]
    repeats: Repeats
    version: int = 0


# Until a registrar adopts another: who learns at her own pace tries until she can do it; who is graded by
# terms is graded by the latest. Of a course that is repeated the best line counts.
DEFAULT_POLICY = Policy({"self-paced": "best", "term-graded": "latest"}, "best")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All of it at a position: `providers` by the ifi of an authority, `providers_by_id` revoked ones too.

    `activities` are the courses, and `alignments` the IRIs of competencies, by the IRI of an activity.
    """

    courses: Mapping[str, Course] = field(default_factory=dict)
    activities: Mapping[str, str] = field(default_factory=dict)
    scales: Mapping[str, Scale] = field(default_factory=dict)
    providers: Mapping[str, Provider] = field(default_factory=dict)
    policy: Policy = DEFAULT_POLICY
    position: int = 0
    providers_by_id: Mapping[str, Provider] = field(default_factory=dict)
    alignments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mastery: Mastery = DEFAULT_MASTERY


class Entry(NamedTuple):
    """The body of an event about one thing: course, activity, alignment, scale, provider or policy."""

    kind: str
    id: str
    position: int
    body: Json


def catalogue(entries: Iterable[Entry]) -> Catalogue:
    """The catalogue of the newest entry of each thing, in any order."""
    found: dict[str, dict[str, Entry]] = {}
    for each in entries:
        of_kind = found.setdefault(each.kind, {})
        if each.id not in of_kind or of_kind[each.id].position < each.position:
            of_kind[each.id] = each
    providers = {each.id: provider(each) for each in _of(found, "provider")}
    return Catalogue(
        courses={each.id: course(each) for each in _of(found, "course")},
        activities={each.id: each.body["course"] for each in _of(found, "activity") if each.body["course"]},
        scales={each.id: scale(each) for each in _of(found, "scale")},
        providers=_by_authority(providers),
        policy=next(map(policy, _of(found, "policy")), DEFAULT_POLICY),
        position=max((each.position for kind in found for each in _of(found, kind)), default=0),
        providers_by_id=providers,
        alignments=_alignments(_of(found, "alignment")),
        mastery=next((mastery(each.body, each.position) for each in _of(found, "mastery")), DEFAULT_MASTERY),
    )


def course(entry: Entry) -> Course:
    """What CourseDefined says."""
    body = entry.body
    return Course(
        id=entry.id,
        title=body["title"],
        code=body["code"],
        subject=body["subject"],
        sced=body["sced"],
        level=body["level"],
        credits=Credits(Decimal(body["credits"]["amount"]), body["credits"]["unit"]),
        provider=body["provider"],
        term=term(body["term"]),
        pace=body["pace"],
        scale=body["scale"],
        max_completions=body["max_completions"],
        version=entry.position,
    )


def term(body: Json) -> Term:
    """How a course falls into terms; without a pattern it does not."""
    begins, names = tuple(body.get("begins", ())), tuple(body.get("names", ()))
    return Term(body.get("pattern", "none"), begins, names)


def scale(entry: Entry) -> Scale:
    """What GradingScaleDefined says."""
    weights = {level: Decimal(points) for level, points in entry.body["weights"].items()}
    steps = tuple(map(step, entry.body["steps"]))
    return Scale(entry.id, entry.body["title"], steps, weights, entry.position)


def step(body: Json) -> Step:
    """One grade; it passes and counts unless it says otherwise."""
    least = body.get("min")
    return Step(
        grade=body["grade"],
        min=None if least is None else float(least),
        points=Decimal(body.get("points", "0")),
        passing=body.get("passing", True),
        counts=body.get("counts", True),
    )


def provider(entry: Entry) -> Provider:
    """What ProviderTrusted says, or ProviderRevoked: courses and old lines still show the name."""
    body = entry.body
    authorities, trust = frozenset(body.get("authorities", ())), body.get("trust", "self")
    return Provider(entry.id, body.get("name") or entry.id, authorities, trust, entry.position)


def policy(entry: Entry) -> Policy:
    """What PolicyAdopted says; what it leaves out is as by default."""
    return Policy(
        {**DEFAULT_POLICY.attempts, **entry.body["attempts"]}, entry.body["repeats"], entry.position
    )


def _of(found: Mapping[str, Mapping[str, Entry]], kind: str) -> Iterable[Entry]:
    return found.get(kind, {}).values()


def _alignments(entries: Iterable[Entry]) -> dict[str, tuple[str, ...]]:
    return {each.id: tuple(each.body["competencies"]) for each in entries if each.body["competencies"]}


def _by_authority(providers: Mapping[str, Provider]) -> dict[str, Provider]:
    by_age = sorted(providers.values(), key=lambda each: each.version)
    return {ifi: each for each in by_age for ifi in each.authorities}
