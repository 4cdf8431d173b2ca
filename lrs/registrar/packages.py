"""Which rules does a CFPackage break, and what should whoever imports it know?

Real packages lack much that CASE asks for; what nobody here reads may be missing, and is told as a notice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any

import orjson

from lrs.case import graph, package
from lrs.case.package import IS_CHILD_OF, PRECEDES, Link
from lrs.errors import Fault
from lrs.registrar import check
from lrs.registrar.check import pointer
from lrs.xapi.vocabulary import Json

MOST_FAULTS, MOST_NOTICES = 1000, 100
_LISTS = {"CFItems": "item", "CFAssociations": "association"}
DEEPEST = 64
# Pairs of an item and one above it: all of them are kept as long as somebody reads the framework.
MOST_PAIRS = 1_000_000
# CASE 1.1, CFAssociationTypeEnum, and its naming convention for extensions.
_TYPES = frozenset({
    "isChildOf", "isPeerOf", "isPartOf", "exactMatchOf", "precedes", "isRelatedTo", "replacedBy",
    "exemplar", "hasSkillLevel", "isTranslationOf",
})  # fmt: skip
_EXTENSION = re.compile(r"ext:[A-Za-z0-9.\-_|]+\Z")
# What CASE requires and we do not need.
_REQUIRED = {
    "CFDocument": ("creator", "lastChangeDateTime"),
    "CFItems": ("lastChangeDateTime",),
    "CFAssociations": ("uri", "lastChangeDateTime"),
}


def faults(said: Any) -> list[Fault]:
    """What is wrong, up to so many faults: shape, names that stand twice, a tree that is none."""
    found = list(islice(_shape(said), MOST_FAULTS)) or _nested(said)
    return found or list(islice(chain(_repeated(said), _no_tree(said)), MOST_FAULTS))


def notices(said: Json) -> list[str]:
    """What is no fault but worth knowing, of a package that breaks no rule."""
    kinds = (_circles(said), _strangers(said), _roots(said), _lacks(said), _odd_types(said))
    return list(islice(chain(*kinds), MOST_NOTICES))


def _shape(said: Any) -> Iterator[Fault]:
    """One node after the other, so that whoever has seen enough faults need not have all of them made."""
    if check.fits("framework", "package", said):
        return
    nodes = {
        name: said[name] for name in _LISTS if isinstance(said, dict) and isinstance(said.get(name), list)
    }
    yield from check.shape("framework", "package", said | {each: [] for each in nodes} if nodes else said)
    schemas = check.load("framework")["$defs"]["package"]["properties"]
    for name, several in nodes.items():
        if len(several) > schemas[name]["maxItems"]:
            yield Fault(pointer(name), schemas[name]["x-rule"])
            continue
        for number, node in enumerate(several):
            for fault in check.shape("framework", _LISTS[name], node):
                yield replace(fault, pointer=pointer(name, number) + fault.pointer)


def _nested(said: Json) -> list[Fault]:
    try:
        orjson.dumps(said)
    except orjson.JSONEncodeError:
        return [Fault("", "is nested too deep, or has a number that is none")]
    return []


def _repeated(said: Json) -> Iterator[Fault]:
    document, items = ("/CFDocument", said["CFDocument"]), list(_places(said, "CFItems"))
    yield from _twice([document, *items], "identifier")
    yield from _twice([document, *items], "uri")
    yield from _twice(_places(said, "CFAssociations"), "identifier")


def _places(said: Json, name: str) -> Iterator[tuple[str, Json]]:
    return ((pointer(name, number), each) for number, each in enumerate(said.get(name) or []))


def _twice(nodes: Iterable[tuple[str, Json]], member: str) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for at, node in nodes:
        value = package.identifier(node) if member == "identifier" else node[member]
        if first.setdefault(value, at) != at:
            yield Fault(at + pointer(member), f"stands twice: {first[value]} has it too")


def _no_tree(said: Json) -> Iterator[Fault]:
    links = [each for each in package.links(said, IS_CHILD_OF) if each.origin and each.destination]
    parents: dict[str, list[str]] = {}
    for link in links:
        parents.setdefault(link.origin, []).append(link.destination)
    if circles := graph.circles(parents):
        yield from _in_circles(said, links, circles)
    elif (depth := graph.depth(parents)) > DEEPEST:
        yield Fault(
            "/CFAssociations", f"must make a tree of at most {DEEPEST} levels, and makes one of {depth}"
        )
    elif sum(map(len, graph.reach(parents, MOST_PAIRS).values())) > MOST_PAIRS:
        rule = f"must not put items under so many others: more than {MOST_PAIRS:,} times one is above another"
        yield Fault("/CFAssociations", rule)


def _in_circles(said: Json, links: Iterable[Link], circles: Sequence[set[str]]) -> Iterator[Fault]:
    """Each circle, at the first link that is of it."""
    number_of = {node: number for number, circle in enumerate(circles) for node in circle}
    first: dict[int, int] = {}
    for each in links:
        if each.origin in number_of and number_of[each.origin] == number_of.get(each.destination):
            first.setdefault(number_of[each.origin], each.number)
    names = _names(said)
    for number, circle in enumerate(circles):
        rule = f"goes in a circle: {_listed(names, circle)} are below themselves"
        yield Fault(pointer("CFAssociations", first[number]), rule)


def _circles(said: Json) -> Iterator[str]:
    after: dict[str, list[str]] = {}
    for link in package.links(said, PRECEDES):
        if link.origin and link.destination:
            after.setdefault(link.origin, []).append(link.destination)
    if circles := graph.circles(after):
        names = _names(said)
        for circle in circles:
            told = _listed(names, circle)
            yield f"{told} precede each other in a circle: none is a prerequisite of another."


def _strangers(said: Json) -> Iterator[str]:
    for kind in (IS_CHILD_OF, PRECEDES):
        strange = [each for each in package.links(said, kind) if not (each.origin and each.destination)]
        if strange:
            at = pointer("CFAssociations", strange[0].number)
            yield f"{len(strange)} {kind} lead to what the package does not have, and say nothing: see {at}."


def _roots(said: Json) -> Iterator[str]:
    placed = {each.origin for each in package.links(said, IS_CHILD_OF) if each.destination}
    if loose := [each for each in package.items(said) if package.identifier(each) not in placed]:
        yield f"{len(loose)} items are nobody's child, and stand at the top: see {_name(loose[0])}."


def _lacks(said: Json) -> Iterator[str]:
    for name, members in _REQUIRED.items():
        nodes = [said[name]] if name == "CFDocument" else said.get(name) or []
        for member in members:
            if count := sum(not each.get(member) for each in nodes):
                yield f"{count} of {len(nodes)} in {name} have no {member}, which CASE 1.1 requires."


def _odd_types(said: Json) -> Iterator[str]:
    for kind in sorted({each["associationType"] for each in package.associations(said)} - _TYPES):
        if not _EXTENSION.match(kind):
            yield f"{kind[:100]} is no type of association of CASE 1.1: it is kept, and means nothing here."


def _names(said: Json) -> dict[str, tuple[int, str]]:
    """The place and the name of each item."""
    numbered = enumerate(package.items(said))
    return {package.identifier(each): (number, _name(each)) for number, each in numbered}


def _listed(names: Mapping[str, tuple[int, str]], circle: set[str]) -> str:
    found = [name for _, name in sorted(names[each] for each in circle if each in names)]
    more = [f"{len(found) - 5} more"] if len(found) > 5 else []
    return ", ".join([*found[:5], *more]) or "the document"


def _name(item: Json) -> str:
    return str(item.get("humanCodingScheme") or item["fullStatement"][:60] or item["identifier"])
