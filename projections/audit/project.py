"""The audit tree as a projection: the hash of every leaf, and every fourth level of the nodes above.

So little more is kept than the leaves, and whoever needs a node between makes it of eight hashes at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lrs.log.event_log import Recorded
from projections.audit import entry, merkle
from projections.projection import Ask, Insert, Projection

NAME = "audit"
# The levels of the tree from one that is kept to the next, and so how many hashes make one of the next.
HEIGHT = 4
WIDTH = 1 << HEIGHT


def fold(event: Recorded) -> tuple[Insert]:
    """The hash of its leaf."""
    return (Insert("hash", (0, event.position - 1, entry.leaf(event))),)


def closing(ask: Ask, first: int, last: int) -> Iterator[Insert]:
    """The hash of each node that got its last leaf between two positions, level by level."""
    level, start, end = 0, first - 1, last
    made: dict[int, bytes] = {}
    while nodes := range(start >> HEIGHT, end >> HEIGHT):
        span = {"level": level, "first": nodes.start << HEIGHT, "end": nodes.stop << HEIGHT}
        known = {**dict(ask("span", span)), **made}
        made = {node: _root(known, level, node) for node in nodes}
        level, start, end = level + 1, nodes.start, nodes.stop
        for node, found in made.items():
            yield Insert("hash", (level, node, found))


def _root(known: dict[int, bytes], level: int, node: int) -> bytes:
    try:
        return merkle.root([known[at] for at in range(node << HEIGHT, (node + 1) << HEIGHT)])
    except KeyError as lacking:
        raise ValueError(f"hash {lacking} of level {level} is missing in the audit tree") from lacking


AUDIT = Projection(
    name=NAME,
    version=1,
    topics=None,
    fold=fold,
    folder=Path(__file__).parent,
    ordered=True,
    salted=True,
    closing=closing,
)
