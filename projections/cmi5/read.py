"""What was known of courses and registrations at a position? Rows, and the fold that makes sense of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from lrs.cmi5 import nodes, registration
from lrs.cmi5.nodes import Node
from lrs.cmi5.registration import Registration
from lrs.cmi5.said import Said
from lrs.database import arrays, sql
from projections.resource import View

QUERIES = sql.Queries(str(Path(__file__).with_name("queries.py")))
NAME = "cmi5"
# Few moments are asked about again, and a course of 1,000 units takes a few megabytes.
MOST_KEPT = 16
_NOBODY = UUID(int=0)

_kept: dict[tuple[str, str, int, int], tuple[Course, ...]] = {}


@dataclass(frozen=True, slots=True)
class Course:
    """A course as it was imported last; `version` is the position of that."""

    structure: str
    version: int
    sha256: str
    tree: Node


class _Known(NamedTuple):
    said: Said
    voids: Sequence[Sequence[str]]  # the authorities of each statement that voids it


# Whether a statement counts, by its authorities and those of each that voids it.
Counts = Callable[[Sequence[str], Sequence[Sequence[str]]], bool]


def unless_voided(_: Sequence[str], voids: Sequence[Sequence[str]]) -> bool:
    """Every statement counts that nobody has voided."""
    return not voids


def courses(view: View) -> tuple[Course, ...]:
    """All courses as of a view, the newest first."""
    ((last, count),) = _rows(view, "state")
    key = (view.tenant, view.tables[NAME], last, count)
    if (kept := _kept.get(key)) is not None:
        return kept
    found = [
        Course(structure, version, sha256, nodes.tree(orjson.loads(body)))
        for structure, version, sha256, body in _rows(view, "structures")
    ]
    _kept[key] = made = tuple(sorted(found, key=lambda each: -each.version))
    for oldest in list(_kept)[:-MOST_KEPT]:
        _kept.pop(oldest, None)
    return made


def registrations(
    view: View,
    *,
    ifis: Iterable[UUID] = (),
    named: UUID = _NOBODY,
    counts: Counts = unless_voided,
    of_courses: bool = False,
) -> list[Registration]:
    """The registration of this id, or those in which these identifiers are, in the order of their ids.

    Where only those `of_courses` are wanted, the others, which may be many, are not looked at closely.
    """
    by_id: dict[str, list[Said]] = {}
    for known in _said(view, ifis, named):
        if counts(known.said.authorities, known.voids):
            by_id.setdefault(known.said.registration, []).append(known.said)
    if not by_id:
        return []
    trees = [each.tree for each in courses(view)]
    return [
        registration.fold(by_id[each], trees)
        for each in sorted(by_id)
        if not of_courses or registration.course_of(by_id[each], trees)
    ]


def _said(view: View, ifis: Iterable[UUID], named: UUID) -> list[_Known]:
    digests = arrays.uuids_of(each.bytes for each in ifis)
    voids: dict[str, list[list[str]]] = {}
    found: list[Said] = []
    for kind, position, statement, of, text in _rows(view, "said", ifis=digests, registration=named):
        if kind == "void":
            voids.setdefault(statement, []).append(orjson.loads(text))
        else:
            found.append(Said(position, statement, of, *orjson.loads(text)))
    return [_Known(each, voids.get(each.statement, ())) for each in found]


def _rows(view: View, name: str, **parameters: Any) -> list[tuple[Any, ...]]:
    query = QUERIES(view.tenant, name, projection=view.tables[NAME])
    return view.connection.execute(query, {"position": view.position, **parameters}, binary=True).fetchall()
