"""The tree that follows the log is that of its entries, wherever batches end, whatever is erased later."""

from __future__ import annotations

import random
from hashlib import sha256

from lrs.database import sql
from lrs.xapi import time
from projections import digest
from projections.audit import entry, merkle
from projections.audit.project import AUDIT, closing
from projections.audit.tree import Tree
from projections.rebuild import rebuild
from tests.projections.audit import naive
from tests.projections.engine.tally import TALLY


def entries(story):
    """The entries as docs/auditors/README.md describes them."""
    return [each.salt + row(each).encode() + each.state for each in story.log.read(salted=True)]


def row(event):
    stored = time.format(event.stored)
    return f"{event.position}\n{event.originator_id}\n{event.version}\n{event.topic}\n{stored}\n"


def test_a_leaf_is_the_salt_and_the_whole_row(story):
    story.tell(1)
    (event,) = story.log.read(salted=True)
    assert len(event.salt) == 16
    (said,) = entries(story)
    assert entry.leaf(event) == sha256(b"\x00" + said).digest()
    assert [each.salt for each in story.log.read()] == [None]


def test_roots_and_proofs_are_those_of_the_log(story):
    story.tell(300)
    size = story.follow(batches=[1, 7, 248, 1])
    said = entries(story)
    with story.views.open(story.tenant, ["audit"]) as view:
        tree = Tree(view)
        for at in (0, 1, 2, 7, 255, 256, 257, 300):
            assert tree.root(at) == naive.mth(said[:at])
        for index, of in ((0, 1), (5, 6), (255, 256), (0, 300), (256, 300), (299, 300)):
            root, ((leaf, path),) = tree.inclusion([index], of)
            assert root == naive.mth(said[:of])
            assert path == naive.path(index, said[:of])
            assert merkle.includes(leaf, index, of, path, naive.mth(said[:of]))
        for first, second in ((1, 300), (255, 256), (256, 300), (257, 299), (300, 300)):
            roots = naive.mth(said[:first]), naive.mth(said[:second])
            assert tree.consistency(first, second) == (*roots, naive.proof(first, said[:second]))
        assert tree.leaf(size - 1) == merkle.leaf(said[-1])


def test_where_batches_end_makes_no_difference(story, database, tenant):
    story.tell(900)
    story.follow(batches=[1, 1, 253, 1, 1, 511])
    assert [sum(level == at for level, _, _ in story.rows()) for at in range(4)] == [900, 56, 3, 0]
    assert digest.verify(database, tenant, AUDIT, progress=lambda *_: None) == []


def test_nodes_are_full_when_they_are():
    """Without a database: 16 to the 4th leaves and some more, in batches of odd sizes and all at once."""
    leaves = [merkle.leaf(b"%d" % number) for number in range(67_000)]
    chance = random.Random(8)  # noqa: S311
    ends = [1, 256, 257, 65_535, *sorted(chance.sample(range(258, 67_000), 40)), 67_000]
    piecemeal, at_once = Kept(leaves), Kept(leaves)
    for end in sorted(ends):
        piecemeal.take(end)
    at_once.take(67_000)
    assert piecemeal.rows == at_once.rows
    assert [sum(level == at for level, _ in at_once.rows) for at in range(6)] == [67_000, 4187, 261, 16, 1, 0]
    assert at_once.rows[4, 0] == merkle.root(leaves[:65_536])
    assert at_once.rows[2, 260] == merkle.root(leaves[260 * 256 : 261 * 256])


class Kept:
    """The table of the projection, in memory."""

    def __init__(self, leaves):
        self.leaves = leaves
        self.reached = 0
        self.rows = {}

    def take(self, end):
        self.rows |= {(0, at): self.leaves[at] for at in range(self.reached, end)}
        made = [change.row for change in closing(self.ask, self.reached + 1, end)]
        self.rows |= {(level, at): found for level, at, found in made}
        self.reached = end

    def ask(self, query, span):
        assert query == "span"
        places = range(span["first"], span["end"])
        return [(at, self.rows[span["level"], at]) for at in places if (span["level"], at) in self.rows]


def test_tiles_are_the_hashes_side_by_side(story):
    story.tell(600)
    story.follow()
    rows = story.rows()
    leaves = [found for level, _, found in rows if level == 0]
    with story.views.open(story.tenant, ["audit"]) as view:
        tree = Tree(view)
        assert tree.tile(0, 1) == b"".join(leaves[256:512])
        assert tree.tile(0, 2, 88) == b"".join(leaves[512:])
        assert tree.tile(1, 0, 2) == merkle.root(leaves[:256]) + merkle.root(leaves[256:512])
        assert [tree.tile(0, 2, 89), tree.tile(0, 2), tree.tile(1, 0, 3), tree.tile(0, 3, 1)] == [None] * 4


def test_what_is_erased_keeps_its_leaf_and_so_does_the_tree(story, database, tenant):
    story.tell(10)
    story.follow()
    with story.views.open(tenant, ["audit"]) as view:
        root, leaf = Tree(view).root(10), Tree(view).leaf(4)
    story.erase(5, leaf)
    erased = list(story.log.read(salted=True))[4]
    assert (erased.state, erased.salt, erased.leaf) == (b"", None, leaf)
    assert digest.verify(database, tenant, AUDIT, progress=lambda *_: None) == []
    with story.views.open(tenant, ["audit"]) as view:
        assert Tree(view).root(10) == root


def test_no_other_projection_is_told_of_what_is_erased(story, database, tenant):
    story.tell(3, topic="said")
    story.erase(2, merkle.EMPTY)
    build = rebuild(database, tenant, TALLY, progress=lambda *_: None)
    text = f"SELECT position FROM {sql.schema(tenant)}.{build.prefix}_entry ORDER BY position"  # noqa: S608
    with database.connection() as connection:
        assert connection.execute(text.encode()).fetchall() == [(1,), (3,)]
    assert build.position == 3


def test_the_tree_of_a_moment_is_smaller(story):
    story.tell(20)
    story.follow()
    with story.views.open(story.tenant, ["audit"], as_of=12) as view:
        assert Tree(view).size == 12
        assert Tree(view).tile(0, 0, 13) is None
