"""What does a CFPackage say? Its items, and which of them are linked how (CASE 1.1, CFPackage)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import NamedTuple

import orjson

from lrs.case import graph
from lrs.xapi.vocabulary import Json

IS_CHILD_OF, PRECEDES = "isChildOf", "precedes"


class Link(NamedTuple):
    """An association of the package, by its number, between two of its nodes; what it has not is empty."""

    number: int
    origin: str
    destination: str
    sequence: int | None


def framework(package: Json) -> str:
    """The identifier of the framework, which is that of its document."""
    return identifier(package["CFDocument"])


def identifier(node: Json) -> str:
    """The identifier of a document, item or association, as we write it."""
    return str(node["identifier"]).lower()


def items(package: Json) -> list[Json]:
    """Its CFItems, in its order."""
    return package.get("CFItems") or []


def associations(package: Json) -> list[Json]:
    """Its CFAssociations, in its order."""
    return package.get("CFAssociations") or []


def links(package: Json, kind: str) -> Iterator[Link]:
    """Its associations of one type."""
    nodes = Nodes(package)
    for number, each in enumerate(associations(package)):
        if each["associationType"] == kind:
            origin, destination = nodes.of(each["originNodeURI"]), nodes.of(each["destinationNodeURI"])
            yield Link(number, origin, destination, each.get("sequenceNumber"))


def prerequisites(package: Json) -> dict[str, list[str]]:
    """What must be known before an item: what precedes it, of the items of this package.

    Items that precede each other in a circle are none before the other: none of them could ever be begun.
    """
    own = set(map(identifier, items(package)))
    before: dict[str, list[str]] = {}
    for link in links(package, PRECEDES):
        if link.origin in own and link.destination in own:
            before.setdefault(link.destination, []).append(link.origin)
    return _without(graph.circles(before), before)


def digest(package: Json) -> str:
    """The SHA-256 of its canonical JSON, in hex: members sorted by name at every level, no white space."""
    return sha256(orjson.dumps(package, option=orjson.OPT_SORT_KEYS)).hexdigest()


class Nodes:
    """Which node of the package is meant? Found by its identifier, or else by its URI."""

    def __init__(self, package: Json) -> None:
        nodes = [package["CFDocument"], *items(package)]
        self._identifiers = set(map(identifier, nodes))
        self._uris = {each["uri"]: identifier(each) for each in reversed(nodes)}

    def of(self, link: Json) -> str:
        """Its identifier; nothing for a node of another package."""
        meant = identifier(link)
        return meant if meant in self._identifiers else self._uris.get(link.get("uri"), "")


def _without(circles: list[set[str]], edges: Mapping[str, list[str]]) -> dict[str, list[str]]:
    circle = {node: number for number, nodes in enumerate(circles) for node in nodes}
    kept = {
        node: [each for each in before if node not in circle or circle.get(each) != circle[node]]
        for node, before in edges.items()
    }
    return {node: list(dict.fromkeys(before)) for node, before in kept.items() if before}
