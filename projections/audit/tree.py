"""What does the audit tree say? Roots, proofs and tiles of any size up to what a view sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from lrs.database import sql
from projections.audit import merkle
from projections.audit.merkle import Node
from projections.audit.project import HEIGHT, NAME
from projections.resource import View

QUERIES = sql.Queries(str(Path(__file__).with_name("queries.py")))


# C2SP tlog-tiles: so many levels of the tree are in a tile, and so many hashes side by side.
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT


class Included(NamedTuple):
    """Leaves in the tree of some size: its root, and for each leaf its hash and its path."""

    root: bytes
    leaves: list[tuple[bytes, list[bytes]]]


class Continued(NamedTuple):
    """One size of the tree begins another: both roots, and the path."""

    first_root: bytes
    second_root: bytes
    path: list[bytes]


class Tree:
    """The tree of a tenant at the position of a view: that is its size."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.size = view.position

    def root(self, size: int) -> bytes:
        """The root of the tree when it had this size."""
        return self._path([range(size)])[0]

    def leaf(self, index: int) -> bytes:
        """The hash of one leaf."""
        return self._path([range(index, index + 1)])[0]

    def inclusion(self, indices: Sequence[int], size: int) -> Included:
        """What proves that the tree of this size has these leaves."""
        wanted = [[range(index, index + 1), *merkle.inclusion(index, size)] for index in indices]
        hashes = self._hashes(node for ranges in [[range(size)], *wanted] for node in _nodes(ranges))
        paths = [merkle.path(ranges, hashes) for ranges in wanted]
        (root,) = merkle.path([range(size)], hashes)
        return Included(root, [(leaf, path) for leaf, *path in paths])

    def consistency(self, first: int, second: int) -> Continued:
        """What proves that the tree of one size begins that of the other."""
        wanted = [range(first), range(second), *merkle.consistency(first, second)]
        first_root, second_root, *path = self._path(wanted)
        return Continued(first_root, second_root, path)

    def tile(self, level: int, index: int, width: int = TILE_WIDTH) -> bytes | None:
        """The hashes of a tile, one after the other; None where the tree does not have so many yet."""
        first = index << TILE_HEIGHT
        if (first + width) << (TILE_HEIGHT * level) > self.size:
            return None
        kept = level * TILE_HEIGHT // HEIGHT
        hashes = self._spans([(kept, first, first + width)])
        return b"".join(hashes[kept, each] for each in range(first, first + width))

    def _path(self, ranges: Sequence[range]) -> list[bytes]:
        return merkle.path(ranges, self._hashes(_nodes(ranges)))

    def _hashes(self, nodes: Iterable[Node]) -> dict[Node, bytes]:
        """All in one question: each node out of the hashes of the nearest level below it that is kept."""
        spans = {node: _span(node) for node in nodes}
        known = self._spans(sorted(set(spans.values())))
        return {
            node: merkle.root([known[level, each] for each in range(first, end)])
            for node, (level, first, end) in spans.items()
        }

    def _spans(self, spans: Sequence[tuple[int, int, int]]) -> dict[tuple[int, int], bytes]:
        if not spans:
            return {}
        query = QUERIES(self.view.tenant, "spans", projection=self.view.tables[NAME])
        levels, firsts, ends = map(list, zip(*spans, strict=True))
        wanted = {"levels": levels, "firsts": firsts, "ends": ends}
        rows = self.view.connection.execute(query, wanted, binary=True).fetchall()
        return {(level, index): found for level, index, found in rows}


def _nodes(ranges: Iterable[range]) -> Iterator[Node]:
    return (node for each in ranges for node in merkle.nodes(each))


def _span(node: Node) -> tuple[int, int, int]:
    level, above = divmod(node.level, HEIGHT)
    return level, node.number << above, (node.number + 1) << above
