"""The audit tree as a projection: the hash of every leaf, and of every tile that is full.

A tile is 256 hashes side by side, as in C2SP tlog-tiles. Of the nodes between, none is kept: whoever needs
one makes it of at most 128 hashes that are.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lrs.log.event_log import Recorded
from projections.audit import entry, merkle
from projections.projection import Ask, Insert, Projection

NAME = "audit"
# The levels of the tree from one level of tiles to the next, and so the width of a tile.
HEIGHT = 8
WIDTH = 1 << HEIGHT


def fold(event: Recorded) -> tuple[Insert]:
    """The hash of its leaf."""
    return (Insert("hash", (0, event.position - 1, entry.leaf(event))),)


def closing(ask: Ask, first: int, last: int) -> Iterator[Insert]:
    """The hash of each tile that became full between two positions, level by level."""
    level, start, end = 0, first - 1, last
    made: dict[int, bytes] = {}
    while tiles := range(start >> HEIGHT, end >> HEIGHT):
        span = {"level": level, "first": tiles.start << HEIGHT, "end": tiles.stop << HEIGHT}
        known = {**dict(ask("span", span)), **made}
        made = {tile: _root(known, level, tile) for tile in tiles}
        level, start, end = level + 1, tiles.start, tiles.stop
        for tile, found in made.items():
            yield Insert("hash", (level, tile, found))


def _root(known: dict[int, bytes], level: int, tile: int) -> bytes:
    try:
        return merkle.root([known[at] for at in range(tile << HEIGHT, (tile + 1) << HEIGHT)])
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
