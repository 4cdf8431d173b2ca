"""What does the text of a catalogue mean as events, and events as text?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from uuid import UUID

from lrs.log.events import (
    ActivityAligned,
    ActivityMapped,
    CourseDefined,
    Event,
    GradingScaleDefined,
    MasteryPolicyAdopted,
    PolicyAdopted,
    ProviderRevoked,
    ProviderTrusted,
)
from lrs.registrar import mastery, names
from lrs.registrar.check import pointer
from lrs.registrar.names import Kind
from lrs.xapi import actor
from lrs.xapi.vocabulary import Json

# The sections of a catalogue, in the order in which they refer to each other.
SECTIONS: dict[str, Kind] = {
    "providers": "provider",
    "scales": "scale",
    "courses": "course",
    "activities": "activity",
    "alignments": "alignment",
    "policy": "policy",
    "mastery": "mastery",
}
# Of these there is one, without a name.
SINGLE: frozenset[Kind] = frozenset({"policy", "mastery"})
KINDS = (
    ProviderTrusted, ProviderRevoked, GradingScaleDefined, CourseDefined, ActivityMapped, ActivityAligned,
    PolicyAdopted, MasteryPolicyAdopted,
)  # fmt: skip
REVOKED = "revoked"


class Entry(NamedTuple):
    """One thing that a catalogue speaks of, where, and what it says."""

    kind: Kind
    id: str
    at: str
    body: Any

    @property
    def stream(self) -> UUID:
        """Where its events are."""
        return names.stream(self.kind, self.id)

    def event(self, by: str) -> Event:
        """What happens when it is adopted; its body breaks no rule."""
        return _EVENTS[self.kind](self.id, self.body, by)


def split(catalogue: Json) -> list[Entry]:
    """The things of a catalogue, in the order in which they refer to each other."""
    found = []
    for section, kind in SECTIONS.items():
        if kind in SINGLE and section in catalogue:
            found.append(Entry(kind, "", pointer(section), catalogue[section]))
        elif isinstance(part := catalogue.get(section), dict):
            found += [Entry(kind, each, pointer(section, each), body) for each, body in part.items()]
    return found


def joined(events: Iterable[Event]) -> Json:
    """The catalogue that these events tell of, in a fixed order."""
    catalogue: Json = {}
    for event in events:
        kind, name, body = _text(event)
        section = next(section for section, each in SECTIONS.items() if each == kind)
        if kind in SINGLE:
            catalogue[section] = body
        elif body is not None:
            catalogue.setdefault(section, {})[name] = body
    return {
        section: catalogue[section] if kind in SINGLE else dict(sorted(catalogue[section].items()))
        for section, kind in SECTIONS.items()
        if section in catalogue
    }


def _provider(name: str, body: Json, by: str) -> Event:
    if body["trust"] == REVOKED:
        return ProviderRevoked(name, by, body.get("reason", ""), body["name"])
    authorities = sorted({actor.ifi(each) or "" for each in body.get("authorities", ())})
    return ProviderTrusted(name, body["name"], authorities, body["trust"], by)


def _scale(name: str, body: Json, by: str) -> Event:
    return GradingScaleDefined(
        name, body["title"], [_step(each) for each in body["steps"]], body.get("weights", {}), by
    )


def _step(body: Json) -> Json:
    return {"min": None, "points": "0", "passing": True, "counts": True, **body}


def _course(name: str, body: Json, by: str) -> Event:
    return CourseDefined(**{**_DEFAULT_COURSE, **body}, course=name, by=by)


_DEFAULT_COURSE: Json = {
    "code": "",
    "subject": "",
    "sced": "",
    "level": "",
    "term": {"pattern": "none"},
    "pace": "self-paced",
    "max_completions": 1,
}


def _activity(iri: str, body: str | None, by: str) -> Event:
    return ActivityMapped(iri, body, by)


def _alignment(iri: str, body: list[str] | None, by: str) -> Event:
    return ActivityAligned(iri, sorted(set(body or ())), by)


def _policy(_: str, body: Json, by: str) -> Event:
    return PolicyAdopted(body["attempts"], body["repeats"], by)


def _mastery(_: str, body: Json, by: str) -> Event:
    parameters = mastery.parameters(body["method"], body.get("parameters", {}))
    cut, needed = body.get("cut", mastery.CUT), body.get("needed", mastery.NEEDED)
    return MasteryPolicyAdopted(body["method"], parameters, float(cut), int(needed), by)


_EVENTS: dict[Kind, Callable[[str, Any, str], Event]] = {
    "provider": _provider,
    "scale": _scale,
    "course": _course,
    "activity": _activity,
    "alignment": _alignment,
    "policy": _policy,
    "mastery": _mastery,
}


def _text(event: Event) -> tuple[Kind, str, Any]:
    match event:
        case ProviderTrusted(provider, name, authorities, trust):
            agents = [actor.agent(each) for each in authorities]
            return "provider", provider, {"name": name, "trust": trust, "authorities": agents}
        case ProviderRevoked(provider, reason=reason, name=name):
            return "provider", provider, {"name": name or provider, "trust": REVOKED, "reason": reason}
        case GradingScaleDefined(scale, title, steps, weights):
            return "scale", scale, {"title": title, "steps": list(map(_plain, steps)), "weights": weights}
        case CourseDefined(course):
            return "course", course, {name: getattr(event, name) for name in _COURSE}
        case _:
            return _further_text(event)


def _further_text(event: Event) -> tuple[Kind, str, Any]:
    match event:
        case ActivityMapped(activity, course):
            return "activity", activity, course
        case ActivityAligned(activity, competencies):
            return "alignment", activity, competencies or None
        case PolicyAdopted(attempts, repeats):
            return "policy", "", {"attempts": _sorted(attempts), "repeats": repeats}
        case MasteryPolicyAdopted(method, parameters, cut, needed):
            known = {"method": method, "parameters": _sorted(parameters)}
            return "mastery", "", known | {"cut": cut, "needed": needed}
        case _:
            raise TypeError(event.topic)


_COURSE = (
    "title", "code", "subject", "sced", "level", "credits", "provider", "term", "pace", "scale",
    "max_completions",
)  # fmt: skip


def _plain(step: Json) -> Json:
    order = ("grade", "min", "points", "passing", "counts")
    return {name: step[name] for name in order if step.get(name) is not None}


def _sorted(part: Json) -> Json:
    return dict(sorted(part.items()))
