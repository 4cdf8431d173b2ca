"""How is a transcript read? A few queries for what was known at a position, and one fold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from lrs.database import arrays, sql
from lrs.errors import NotFound
from lrs.xapi.vocabulary import Json
from projections.catalogue.model import Catalogue
from projections.learners.read import Learner
from projections.resource import Resource, View
from projections.testimony.sources import Sources
from projections.testimony.weighing import Reference, Void
from projections.transcript import issue, transcript
from projections.transcript.contribution import Contribution
from projections.transcript.evidence import Conclusion, Decision, Evidence, Issue

QUERIES = sql.Queries(str(Path(__file__).with_name("queries.py")))
SCHEMA, ISSUE_SCHEMA = (
    orjson.loads(Path(__file__).with_name("schema").joinpath(name).read_bytes())
    for name in ("transcript.json", "issue.json")
)
NAME = "transcript"


_Found = defaultdict[str, list[tuple[int, str, str, Any]]]
# The learner of this id as of a view, or NotFound; the catalogue as of a view.
Who = Callable[[View, str], Learner]
Courses = Callable[[View], Catalogue]
# What follows for the learner from statements that are believed.
Concluded = Callable[[View, Sequence[UUID], Sources], Sequence[Conclusion]]


class Beside(NamedTuple):
    """What a transcript needs of other projections."""

    who: Who
    courses: Courses
    concluded: Concluded


def resources(
    beside: Beside, *, projections: tuple[str, ...] = ("learners", "catalogue", "cmi5")
) -> tuple[Resource, Resource]:
    """A transcript, and one that went out; all that is not of its own comes from those `projections`."""

    def read(view: View, asked: Mapping[str, str]) -> Json:
        now, evidence = folded(view, asked["learner"], beside)
        return issue.seal(now, evidence.issues)

    def read_issue(view: View, asked: Mapping[str, str]) -> Json:
        return _issued(view, asked["learner"], asked["issue"], beside)

    return Resource(
        path="/learners/{learner}/transcript",
        summary="What a learner has earned, is at, and has claimed, with the basis of every line.",
        need="transcripts/read",
        projections=(NAME, *projections),
        read=read,
        schema=SCHEMA,
    ), Resource(
        path="/learners/{learner}/transcript/issues/{issue}",
        summary="A transcript that went out: whether it still stands, and what has changed since.",
        need="transcripts/read",
        projections=(NAME, *projections),
        read=read_issue,
        schema=ISSUE_SCHEMA,
    )


def _issued(view: View, learner: str, under: str, beside: Beside) -> Json:
    """A transcript that went out under this id, compared with now; NotFound where none did."""
    now, evidence = folded(view, learner, beside)
    found = issue_under(evidence, under)
    try:
        then, _ = folded(replace(view, position=min(found.of, view.position)), learner, beside)
    except NotFound:  # it was issued for a time at which nobody knew her
        then = {}
    return issue.compared(found, then, now)


def issue_under(evidence: Evidence, under: str) -> Issue:
    """What went out under this id first; NotFound where nothing did."""
    for each in evidence.issues:
        if each.transcript == under.lower():
            return each
    raise NotFound(f"No transcript of this learner went out under the id {under[:100]}.")


def folded(view: View, learner: str, beside: Beside) -> tuple[Json, Evidence]:
    """What is known at the position of a view; NotFound where nobody is known by this id."""
    known, catalogue = beside.who(view, learner), beside.courses(view)
    evidence = gather(view, UUID(known.about["id"]), known.ifis, catalogue)
    evidence = replace(evidence, conclusions=beside.concluded(view, known.ifis, Sources(catalogue)))
    folded = transcript.fold(known.about, evidence, catalogue, position=view.position, as_of=view.time)
    return folded, evidence


def gather(view: View, learner: UUID, ifis: Iterable[UUID], catalogue: Catalogue) -> Evidence:
    """What was known at the position of a view."""
    found = _rows(view, "evidence", ifis=_digests(ifis), learner=learner)
    contributions = _contributions(found)
    further = _references(view, contributions, Sources(catalogue))
    return Evidence(
        contributions,
        [Reference(at, statement, target, *facts) for at, statement, target, facts in further["reference"]],
        [Void(at, by, target, *facts) for at, by, target, facts in (*found["void"], *further["void"])],
        [Decision(at, *facts) for at, _, _, facts in found["decision"]],
        [Issue(at, *facts) for at, _, _, facts in found["issue"]],
    )


def _contributions(found: _Found) -> list[Contribution]:
    """Each with its own facts, or with those that it shares."""
    shared = {at: facts for at, _, _, facts in found["shared"]}
    return [
        Contribution(at, statement, as_member, *(shared[at] if facts is None else facts))
        for kind, as_member in (("actor", False), ("member", True))
        for at, statement, _, facts in found[kind]
    ]


def _references(view: View, contributions: Iterable[Contribution], sources: Sources) -> _Found:
    """Only of what needs somebody to verify it, which is little."""
    needy = [each.statement for each in contributions if not sources.of(each.authorities).rank]
    return _rows(view, "references", targets=_ids(needy)) if needy else defaultdict(list)


def _rows(view: View, name: str, **parameters: Any) -> _Found:
    """What the tables of the view's build say, by kind: position, statement, target, and the facts."""
    query = QUERIES(view.tenant, name, projection=view.tables[NAME])
    wanted = parameters | {"position": view.position}
    found: _Found = defaultdict(list)
    rows = view.connection.execute(query, wanted, binary=True).fetchall()
    for kind, position, statement, target, facts in rows:
        said = None if facts is None else orjson.loads(facts)
        found[kind].append((position, statement, target, said))
    return found


def _digests(ifis: Iterable[UUID]) -> arrays.UuidArray:
    return arrays.uuids_of(each.bytes for each in ifis)


def _ids(statements: Iterable[str]) -> arrays.UuidArray:
    return arrays.uuids_of(arrays.sixteen(each) for each in statements)
