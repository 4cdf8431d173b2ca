"""A framework, statements, and what they come to: through the facts, as the log would make them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid5

import orjson

from lrs.log.event_log import Recorded
from lrs.xapi import actor
from lrs.xapi.vocabulary import Json
from projections.catalogue.model import Catalogue
from projections.competencies import evidence, folding
from projections.competencies.alignment import Alignment
from projections.competencies.claims import Claim
from projections.competencies.evidence import Candidate
from projections.competencies.folding import Folded
from projections.competencies.mastery import Policy
from projections.competencies.shown import Evidence, Shown
from projections.competencies.trees import Tree
from projections.frameworks import model
from projections.frameworks.model import Framework, Frameworks, Item
from projections.testimony.moments import microseconds
from projections.testimony.sources import Sources
from projections.testimony.weighing import Reference, Void
from tests.projections.transcript.builders import IDS, MIRA_IFI, PATHWAY, a_catalogue, recorded, said, the_id

SPACE = "https://case.example/uri/"
NOW = microseconds(datetime(2026, 6, 2, tzinfo=UTC))
TLA = "https://w3id.org/xapi/tla"
EXTENSIONS = f"{TLA}/extensions"
QUESTION = "https://pathway.example/questions/1"

# Below number: fractions and measurement; adding comes after comparing, and area after units and adding.
CHILDREN = {
    "": ("number",),
    "number": ("fractions", "measurement"),
    "fractions": ("compare", "add"),
    "measurement": ("units", "area"),
}
BEFORE = {"add": ("compare",), "area": ("units", "add")}


def identifier(name: str) -> str:
    """The identifier of the item that a test calls by a name; the framework's own is that of nothing."""
    return str(uuid5(IDS, f"item {name}"))


def uri(name: str) -> str:
    return SPACE + identifier(name)


def a_framework(
    children: Mapping[str, Sequence[str]] = CHILDREN, before: Mapping[str, Sequence[str]] = BEFORE
) -> Framework:
    """The framework whose items these are."""
    names = {each for each in children if each} | {each for under in children.values() for each in under}
    items = {
        identifier(each): Item(identifier(each), uri(each), each, f"Can do {each}.", "", identifier(""))
        for each in sorted(names)
    }
    return Framework(identifier(""), "Maths", 1, items, _of_ids(children), _of_ids(before))


def _of_ids(links: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {identifier(one): tuple(map(identifier, several)) for one, several in links.items()}


def all_of(*several: Framework) -> Frameworks:
    return model.frameworks(several or [a_framework()])


def shown(item: str = "add", /, *, verb: str = "answered", typed: bool = False, **more: Any) -> Json:
    """A statement about a question that shows this competency, which its context names."""
    activity: Json = {"id": uri(item)}
    if typed:
        activity["definition"] = {"type": evidence.COMPETENCY, "name": {"en": item}}
    context = {"contextActivities": {"grouping": [{"id": "https://pathway.example/maths-5"}, activity]}}
    return said(verb, more.pop("about", QUESTION), context=context, **more)


def claimed(verb: str, item: str = "add", /, *, extensions: Json | None = None, **more: Any) -> Json:
    """A statement that claims a competency directly; extensions of the TLA by their last word."""
    given = (extensions or {}).items()
    named = {name if ":" in name else f"{EXTENSIONS}/{name}": value for name, value in given}
    context = {"context": {"extensions": named}} if named else {}
    about = {"id": uri(item), "definition": {"type": evidence.COMPETENCY}}
    return said(f"{TLA}/verbs/{verb}", object=more.pop("object", about), **context, **more)


def evidence_of(events: Iterable[Recorded], *, ifis: Sequence[str] = (MIRA_IFI,)) -> Evidence:
    """What reading the rows of these events gives for a learner with these identifiers."""
    rows: dict[str, list[Any]] = {}
    for event in events:
        for table, row in evidence.fold(event):
            rows.setdefault(table, []).append(row)
    hers = {actor.digest(ifi) for ifi in ifis}
    met = sorted((row[3], str(row[2]), *row[4:7]) for row in rows.get("evidence", ()) if row[0] in hers)
    claims = [_claim(*row[1:]) for row in rows.get("claim", ()) if row[0] in hers]
    about = {each[1] for each in met} | {each.statement for each in claims}
    references = [
        Reference(row[1], str(row[2]), str(row[0]), *orjson.loads(row[3]))
        for row in rows.get("reference", ())
        if str(row[0]) in about
    ]
    about |= {each.statement for each in references}
    voids = [
        Void(row[1], str(row[2]), str(row[0]), *orjson.loads(row[3]))
        for row in rows.get("voided", ())
        if str(row[0]) in about
    ]
    ats, statements, *others = zip(*met, strict=True) if met else [()] * 5
    return Evidence(Shown(statements, ats, *others), claims, references, voids)


def _claim(position: int, statement: Any, facts: bytes) -> Claim:
    *others, candidates = orjson.loads(facts)
    return Claim(position, str(statement), *others, [Candidate(*each) for each in candidates])


def made(
    found: Evidence,
    *,
    frameworks: Frameworks | None = None,
    catalogue: Catalogue | None = None,
    policy: Policy | None = None,
    activities: Mapping[str, Sequence[str]] | None = None,
    now: int = NOW,
) -> Folded:
    alignment = Alignment(frameworks or all_of(), activities or {})
    sources = Sources(catalogue or a_catalogue())
    return folding.fold(found, alignment, sources, policy or Policy(), now=now)


def map_of(*statements: Json, **more: Any) -> Folded:
    """What these statements come to, which came in this order."""
    events = [recorded(each, position) for position, each in enumerate(statements, 1)]
    return made(evidence_of(events), **more)


def answers(pattern: str, name: str = "add", **more: Any) -> list[Json]:
    """Right and wrong answers, one a minute."""
    day = more.pop("day", "2026-06-01")
    return [
        shown(
            name,
            result={"success": each == "y"},
            day=f"{day}T12:{minute:02}:00Z",
            about=f"{QUESTION}/{name}/{minute}",
            **more,
        )
        for minute, each in enumerate(pattern)
    ]


def the_tree(framework: Framework | None = None) -> Tree:
    return Tree(framework or a_framework())


__all__ = ["PATHWAY", "recorded", "said", "the_id"]
