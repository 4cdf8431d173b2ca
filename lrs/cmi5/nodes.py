"""What are the parts of a course, and by which ids do statements name them?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from uuid import UUID, uuid5

from lrs.xapi.vocabulary import Json

_IDS = UUID("0d1b6c8e-6c0f-4d5a-9b6e-3a1f5c7d2e94")


@dataclass(frozen=True)
class Node:
    """A course, block or assignable unit: the publisher's id, and the activity id that is ours (8.1.5, 9.4).

    `known` is what the structure says of it, without its children.
    """

    kind: Literal["course", "block", "au"]
    id: str
    activity: str
    known: Json
    children: tuple[Node, ...] = ()

    def walk(self) -> Iterator[Node]:
        """It and everything in it."""
        yield self
        for each in self.children:
            yield from each.walk()

    @cached_property
    def by_id(self) -> dict[str, Node]:
        """It and everything in it, by the publisher's ids."""
        return {each.id: each for each in self.walk()}

    @cached_property
    def by_activity(self) -> dict[str, Node]:
        """It and everything in it, by our activity ids."""
        return {each.activity: each for each in self.walk()}


def structure_id(course: str) -> str:
    """Our id of a course, for its publisher's: the same for ever."""
    return str(uuid5(_IDS, course))


def activity_id(course: str, node: str) -> str:
    """Our activity id of a part of a course, or of the course itself; never the publisher's id."""
    return f"urn:uuid:{structure_id(course) if node == course else uuid5(_IDS, f'{course} {node}')}"


def tree(structure: Json) -> Node:
    """The course that a structure describes."""
    known = structure["course"]
    children = tuple(_node(known["id"], each) for each in structure["children"])
    return Node("course", known["id"], activity_id(known["id"], known["id"]), known, children)


def _node(course: str, described: Json) -> Node:
    children = tuple(_node(course, each) for each in described.get("children", ()))
    known = {name: value for name, value in described.items() if name not in ("kind", "children")}
    return Node(described["kind"], known["id"], activity_id(course, known["id"]), known, children)
