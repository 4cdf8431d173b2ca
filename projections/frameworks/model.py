"""What does a framework say? Its items, their tree, and what must be known before what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lrs.case import package as case
from lrs.xapi.vocabulary import Json

_DIGITS = re.compile(r"(\d+)", re.ASCII)
# The place among its siblings of an item that has none.
_LAST = float("inf")


@dataclass(frozen=True, slots=True)
class Item:
    """A competency: one CFItem; `identifier` is a lower-case UUID, and what the item lacks is empty."""

    identifier: str
    uri: str
    code: str
    statement: str
    kind: str
    framework: str


@dataclass(frozen=True, slots=True)
class Framework:
    """One CFPackage; `version` is the position of its import.

    `items` are by identifier, in the package's order. `children` are those of a parent (isChildOf), by their
    sequence and then by their code; the roots stand under the framework's own id, and so do items without a
    parent. `prerequisites` of an item are what must be known before it (precedes), and never go in a circle.
    All of these are identifiers, and all of the framework's own items.
    """

    id: str
    title: str
    version: int
    items: Mapping[str, Item]
    children: Mapping[str, tuple[str, ...]]
    prerequisites: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Frameworks(Mapping[str, Framework]):
    """All frameworks at a position by their ids, and all of their items by what names them."""

    by_id: Mapping[str, Framework]
    by_uri: Mapping[str, Item]
    by_identifier: Mapping[str, Item]

    def __getitem__(self, framework: str) -> Framework:
        return self.by_id[framework]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_id)

    def __len__(self) -> int:
        return len(self.by_id)


def known(frameworks: Frameworks, iri: str) -> Item | None:
    """Which competency does an IRI name? Its end is the item's identifier, or else it is the item's uri."""
    return frameworks.by_identifier.get(iri[-36:].lower()) or frameworks.by_uri.get(iri)


def frameworks(all_: Iterable[Framework]) -> Frameworks:
    """All of these together. An item that several of them have is that of the first, by their ids."""
    by_id = {each.id: each for each in sorted(all_, key=lambda each: each.id)}
    items = [item for each in reversed(by_id.values()) for item in each.items.values()]
    return Frameworks(by_id, {each.uri: each for each in items}, {each.identifier: each for each in items})


def framework(package: Json, version: int) -> Framework:
    """What a package says that was imported at this position."""
    id_ = case.framework(package)
    items = {case.identifier(each): _item(each, id_) for each in case.items(package)}
    before = case.prerequisites(package)
    return Framework(
        id=id_,
        title=package["CFDocument"]["title"],
        version=version,
        items=items,
        children=_children(package, id_, items),
        prerequisites={each: tuple(before[each]) for each in items if each in before},
    )


def _item(item: Json, of: str) -> Item:
    kind = item.get("CFItemType") or (item.get("CFItemTypeURI") or {}).get("title")
    return Item(
        identifier=case.identifier(item),
        uri=item["uri"],
        code=item.get("humanCodingScheme") or "",
        statement=item["fullStatement"],
        kind=kind or "",
        framework=of,
    )


def _children(package: Json, id_: str, items: Mapping[str, Item]) -> dict[str, tuple[str, ...]]:
    places: dict[str, dict[str, float]] = {}
    orphans = dict.fromkeys(items, _LAST)
    for link in case.links(package, case.IS_CHILD_OF):
        if link.origin in items and (link.destination in items or link.destination == id_):
            orphans.pop(link.origin, None)
            under = places.setdefault(link.destination, {})
            sequence = _LAST if link.sequence is None else link.sequence
            under[link.origin] = min(sequence, under.get(link.origin, _LAST))
    places.setdefault(id_, {}).update(orphans)
    order = {each: number for number, each in enumerate(items)}
    return {
        parent: tuple(sorted(under, key=lambda each: (under[each], _in_words(items[each].code), order[each])))
        for parent, under in places.items()
        if under
    }


def _in_words(code: str) -> list[tuple[int, str]]:
    """Its words and numbers, so that A.10 comes after A.2."""
    return [(len(part) if part.isdigit() else 0, part) for part in _DIGITS.split(code)]
