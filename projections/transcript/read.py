"""How is a transcript read? A few queries for what was known at a position, and one fold."""

from __future__ import annotations

from collections import defaultdict
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
from projections.transcript import issue, transcript
from projections.transcript.contribution import Contribution
from projections.transcript.evidence import Conclusion, Decision, Evidence, Issue, Reference, Void
from projections.transcript.trust import Sources

QUERIES = sql.Queries(str(Path(__file__).with_name("queries.py")))
SCHEMA: Json = orjson.loads(Path(__file__).with_name("schema").joinpath("transcript.json").read_bytes())
NAME = "transcript"


@dataclass(frozen=True, slots=True)
class Learner:
    """Who she is (`learner` of the document), and the digests of the identifiers that are hers."""

    about: Json
    ifis: Sequence[UUID]


_Found = defaultdict[str, list[tuple[int, str, str, list[Any]]]]
# The learner of this id as of a view, or NotFound; the catalogue as of a view.
Who = Callable[[View, str], Learner]
Courses = Callable[[View], Catalogue]
# What follows for the learner from statements that are believed.
Concluded = Callable[[View, Sequence[UUID], Sources], Sequence[Conclusion]]


def resource(
    who: Who,
    courses: Courses,
    concluded: Concluded,
    *,
    projections: tuple[str, ...] = ("learners", "catalogue", "cmi5"),
) -> Resource:
    """The transcript as what can be asked for; all that is not of its own comes from those `projections`."""

    def read(view: View, asked: Mapping[str, str]) -> Json:
        return document(view, asked["learner"], who, courses, concluded)

    return Resource(
        path="/learners/{learner}/transcript",
        summary="What a learner has earned, is at, and has claimed, with the basis of every line.",
        need="transcripts/read",
        projections=(NAME, *projections),
        read=read,
        schema=SCHEMA,
    )


def document(view: View, learner: str, who: Who, courses: Courses, concluded: Concluded) -> Json:
    """The transcript of a learner at the position of a view; NotFound where nobody is known by this id."""

    def at(then: View) -> tuple[Json, Evidence]:
        known, catalogue = who(then, learner), courses(then)
        evidence = gather(then, UUID(known.about["id"]), known.ifis, catalogue)
        evidence = replace(evidence, conclusions=concluded(then, known.ifis, Sources(catalogue)))
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
    found = _rows(view, "evidence", ifis=_digests(ifis), learner=learner)
    contributions = [Contribution(at, statement, *facts) for at, statement, _, facts in found["contribution"]]
    further = _references(view, contributions, Sources(catalogue))
    return Evidence(
        contributions,
        [Reference(at, statement, target, *facts) for at, statement, target, facts in further["reference"]],
        [Void(at, by, target, *facts) for at, by, target, facts in (*found["void"], *further["void"])],
        [Decision(at, *facts) for at, _, _, facts in found["decision"]],
        [Issue(at, *facts) for at, _, _, facts in found["issue"]],
    )


def _references(view: View, contributions: Iterable[Contribution], sources: Sources) -> _Found:
    """Only of what needs somebody to verify it, which is little."""
    needy = [each.statement for each in contributions if not sources.of(each.authorities).rank]
    return _rows(view, "references", targets=_ids(needy)) if needy else defaultdict(list)


def _rows(view: View, name: str, **parameters: Any) -> _Found:
    """What the tables of the view's build say, by kind: position, statement, target, and the facts."""
    query = QUERIES(view.tenant, name, projection=view.tables[NAME])
    wanted = parameters | {"position": view.position}
    found: _Found = defaultdict(list)
    for kind, position, statement, target, facts in view.connection.execute(query, wanted, binary=True):
        found[kind].append((position, statement, target, orjson.loads(facts)))
    return found


def _digests(ifis: Iterable[UUID]) -> arrays.UuidArray:
    return arrays.uuids_of(each.bytes for each in ifis)


def _ids(statements: Iterable[str]) -> arrays.UuidArray:
    return arrays.uuids_of(arrays.sixteen(each) for each in statements)
