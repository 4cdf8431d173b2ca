"""Merkle trees word for word as RFC 9162 2.1 defines them: recursive, slow, and without a thought of ours."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

Entries = Sequence[bytes]


def mth(entries: Entries) -> bytes:
    """2.1.1: MTH(D_n)."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = power_below(len(entries))
    return sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def path(m: int, entries: Entries) -> list[bytes]:
    """2.1.3.1: PATH(m, D_n)."""
    n = len(entries)
    if n == 1:
        return []
    k = power_below(n)
    if m < k:
        return [*path(m, entries[:k]), mth(entries[k:])]
    return [*path(m - k, entries[k:]), mth(entries[:k])]


def proof(m: int, entries: Entries) -> list[bytes]:
    """2.1.4.1: PROOF(m, D_n)."""
    return subproof(m, entries, whole=True)


def subproof(m: int, entries: Entries, *, whole: bool) -> list[bytes]:
    """2.1.4.1: SUBPROOF(m, D_n, b)."""
    n = len(entries)
    if m == n:
        return [] if whole else [mth(entries)]
    k = power_below(n)
    if m <= k:
        return [*subproof(m, entries[:k], whole=whole), mth(entries[k:])]
    return [*subproof(m - k, entries[k:], whole=False), mth(entries[:k])]


def power_below(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k
