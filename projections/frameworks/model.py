"""What does a framework say? Its items, their tree, and what must be known before what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


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
    sequence and then by their code; the roots stand under the framework's own id. `prerequisites` of an item
    are what must be known before it (precedes). All of these are identifiers.
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
    """Which competency does an IRI name? By the item's uri, or by an end that is the item's identifier."""
    return frameworks.by_uri.get(iri) or frameworks.by_identifier.get(iri[-36:].lower())
