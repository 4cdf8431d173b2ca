"""Which rules of a catalogue can a schema not say? Those about several values, or several entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from uuid import UUID

from lrs.errors import Fault
from lrs.log.events import ProviderTrusted
from lrs.log.streams import Place
from lrs.registrar import check, mastery, names
from lrs.registrar.check import pointer
from lrs.registrar.entries import REVOKED, Entry
from lrs.registrar.names import Kind
from lrs.xapi import actor
from lrs.xapi.vocabulary import Json


def of(entry: Entry) -> Iterator[Fault]:
    """What is wrong with one entry whose shape is right."""
    match entry.kind:
        case "provider":
            yield from _provider(entry.body, entry.at)
        case "scale":
            yield from _steps(entry.body["steps"], entry.at + "/steps")
        case "course":
            yield from _term(entry.body.get("term", {"pattern": "none"}), entry.at + "/term")
        case "mastery":
            yield from mastery.faults(entry.body, entry.at)


def references(entries: Sequence[Entry]) -> Iterator[tuple[str, Kind, str]]:
    """What the entries refer to: where, the kind of thing, and its id."""
    for entry in entries:
        if entry.kind == "course":
            yield entry.at + "/provider", "provider", entry.body["provider"]
            yield entry.at + "/scale", "scale", entry.body["scale"]
        elif entry.kind == "activity" and entry.body is not None:
            yield entry.at, "course", entry.body


def unknown(entries: Sequence[Entry], ids: set[UUID]) -> list[Fault]:
    """The references to what is not there."""
    return [
        Fault(at, f"there is no {kind} {name}: define it before, or in the same file")
        for at, kind, name in references(entries)
        if names.stream(kind, name) not in ids
    ]


def claimed(entries: Sequence[Entry], trusted: Iterable[Place]) -> list[Fault]:
    """The authorities that are those of another provider already; a statement has one provider."""
    wanted = {each.id: each for each in entries if each.kind == "provider"}
    owners: dict[str, str] = {}
    for place in trusted:
        if isinstance(place.event, ProviderTrusted) and place.event.provider not in wanted:
            owners |= dict.fromkeys(place.event.authorities, place.event.provider)
    faults = []
    for provider, entry in wanted.items():
        for at, ifi in _authorities(entry.body, entry.at):
            if owners.setdefault(ifi, provider) != provider:
                faults.append(Fault(at, f"is an authority of provider {owners[ifi]} already"))
    return faults


def _provider(body: Json, at: str) -> Iterator[Fault]:
    if body["trust"] == REVOKED and body.get("authorities"):
        yield Fault(at + "/authorities", "must be left out: who is revoked is trusted in no statement")
    for number, each in enumerate(body.get("authorities", ())):
        yield from check.agent(each, at + pointer("authorities", number))


def _authorities(body: Mapping[str, list[Json]], at: str) -> Iterator[tuple[str, str]]:
    for number, each in enumerate(body.get("authorities", ())):
        if not check.agent(each, at):
            yield at + pointer("authorities", number), actor.ifi(each) or ""


def _steps(steps: list[Json], at: str) -> Iterator[Fault]:
    grades = [each["grade"] for each in steps]
    for number, grade in enumerate(grades):
        if grade in grades[:number]:
            yield Fault(at + pointer(number, "grade"), f"stands twice: {grade}")
    scored = [(number, each["min"]) for number, each in enumerate(steps) if each.get("min") is not None]
    for (_, higher), (number, lower) in pairwise(scored):
        if lower >= higher:
            yield Fault(at + pointer(number, "min"), f"must be below {higher}: the highest grade comes first")
    if scored and scored[-1][1] > 0:
        rule = "must be 0 in the last step that has one: every score has a grade, or none"
        yield Fault(at + pointer(scored[-1][0], "min"), rule)


def _term(term: Json, at: str) -> Iterator[Fault]:
    begins, named = term.get("begins", []), term.get("names", [])
    match term["pattern"]:
        case "terms":
            if not begins or len(begins) != len(named):
                yield Fault(at, "needs begins and names, as many of the one as of the other")
        case "year":
            if len(begins) != 1 or named:
                yield Fault(at, "needs one day in begins, and no names")
        case _:
            if begins or named:
                yield Fault(at, "has begins and names only where the pattern is year or terms")
    if len(set(begins)) != len(begins) or len(set(named)) != len(named):
        yield Fault(at, "must not have the same day or name twice")
