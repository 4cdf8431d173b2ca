"""Roots and proofs are those of RFC 9162: its words, RFC 6962's vectors, others' code; no others pass."""

from __future__ import annotations

import random
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from scitt_cose import merkle as others

from projections.audit import merkle
from tests.projections.audit import naive

# The auditors' own program is no module of ours.
_SPEC = spec_from_file_location("verify", Path(__file__).parents[3] / "docs" / "auditors" / "verify.py")
auditors = module_from_spec(_SPEC)
_SPEC.loader.exec_module(auditors)

INPUTS = [
    bytes.fromhex(each)
    for each in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
# The roots of the first n of these, and proofs, as all implementations of Certificate Transparency have them.
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
D0_1, D2_3 = ROOTS[2], "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
D4, D0_3 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b", ROOTS[4]
D1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
D4_5 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
D4_7 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D6_7 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
INCLUSIONS = [
    (0, 1, []),
    (0, 2, [D1]),
    (1, 2, [ROOTS[1]]),
    (2, 3, [D0_1]),
    (1, 5, [ROOTS[1], D2_3, D4]),
    (0, 8, [D1, D2_3, D4_7]),
    (5, 8, [D4, D6_7, D0_3]),
]
CONSISTENCIES = [
    (1, 1, []),
    (1, 8, [D1, D2_3, D4_7]),
    (2, 5, [D2_3, D4]),
    (6, 8, [D4_5, D6_7, D0_3]),
]


class Tree:
    """A tree of some entries, in memory."""

    def __init__(self, entries):
        self.entries = entries
        self.hashes = [merkle.leaf(each) for each in entries]

    def root(self, size=None):
        return merkle.root(self.hashes[:size])

    def path(self, ranges):
        """Each range out of the hashes of its nodes, as the projection makes it."""
        nodes = {node for each in ranges for node in merkle.nodes(each)}
        return merkle.path(ranges, {node: self._hash(node) for node in nodes})

    def inclusion(self, index, size):
        return self.path(merkle.inclusion(index, size))

    def consistency(self, first, second):
        return self.path(merkle.consistency(first, second))

    def _hash(self, node):
        return merkle.root(self.hashes[node.number << node.level : (node.number + 1) << node.level])


class OthersTree:
    """The same, as another implementation has it (scitt-cose), which takes and gives hexadecimal digits."""

    def __init__(self, entries):
        self.entries = hexes(entries)

    def root(self, size=None):
        return bytes.fromhex(others.merkle_root(self.entries[:size]))

    def inclusion(self, index, size):
        return [bytes.fromhex(each) for each in others.inclusion_proof(self.entries[:size], index)]

    def consistency(self, first, second):
        return [bytes.fromhex(each) for each in others.consistency_proof(self.entries, first, second)]


def hexes(hashes):
    return [each.hex() for each in hashes]


@pytest.mark.parametrize("kind", [Tree, OthersTree])
def test_roots_and_proofs_are_those_of_certificate_transparency(kind):
    tree = kind(INPUTS)
    assert [tree.root(size).hex() for size in range(9)] == ROOTS
    for index, size, path in INCLUSIONS:
        assert hexes(tree.inclusion(index, size)) == path
    for first, second, path in CONSISTENCIES:
        assert hexes(tree.consistency(first, second)) == path


def test_they_are_what_the_words_of_the_standard_say_for_thousands_of_random_trees():
    chance = random.Random(9162)  # noqa: S311
    for _ in range(3000):
        size = chance.choice([chance.randint(1, 9), chance.randint(1, 70)])
        entries = [chance.randbytes(3) for _ in range(size)]
        tree = Tree(entries)
        assert tree.root() == merkle.joined([tree._hash(each) for each in merkle.nodes(range(size))])
        assert tree.root() == naive.mth(entries)
        index, first = chance.randrange(size), chance.randint(1, size)
        included, continued = tree.inclusion(index, size), tree.consistency(first, size)
        assert included == naive.path(index, entries)
        assert continued == naive.proof(first, entries)
        assert merkle.includes(tree.hashes[index], index, size, included, tree.root())
        assert merkle.continues(first, size, tree.root(first), tree.root(), continued)


def test_another_implementation_makes_the_same_of_thousands_of_random_trees():
    chance = random.Random(6962)  # noqa: S311
    for _ in range(2500):
        entries = [chance.randbytes(chance.randrange(9)) for _ in range(chance.choice((9, 30, 90, 300)))]
        size = chance.randint(1, len(entries))
        index, first = chance.randrange(size), chance.randint(1, size)
        ours, theirs = Tree(entries), OthersTree(entries)
        roots = ours.root(first), ours.root(size)
        assert roots == (theirs.root(first), theirs.root(size))
        included, continued = ours.inclusion(index, size), ours.consistency(first, size)
        assert included == theirs.inclusion(index, size)
        assert continued == theirs.consistency(first, size)
        assert included_by_all(entries[index], index, size, included, roots[1]) == [True] * 3
        assert continued_by_all(first, size, *roots, continued) == [True] * 3


def test_another_implementation_believes_and_refuses_the_same():
    """Of one tree of 300 leaves, hundreds of pairs; each right, and then with one thing changed."""
    chance = random.Random(6962)  # noqa: S311
    entries = [chance.randbytes(4) for _ in range(300)]
    ours, theirs = Tree(entries), OthersTree(entries)
    for _ in range(300):
        size = chance.randint(2, 300)
        index, first = chance.randrange(size), chance.randint(1, size - 1)
        roots = theirs.root(first), theirs.root(size)
        included, continued = theirs.inclusion(index, size), theirs.consistency(first, size)
        assert (included, continued) == (ours.inclusion(index, size), ours.consistency(first, size))
        assert included_by_all(entries[index], index, size, included, roots[1]) == [True] * 3
        assert continued_by_all(first, size, *roots, continued) == [True] * 3
        for wrong in changes(chance, included):
            assert included_by_all(entries[index], index, size, wrong, roots[1]) == [False] * 3
        for wrong in changes(chance, continued):
            assert continued_by_all(first, size, *roots, wrong) == [False] * 3
        at, of = chance.randrange(300), chance.randint(1, 300)
        assert len(set(included_by_all(entries[index], at, of, included, roots[1]))) == 1
        assert len(set(continued_by_all(at + 1, of, *roots, continued))) == 1


def included_by_all(entry, index, size, path, root):
    """Who believes that the entry is in the tree: we, the auditors' program, the other implementation."""
    leaf = merkle.leaf(entry)
    return [
        merkle.includes(leaf, index, size, path, root),
        auditors.root_by_inclusion(leaf, index, size, path) == root,
        others.verify_inclusion(entry.hex(), index, size, hexes(path), root.hex()),
    ]


def continued_by_all(first, size, old, new, path):
    """Who believes that the one tree begins the other."""
    return [
        merkle.continues(first, size, old, new, path),
        auditors.is_consistent(first, size, old, new, path),
        others.verify_consistency(old.hex(), new.hex(), first, size, hexes(path)),
    ]


def changes(chance, path):
    """The path with one hash changed, left out, doubled, and all in another order."""
    place = chance.randrange(len(path))
    several = [path[::-1]] if len(path) > 1 else []
    return [flipped(path, place), path[:place] + path[place + 1 :], [*path, path[place]], *several]


def test_every_proof_of_small_trees_holds_and_for_nothing_but_what_it_proves():
    tree = Tree([bytes([number]) for number in range(13)])
    for size in range(1, 14):
        for index in range(size):
            path = tree.inclusion(index, size)
            held = [
                (other, of)
                for other in range(-1, 15)
                for of in range(15)
                if merkle.includes(tree.hashes[index], other, of, path, tree.root(size))
            ]
            assert (index, size) in held
            # A path says where a leaf is; how large the tree is, only its signed checkpoint says.
            assert all(other == index or size != of for other, of in held)
        for first in range(size + 1):
            path = tree.consistency(first, size)
            assert merkle.continues(first, size, tree.root(first), tree.root(size), path)
            too_long = [*path, merkle.EMPTY]
            assert not merkle.continues(first, size, tree.root(first), tree.root(size), too_long)
            for other in range(14):
                forged = merkle.continues(first, size, tree.root(other), tree.root(size), path)
                assert forged == (other == first)


@pytest.mark.parametrize("size", [2, 3, 7, 8, 31, 33])
def test_a_changed_bit_anywhere_in_a_proof_breaks_it(size):
    chance = random.Random(size)  # noqa: S311
    tree = Tree([chance.randbytes(4) for _ in range(size)])
    index, first = chance.randrange(size), chance.randint(1, size - 1)
    included, continued = tree.inclusion(index, size), tree.consistency(first, size)
    for place in range(len(included)):
        assert not merkle.includes(tree.hashes[index], index, size, flipped(included, place), tree.root())
    for place in range(len(continued)):
        forged = flipped(continued, place)
        assert not merkle.continues(first, size, tree.root(first), tree.root(), forged)
    for shorter in (included[1:], included[:-1], [*included, included[0]]):
        assert not merkle.includes(tree.hashes[index], index, size, shorter, tree.root())
    assert not merkle.continues(first, size, tree.root(first), tree.root(), continued[:-1])


def flipped(path, place):
    changed = bytes([path[place][0] ^ 1]) + path[place][1:]
    return [*path[:place], changed, *path[place + 1 :]]


def test_a_tree_without_leaves_begins_every_other_one():
    tree = Tree(INPUTS)
    assert merkle.continues(0, 8, merkle.EMPTY, tree.root(), [])
    assert not merkle.continues(0, 8, tree.root(1), tree.root(), [])
    assert not merkle.continues(8, 7, tree.root(8), tree.root(7), [])
    assert not merkle.continues(3, 3, tree.root(3), tree.root(4), [])


def test_another_history_is_not_continued():
    """Whoever changed an old leaf cannot prove that the new tree goes on from the old root."""
    honest = Tree([b"%d" % number for number in range(40)])
    for changed in range(25):
        forged = Tree([b"forged" if at == changed else each for at, each in enumerate(honest.entries)])
        path = forged.consistency(25, 40)
        assert not merkle.continues(25, 40, honest.root(25), forged.root(40), path)
