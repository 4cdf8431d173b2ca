"""What was known of a learner, or of many, at the position of a view? Rows become evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from lrs.database import arrays, sql
from projections.competencies import naming
from projections.competencies.claims import Claim
from projections.competencies.evidence import Candidate
from projections.competencies.folding import Folded
from projections.competencies.shown import Evidence, Shown
from projections.resource import View
from projections.testimony.sources import Sources
from projections.testimony.weighing import Reference, Void

QUERIES = sql.Queries(str(Path(__file__).with_name("queries.py")))
NAME = "competencies"
# Of so many statements one looks whether they are hers, which others have spoken of since.
MOST_SPOKEN_OF = 1_000

Row = tuple[Any, ...]


def gather(view: View, ifis: Iterable[UUID], sources: Sources) -> Evidence:
    """What was known of these identifiers, which are one learner's."""
    rows = _Rows(view, ifis)
    ((*columns,),) = rows("shown")
    shown = Shown(*(each or () for each in columns))
    claims = [_claim(*row) for _, *row in rows("claims")]
    references = rows.references(_needy(shown, claims, sources))
    return Evidence(shown, claims, references, rows.voids(references))


def gather_each(view: View, groups: Sequence[Sequence[UUID]], sources: Sources) -> Iterator[Evidence]:
    """The same for many learners at once; voids and references may be those of others too."""
    rows = _Rows(view, [ifi for group in groups for ifi in group])
    shown = {ifi: Shown(*columns) for ifi, *columns in rows("shown_by_each")}
    claims: dict[UUID, list[Claim]] = {}
    for ifi, *row in rows("claims"):
        claims.setdefault(ifi, []).append(_claim(*row))
    needy = [
        one
        for group in groups
        for ifi in group
        for one in _needy(shown.get(ifi, Shown()), claims.get(ifi, ()), sources)
    ]
    references = rows.references(needy)
    voids = rows.voids(references)
    for group in groups:
        hers = [shown[ifi] for ifi in group if ifi in shown]
        said = [each for ifi in group for each in claims.get(ifi, ())]
        yield Evidence(Shown.together(hers), said, references, voids)


class News(NamedTuple):
    """What has become known of a learner since a position.

    `claimed` is whether anything was said directly of her, or of what the news show. `spoken_of` are the
    statements, whoever's, that were voided or verified; None where they are too many to tell.
    """

    shown: Shown
    claimed: bool
    spoken_of: Sequence[str] | None


def news(view: View, ifis: Iterable[UUID], since: int) -> News:
    """What has become known of these identifiers after a position."""
    ((*columns, claimed, spoken_of),) = _Rows(view, ifis)("news", since=since, most=MOST_SPOKEN_OF + 1)
    few = spoken_of is None or len(spoken_of) <= MOST_SPOKEN_OF
    return News(Shown(*(each or () for each in columns)), claimed, (spoken_of or ()) if few else None)


def everybody(view: View) -> list[tuple[UUID, int]]:
    """The identifiers of whom anything is known, and how many pieces of evidence and claims."""
    return [(ifi, pieces) for ifi, pieces in _Rows(view, ())("everybody")]


def names(view: View, ifis: Iterable[UUID], folded: Folded, wanted: Iterable[str]) -> dict[str, Any]:
    """What statements call these competencies, which no framework has: IRI and name."""
    missing = set(wanted)
    called: dict[str, Any] = {}
    for said in (each.said for one in missing & folded.claims.keys() for each in folded.claims[one]):
        called |= {_identifier(iri): (iri, name) for _, iri, _, name in said.candidates}
    last = (folded.numbers[one][-1] for one in missing if one in folded.numbers)
    statements = [folded.shown.statements[number] for number in last]
    if statements:
        for (text,) in _Rows(view, ifis)("named", statements=_ids(statements)):
            called |= {_identifier(iri): (iri, name) for iri, name in orjson.loads(text)}
    return {one: called.get(one, ("", None)) for one in missing}


def _identifier(iri: str) -> str:
    return naming.identifier(naming.key(iri))


def _claim(position: int, statement: str, facts: bytes) -> Claim:
    *others, candidates = orjson.loads(facts)
    return Claim._make([position, statement, *others, [Candidate(*each) for each in candidates]])


def _needy(shown: Shown, claims: Iterable[Claim], sources: Sources) -> list[str]:
    """What needs somebody to verify it, and goals, which somebody may have ended: little of it all."""
    trusted = {text: sources.of(orjson.loads(text)).rank > 0 for text in set(shown.authorities)}
    needy: list[str] = []
    if not all(trusted.values()):
        pairs = zip(shown.statements, shown.authorities, strict=True)
        needy = [statement for statement, authority in pairs if not trusted[authority]]
    said = [each for each in claims if each.kind == "planned" or not sources.of(each.authorities).rank]
    return needy + [each.statement for each in said]


class _Rows:
    """Asks the tables of the view's build about these identifiers."""

    def __init__(self, view: View, ifis: Iterable[UUID]) -> None:
        self._view = view
        self._ifis = arrays.uuids_of(each.bytes for each in ifis)

    def __call__(self, name: str, **parameters: Any) -> list[Row]:
        view = self._view
        query = QUERIES(view.tenant, name, projection=view.tables[NAME])
        given: Mapping[str, Any] = {"position": view.position, "ifis": self._ifis, **parameters}
        return view.connection.execute(query, given, binary=True).fetchall()

    def references(self, statements: Sequence[str]) -> list[Reference]:
        """To these statements."""
        return [
            Reference(position, statement, target, *orjson.loads(facts))
            for position, statement, target, facts in (
                self("references", targets=_ids(statements)) if statements else ()
            )
        ]

    def voids(self, references: Iterable[Reference]) -> list[Void]:
        """Of all that is known of these identifiers, and of these references."""
        others = _ids(each.statement for each in references)
        return [
            Void(position, statement, target, *orjson.loads(facts))
            for position, statement, target, facts in self("voids", others=others)
        ]


def _ids(statements: Iterable[str]) -> arrays.UuidArray:
    return arrays.uuids_of(arrays.sixteen(each) for each in statements)
