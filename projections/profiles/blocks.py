"""Which part of the log is counted once and for all? A block, as soon as its last position is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lrs.xapi.vocabulary import Json
from projections.projection import Ask
from projections.testimony import parts

# A report reads a row for each block, and checks anew what lies before the first and after the last of them.
SIZE = 1024
MOST_BYTES = 16 * 1024 * 1024


class Stored(NamedTuple):
    """A statement, and where it is in the log."""

    position: int
    statement: Json


def complete(position: int) -> int:
    """How many blocks are whole when the log has got as far."""
    return position // SIZE


def block(ask: Ask, number: int) -> Iterator[Stored]:
    """The statements of a block, oldest first."""
    return between(ask, number * SIZE, (number + 1) * SIZE)


def between(ask: Ask, after: int, until: int) -> Iterator[Stored]:
    """The statements after a position, up to and including another, oldest first."""
    while after < until:
        rows = ask("statements", {"after": after, "until": until, "most": MOST_BYTES})
        for position, state in rows:
            yield Stored(position, parts.parsed(state))
        whole = sum(len(state) for _, state in rows) < MOST_BYTES
        after = until if whole else rows[-1][0]
