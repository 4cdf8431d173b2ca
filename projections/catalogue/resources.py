"""What can be asked about the catalogue? All of it, or one thing, with the position that it stands at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from lrs.errors import NotFound
from lrs.xapi import actor
from projections.catalogue.mastery import Mastery
from projections.catalogue.model import Catalogue, Course, Policy, Provider, Scale, Step
from projections.catalogue.read import NAME, catalogue_at
from projections.resource import Json, Resource, View

T = TypeVar("T")


def whole(catalogue: Catalogue) -> Json:
    """Everything, each thing under its kind."""
    activities: dict[str, list[str]] = {}
    for iri, of in catalogue.activities.items():
        activities.setdefault(of, []).append(iri)
    return {
        "providers": [provider(each) for each in _sorted(catalogue.providers_by_id)],
        "scales": [scale(each) for each in _sorted(catalogue.scales)],
        "courses": [course(each, activities.get(each.id, ())) for each in _sorted(catalogue.courses)],
        "alignments": [_aligned(*each) for each in sorted(catalogue.alignments.items())],
        "policy": policy(catalogue.policy),
        "mastery": mastery(catalogue.mastery),
        "version": catalogue.position,
    }


def course(found: Course, activities: Iterable[str]) -> Json:
    """A course, and the activities that belong to it."""
    return {
        "course": found.id,
        "title": found.title,
        "code": found.code,
        "subject": found.subject,
        "sced": found.sced,
        "level": found.level,
        "credits": {"amount": str(found.credits.amount), "unit": found.credits.unit},
        "provider": found.provider,
        "term": {
            "pattern": found.term.pattern,
            "begins": list(found.term.begins),
            "names": list(found.term.names),
        },
        "pace": found.pace,
        "scale": found.scale,
        "max_completions": found.max_completions,
        "activities": sorted(activities),
        "version": found.version,
    }


def provider(found: Provider) -> Json:
    """A provider, and the authorities that its statements carry."""
    authorities = [actor.agent(ifi) for ifi in sorted(found.authorities)]
    known = {"provider": found.id, "name": found.name, "trust": found.trust}
    return known | {"authorities": authorities, "version": found.version}


def scale(found: Scale) -> Json:
    """A grading scale, highest grade first."""
    weights = {level: str(points) for level, points in sorted(found.weights.items())}
    known = {"scale": found.id, "title": found.title, "steps": [_step(each) for each in found.steps]}
    return known | {"weights": weights, "version": found.version}


def policy(found: Policy) -> Json:
    """The policy; version 0 is the one that holds until another is adopted."""
    return {"attempts": dict(found.attempts), "repeats": found.repeats, "version": found.version}


def mastery(found: Mastery) -> Json:
    """How mastery is estimated; version 0 is what holds until a policy of it is adopted."""
    known = {"method": found.method, "parameters": dict(found.parameters)}
    return known | {"cut": found.cut, "needed": found.needed, "version": found.version}


def _aligned(activity: str, competencies: Iterable[str]) -> Json:
    return {"activity": activity, "competencies": list(competencies)}


def _step(step: Step) -> Json:
    return {
        "grade": step.grade,
        "min": step.min,
        "points": str(step.points),
        "passing": step.passing,
        "counts": step.counts,
    }


def _sorted(things: Mapping[str, T]) -> list[T]:
    return [things[name] for name in sorted(things)]


def _one(things: Mapping[str, T], kind: str, asked: Mapping[str, str]) -> T:
    try:
        return things[asked[kind]]
    except KeyError:
        raise NotFound(f"There is no {kind} {asked[kind][:100]}.") from None


def _activity(catalogue: Catalogue, asked: Mapping[str, str]) -> Json:
    iri = asked["activity"]
    if iri not in catalogue.activities:
        raise NotFound("This activity belongs to no course.")
    return {"activity": iri, "course": catalogue.activities[iri]}


def _alignment(catalogue: Catalogue, asked: Mapping[str, str]) -> Json:
    iri = asked["activity"]
    if iri not in catalogue.alignments:
        raise NotFound("This activity is aligned with no competency.")
    return _aligned(iri, catalogue.alignments[iri])


def _resource(path: str, summary: str, tell: Callable[[Catalogue, Mapping[str, str]], Json]) -> Resource:
    def read(view: View, asked: Mapping[str, str]) -> Json:
        return tell(catalogue_at(view), asked)

    parameters = [_IRI] if path.endswith(("/activities", "/alignments")) else []
    return Resource(path, summary, "transcripts/read", (NAME,), read, parameters, learner="", personal=False)


_IRI: Json = {
    "name": "activity",
    "in": "query",
    "required": True,
    "description": "The activity, by its IRI.",
    "schema": {"type": "string"},
}

RESOURCES = (
    _resource("/catalogue", "What is on offer, and what it counts.", lambda all_, _: whole(all_)),
    _resource(
        "/catalogue/providers/{provider}",
        "Who a provider is, and how far it is trusted.",
        lambda all_, asked: provider(_one(all_.providers_by_id, "provider", asked)),
    ),
    _resource(
        "/catalogue/scales/{scale}",
        "Which scores are which grades.",
        lambda all_, asked: scale(_one(all_.scales, "scale", asked)),
    ),
    _resource(
        "/catalogue/courses/{course}",
        "What a course is called and worth, and its activities.",
        lambda all_, asked: course(
            _one(all_.courses, "course", asked),
            (iri for iri, of in all_.activities.items() if of == asked["course"]),
        ),
    ),
    _resource("/catalogue/activities", "Which course an activity belongs to.", _activity),
    _resource("/catalogue/alignments", "Which competencies an activity shows.", _alignment),
    _resource(
        "/catalogue/policy", "Which attempts and which lines count.", lambda all_, _: policy(all_.policy)
    ),
    _resource("/catalogue/mastery", "How mastery is estimated.", lambda all_, _: mastery(all_.mastery)),
)
