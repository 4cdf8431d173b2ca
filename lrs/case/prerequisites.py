"""How do prerequisites come into a package? As associations `precedes`, made of edges between its items."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from lrs.case import package as case
from lrs.errors import BadRequest, Fault
from lrs.xapi.vocabulary import Json

_ASSOCIATIONS = UUID("5b7f3b9e-2f0c-4c0e-9d6a-6a54f0a2c9d1")
# What a list may call the item that comes first, the one that comes after it, and what is noted about both.
_BEFORE, _AFTER, _NOTES = ("before", "source"), ("after", "target"), ("notes", "relationship")
_SIGNS = re.compile(r"[\s._:/-]+")


class Edge(NamedTuple):
    """What comes before what, by codes, identifiers or URIs, and where in its list it says so."""

    at: str
    before: str
    after: str
    notes: str


def from_csv(text: str) -> list[Edge]:
    """The edges of a table whose first line names its columns; BadRequest."""
    rows = csv.DictReader(StringIO(text), strict=True)
    try:
        return _edges((f"line {rows.line_num}", row) for row in rows)
    except csv.Error as error:
        raise BadRequest("This is no CSV.", faults=[Fault(f"line {rows.line_num}", str(error))]) from None


def from_json(value: Any) -> list[Edge]:
    """The edges of a list of objects, which may be the one list in an object; BadRequest."""
    lists = (
        [each for each in value.values() if isinstance(each, list)] if isinstance(value, dict) else [value]
    )
    if len(lists) != 1 or not isinstance(lists[0], list):
        raise BadRequest("These are no prerequisites.", faults=[Fault("", "must be a list of objects")])
    return _edges((f"edge {number}", each) for number, each in enumerate(lists[0], 1))


def merged(package: Json, edges: Iterable[Edge]) -> Json:
    """The package with an association for each edge that it does not have; BadRequest with every fault.

    The same package and edges make the same associations, also their identifiers.
    """
    items, joined = _Items(package), []
    faults: list[Fault] = []
    for edge in edges:
        before, after = items.named(edge.before), items.named(edge.after)
        for name, found in ((edge.before, before), (edge.after, after)):
            if len(found) != 1:
                rule = f"{name[:100]!r} names {len(found)} items of the package, not one"
                faults.append(Fault(edge.at, rule))
        joined += [(one, other, edge.notes) for one, other in zip(before, after, strict=False)]
    if faults:
        raise BadRequest("The prerequisites do not fit the package.", faults=faults)
    return _with(package, joined)


def _with(package: Json, joined: Iterable[tuple[Json, Json, str]]) -> Json:
    known = {(each.origin, each.destination) for each in case.links(package, case.PRECEDES)}
    made = []
    for before, after, notes in joined:
        if (ends := (case.identifier(before), case.identifier(after))) not in known:
            made.append(_association(package["CFDocument"], before, after, notes))
            known.add(ends)
    return package | {"CFAssociations": [*case.associations(package), *made]} if made else package


def _edges(rows: Iterable[tuple[str, Any]]) -> list[Edge]:
    found, faults = [], []
    for at, row in rows:
        said = row if isinstance(row, Mapping) else {}
        before, after, notes = (_first(said, names) for names in (_BEFORE, _AFTER, _NOTES))
        if not (before and after):
            faults.append(Fault(at, f"must have {' or '.join(_BEFORE)}, and {' or '.join(_AFTER)}"))
        found.append(Edge(at, before, after, notes))
    if faults:
        raise BadRequest("These are no prerequisites.", faults=faults)
    return found


def _first(row: Mapping[str, Any], names: Iterable[str]) -> str:
    return next((value.strip() for name in names if isinstance(value := row.get(name), str)), "")


class _Items:
    """Which items does a name mean? Exactly those, or else those whose code differs in its signs only."""

    def __init__(self, package: Json) -> None:
        self._exact: dict[str, list[Json]] = {}
        self._alike: dict[str, list[Json]] = {}
        for item in case.items(package):
            code = item.get("humanCodingScheme") or ""
            for name in {code, item["uri"], case.identifier(item)} - {""}:
                self._exact.setdefault(name, []).append(item)
            if code:
                self._alike.setdefault(_alike(code), []).append(item)

    def named(self, name: str) -> list[Json]:
        return self._exact.get(name) or self._exact.get(name.lower()) or self._alike.get(_alike(name), [])


def _alike(code: str) -> str:
    return _SIGNS.sub(".", code).strip(".").casefold()


def _association(document: Json, before: Json, after: Json, notes: str) -> Json:
    ends = case.identifier(document), case.identifier(before), case.identifier(after)
    identifier = str(uuid5(_ASSOCIATIONS, "|".join(ends)))
    association = {
        "identifier": identifier,
        "associationType": case.PRECEDES,
        "uri": f"urn:uuid:{identifier}",
        "originNodeURI": _node(before),
        "destinationNodeURI": _node(after),
        # Not now: the same package and edges are the same version of the framework.
        "lastChangeDateTime": document.get("lastChangeDateTime"),
        "notes": notes,
    }
    return {name: value for name, value in association.items() if value}


def _node(item: Json) -> Json:
    title = item.get("humanCodingScheme") or item["fullStatement"]
    return {"title": title, "identifier": item["identifier"], "uri": item["uri"]}
