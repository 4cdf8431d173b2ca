"""How is a transcript read? A few queries for what was known at a position, and one fold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from lrs.database import arrays, sql
from lrs.errors import NotFound
from lrs.xapi.vocabulary import Json
from projections.catalogue.model import Catalogue
from projections.resource import Resource, View
from projections.testimony.sources import Sources
from projections.testimony.weighing import Reference, Void
from projections.transcript import issue, transcript
from projections.transcript.contribution import Contribution
from projections.transcript.evidence import Decision, Evidence, Issue

QUERIES = sql.Queries(str(Path(__file__).with_name("queries.py")))
SCHEMA: Json = orjson.loads(Path(__file__).with_name("schema").joinpath("transcript.json").read_bytes())
NAME = "transcript"


@dataclass(frozen=True, slots=True)
class Learner:
    """Who she is (`learner` of the document), and the digests of the identifiers that are hers."""

    about: Json
    ifis: Sequence[UUID]


# The learner of this id as of a view, or NotFound; the catalogue as of a view.
Who = Callable[[View, str], Learner]
Courses = Callable[[View], Catalogue]


def resource(
    who: Who, courses: Courses, *, projections: tuple[str, ...] = ("learners", "catalogue")
) -> Resource:
    """The transcript as what can be asked for; learners and catalogue come from those `projections`."""

    def read(view: View, asked: Mapping[str, str]) -> Json:
        return document(view, asked["learner"], who, courses)

    return Resource(
        path="/learners/{learner}/transcript",
        summary="What a learner has earned, is at, and has claimed, with the basis of every line.",
        need="transcripts/read",
        projections=(NAME, *projections),
        read=read,
        schema=SCHEMA,
    )


def document(view: View, learner: str, who: Who, courses: Courses) -> Json:
    """The transcript of a learner at the position of a view; NotFound where nobody is known by this id."""

    def at(then: View) -> tuple[Json, Evidence]:
        known, catalogue = who(then, learner), courses(then)
        evidence = gather(then, UUID(known.about["id"]), known.ifis, catalogue)
        folded = transcript.fold(known.about, evidence, catalogue, position=then.position, as_of=then.time)
        return folded, evidence

    def before(position: int) -> Json:
        try:
            return at(replace(view, position=min(position, view.position)))[0]
        except NotFound:  # it was issued for a time at which nobody knew her
            return {}

    now, evidence = at(view)
    return issue.seal(now, evidence.issues, before)


def gather(view: View, learner: UUID, ifis: Iterable[UUID], catalogue: Catalogue) -> Evidence:
    """What was known at the position of a view."""
    found = _Rows(view)
    contributions = [
        Contribution(position, statement, *orjson.loads(facts))
        for position, statement, facts in found("contributions", ifis=_digests(ifis))
    ]
    references = _references(found, contributions, Sources(catalogue))
    said = [each.statement for each in contributions] + [each.statement for each in references]
    return Evidence(
        contributions,
        references,
        [
            Void(position, statement, target, *orjson.loads(facts))
            for position, statement, target, facts in found("voids", targets=_ids(said))
        ],
        [Decision(position, *orjson.loads(facts)) for position, facts in found("decisions", learner=learner)],
        [Issue(position, *orjson.loads(facts)) for position, facts in found("issues", learner=learner)],
    )


def _references(found: _Rows, contributions: Iterable[Contribution], sources: Sources) -> list[Reference]:
    """Only of what needs somebody to verify it, which is little."""
    needy = [each.statement for each in contributions if not sources.of(each.authorities).rank]
    return [
        Reference(position, statement, target, *orjson.loads(facts))
        for position, statement, target, facts in (found("references", targets=_ids(needy)) if needy else ())
    ]


class _Rows:
    """Asks the tables of the view's build."""

    def __init__(self, view: View) -> None:
        self._view = view

    def __call__(self, name: str, **parameters: Any) -> list[tuple[Any, ...]]:
        view = self._view
        query = QUERIES(view.tenant, name, projection=view.tables[NAME])
        return view.connection.execute(
            query, parameters | {"position": view.position}, binary=True
        ).fetchall()


def _digests(ifis: Iterable[UUID]) -> arrays.UuidArray:
    return arrays.uuids_of(each.bytes for each in ifis)


def _ids(statements: Iterable[str]) -> arrays.UuidArray:
    return arrays.uuids_of(arrays.sixteen(each) for each in statements)
