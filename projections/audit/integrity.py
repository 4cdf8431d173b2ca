"""Is the audit tree that of the log, and the log the one that was signed? And if not, which of them is wrong?

A leaf that is not the hash of its event says that one of the two was changed. A node, or a checkpoint, above
it is the witness: it agrees with the one that was not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from psycopg import Connection

from lrs.log.event_log import Recorded
from lrs.log.integrity import Wrong, place
from projections.audit import entry
from projections.audit.checkpoints import Signed
from projections.audit.growing import Full, Growing
from projections.audit.note import Signer, checkpoint, opened
from projections.audit.project import NAME
from projections.audit.tree import QUERIES
from projections.resource import View


class TreeCheck:
    """Compares the log with the tree of a view and with checkpoints, smallest first."""

    def __init__(self, view: View, signed: Sequence[Signed], key: Signer | None) -> None:
        self.table = f"{view.tables[NAME]}_hash"
        self._reached = view.position
        self._leaves = _leaves(view.connection, view)
        self._next = next(self._leaves, None)
        self._nodes = _above(view)
        self._signed = [*signed]
        self._key = key
        self._log, self._tree = Growing(), Growing()
        self._doubt = ""

    @property
    def in_doubt(self) -> bool:
        """Whether an event is not the one in the tree, and a witness has still to say which is right."""
        return bool(self._doubt)

    def see(self, event: Recorded) -> Iterator[Wrong]:
        """Compare its leaf with the one in the tree, and what it completes with what was kept or signed."""
        try:
            leaf = entry.leaf(event)
        except ValueError:
            yield Wrong("log", place(event), "has lost its salt")
            return
        full = self._log.add(leaf)
        if event.position <= self._reached:
            yield from self._compare(event, leaf, full)
        while self._signed and self._signed[0].size <= event.position:
            yield from self._judge_signed(self._signed.pop(0))

    def end(self) -> Iterator[Wrong]:
        """What no witness has decided, and what is there too much."""
        if self._doubt:
            undecided = (
                "they contradict each other, and neither a node above nor a checkpoint says which is right"
            )
            yield Wrong(f"log or {self.table}", self._doubt, undecided)
        if self._next:
            yield Wrong(self.table, f"level 0, index {self._next[0]}", "is the leaf of no event")
        for level, index in self._nodes:
            yield Wrong(self.table, f"level {level}, index {index}", "is the hash of no full node")
        for each in self._signed:
            yield Wrong("log", f"position {each.size}", "is missing: a checkpoint of this size was signed")

    def _compare(self, event: Recorded, leaf: bytes, full: Sequence[Full]) -> Iterator[Wrong]:
        index = event.position - 1
        if self._next is None or self._next[0] != index:
            at = f"level 0, index {index if self._next is None or self._next[0] > index else self._next[0]}"
            yield Wrong(self.table, at, "is missing, or the leaf of no event")
            return
        kept, self._next = self._next[1], next(self._leaves, None)
        if kept != leaf and not self._doubt:
            self._doubt = place(event)
        for own, other in zip(full, self._tree.add(kept), strict=True):
            yield from self._judge_node(own, other.hash)

    def _judge_node(self, log: Full, tree: bytes) -> Iterator[Wrong]:
        witness = self._nodes.pop((log.level, log.number), None)
        at = f"level {log.level}, index {log.number}"
        if witness is None:
            yield Wrong(self.table, at, "is missing")
        elif witness != log.hash and not self._doubt:
            yield Wrong(self.table, at, "is not the hash of those below it")
        else:
            yield from self._judge(log.hash, tree, witness)

    def _judge_signed(self, signed: Signed) -> Iterator[Wrong]:
        at = f"size {signed.size}"
        try:
            kept = checkpoint(opened(signed.note, self._key.verifier if self._key else ""))
        except ValueError as error:
            yield Wrong("checkpoint", at, f"{error} Either it or audit_key was changed.")
            return
        if (kept.origin, kept.size) != (self._key.name if self._key else "", signed.size):
            yield Wrong("checkpoint", at, f"is one of {kept.origin}, size {kept.size}")
        root = self._log.root()
        yield from self._judge(root, self._tree.root() if self._tree.size == signed.size else root, kept.root)
        if root != kept.root and not self._doubt:
            yield Wrong("log", f"positions 1 to {signed.size}", "are not what was signed")

    def _judge(self, log: bytes, tree: bytes, witness: bytes) -> Iterator[Wrong]:
        """Whoever contradicts the witness was changed."""
        if not self._doubt or log == tree:
            return
        if witness == tree:
            yield Wrong("log", self._doubt, "is not the event of its leaf in the audit tree")
        elif witness == log:
            yield Wrong(self.table, self._doubt, "is not the leaf of its event")


def _leaves(connection: Connection[Any], view: View) -> Iterator[tuple[int, bytes]]:
    query = QUERIES(view.tenant, "leaves", projection=view.tables[NAME])
    with connection.cursor(f"leaves_{view.tenant}", binary=True) as rows:
        rows.itersize = 10_000
        rows.execute(query)
        yield from rows


def _above(view: View) -> dict[tuple[int, int], bytes]:
    query = QUERIES(view.tenant, "above", projection=view.tables[NAME])
    return {(level, index): kept for level, index, kept in view.connection.execute(query, binary=True)}
