"""How do hashes prove what a log contains? Merkle trees as RFC 9162 2.1 defines them; pure arithmetic.

A tree has `size` leaves, numbered from 0. A node of level l has 2^l leaves below it; node i of that level has
those from i * 2^l on. Proofs are made of the roots of ranges of leaves, and each range of a few nodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

HASH_SIZE = 32
EMPTY = sha256().digest()


class Node(NamedTuple):
    """A node with all of its leaves: they never change, and so neither does its hash."""

    level: int
    number: int


def leaf(entry: bytes) -> bytes:
    """The hash of a leaf (2.1.1)."""
    return sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of the node above two others (2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over hashes of leaves, or of nodes that are all of one level (2.1.1)."""
    level = list(hashes) or [EMPTY]
    while len(level) > 1:
        # One that is left over has no neighbour on this level, and goes up as it is.
        above = [node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = above + level[len(above) * 2 :]
    return level[0]


def nodes(leaves: range) -> list[Node]:
    """The fewest nodes that have exactly these leaves below them, left to right.

    Ranges of proofs begin where a node as large as the range, or larger, may begin.
    """
    found, at = [], leaves.start
    while at < leaves.stop:
        level = (leaves.stop - at).bit_length() - 1
        found.append(Node(level, at >> level))
        at += 1 << level
    return found


def joined(hashes: Sequence[bytes]) -> bytes:
    """The root of a range out of the hashes of its `nodes`."""
    if not hashes:
        return EMPTY
    found = hashes[-1]
    for left in reversed(hashes[:-1]):
        found = node(left, found)
    return found


def inclusion(index: int, size: int) -> list[range]:
    """The ranges whose roots prove that a leaf is in the tree, nearest first (2.1.3.1)."""
    found, first, end = [], 0, size
    while end - first > 1:
        split = first + _split(end - first)
        if index < split:
            found.append(range(split, end))
            end = split
        else:
            found.append(range(first, split))
            first = split
    return found[::-1]


def consistency(first: int, second: int) -> list[range]:
    """The ranges whose roots prove that the tree of size `first` begins the one of `second` (2.1.4.1)."""
    if not 0 < first < second:
        return []
    found, begin, end = [], 0, second
    while first < end:
        split = begin + _split(end - begin)
        if first <= split:
            found.append(range(split, end))
            end = split
        else:
            found.append(range(begin, split))
            begin = split
    # Whoever knows the old root needs no hash for it, unless it is only a part of the old tree.
    return ([range(begin, end)] if begin else []) + found[::-1]


def path(ranges: Iterable[range], hashes: dict[Node, bytes]) -> list[bytes]:
    """The roots of ranges, out of the hashes of their nodes."""
    return [joined([hashes[each] for each in nodes(leaves)]) for leaves in ranges]


def includes(of: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a path proves that a leaf is in the tree with this root (2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, of
    for each in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node(each, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node(found, each)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def continues(first: int, second: int, old: bytes, new: bytes, path: Sequence[bytes]) -> bool:
    """Whether a path proves that the tree with the root `old` begins the one with `new` (2.1.4.2)."""
    if first == second:
        return not path and old == new
    if not 0 < first < second:
        return first == 0 < second and not path and old == EMPTY
    # Where the old tree is one node of the new one, its root begins the path.
    steps = [old, *path] if first & (first - 1) == 0 else list(path)
    return bool(steps) and _roots(first, second, steps) == (old, new)


def _roots(first: int, second: int, steps: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The roots of both trees that a path leads to, or None where it is too short or too long."""
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for each in steps[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            old, new = node(each, old), node(each, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node(new, each)
        place, last = place >> 1, last >> 1
    return (old, new) if last == 0 else None


def _split(size: int) -> int:
    """The largest power of two that is smaller."""
    return 1 << ((size - 1).bit_length() - 1)
