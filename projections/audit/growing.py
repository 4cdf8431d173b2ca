"""How does a tree grow leaf by leaf? With nothing kept but what is not below a node that is kept yet."""

from __future__ import annotations

from typing import NamedTuple

from projections.audit import merkle
from projections.audit.project import WIDTH


class Full(NamedTuple):
    """A node that got its last leaf: its hash is the one with this number of a level that is kept."""

    level: int
    number: int
    hash: bytes


class Growing:
    """A tree whose leaves come one after the other."""

    def __init__(self) -> None:
        self.size = 0
        self._open: list[list[bytes]] = [[]]
        self._full: list[int] = [0]

    def add(self, leaf: bytes) -> list[Full]:
        """One more leaf; the nodes that are kept and full by it, lowest first."""
        self.size += 1
        found: list[Full] = []
        level, here = 0, leaf
        while True:
            self._open[level].append(here)
            if len(self._open[level]) < WIDTH:
                return found
            here = merkle.root(self._open[level])
            found.append(Full(level + 1, self._full[level], here))
            self._full[level] += 1
            self._open[level] = []
            level += 1
            if level == len(self._open):
                self._open.append([])
                self._full.append(0)

    def root(self) -> bytes:
        """The root of the tree as large as it is now."""
        below: list[bytes] = []
        for hashes in self._open:
            if hashes or below:
                below = [merkle.root(hashes + below)]
        return below[0] if below else merkle.EMPTY
