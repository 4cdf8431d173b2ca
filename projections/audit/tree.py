"""What does the audit tree say? Roots, proofs and tiles of any size up to what a view sees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from lrs.database import sql
from projections.audit import merkle
from projections.audit.merkle import Node
from projections.audit.project import HEIGHT, NAME, WIDTH
from projections.resource import View

QUERIES = sql.Queries(str(Path(__file__).with_name("queries.py")))


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

    def inclusions(self, indices: Iterable[int], size: int) -> list[tuple[bytes, list[bytes]]]:
        """For each of these leaves its hash, and the path that proves that the tree of this size has it."""
        wanted = [[range(index, index + 1), *merkle.inclusion(index, size)] for index in indices]
        hashes = self._hashes(node for ranges in wanted for each in ranges for node in merkle.nodes(each))
        paths = [merkle.path(ranges, hashes) for ranges in wanted]
        return [(leaf, path) for leaf, *path in paths]

    def consistency(self, first: int, second: int) -> list[bytes]:
        """The path that proves that the tree of one size begins that of the other."""
        return self._path(merkle.consistency(first, second))

    def tile(self, level: int, index: int, width: int = WIDTH) -> bytes | None:
        """The hashes of a tile, one after the other; None where the tree does not have so many yet."""
        first = index << HEIGHT
        if (first + width) << (HEIGHT * level) > self.size:
            return None
        hashes = self._spans([(level, first, first + width)])
        return b"".join(hashes[level, each] for each in range(first, first + width))

    def _path(self, ranges: Sequence[range]) -> list[bytes]:
        hashes = self._hashes(node for each in ranges for node in merkle.nodes(each))
        return merkle.path(ranges, hashes)

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


def _span(node: Node) -> tuple[int, int, int]:
    level, above = divmod(node.level, HEIGHT)
    return level, node.number << above, (node.number + 1) << above
