"""What do statements take over along a chain of references? (Communication 2.1.3)

A reference is followed MOST_STEPS far, and a statement with more than MOST_TERMS terms passes none on. So
what one statement takes over is always few enough, and only several at once can be refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lrs.errors import TooLarge
from lrs.store import gist
from lrs.store.rows import Rows

MOST_STEPS = 20
MOST_TERMS = 10_000
# By all statements of one append: about a second under the lock.
MOST_TAKEN_OVER = 200_000

# By number of a new statement, and by steps to it: the positions of the older ones that lead to it.
Older = Mapping[int, Mapping[int, list[int]]]
Terms = frozenset[bytes]
_NOTHING: Terms = frozenset()


class Reached(NamedTuple):
    """A stored statement that new ones lead to: where it leads in turn, and its text unless that is large."""

    target: bytes | None
    text: bytes | None


@dataclass(slots=True)
class Taken:
    """The terms of the new statements, their own and others, and pairs of a term and an older statement."""

    by_new: list[Sequence[bytes]] = field(default_factory=list)
    terms: list[bytes] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    room: int = MOST_TAKEN_OVER
    left_out: int = 0

    def count(self, terms: int) -> None:
        """Count what is looked at, inserted or not: that bounds all work."""
        self.room -= terms
        if self.room < 0:
            raise too_many(f"they would take over more than {MOST_TAKEN_OVER:,} things to be found by")


def take_over(added: Sequence[Rows], older: Older, reached: Mapping[bytes, Reached]) -> Taken:
    """What new statements take over, and older ones that lead to them; TooLarge."""
    chains = _Chains(added, reached)
    taken = Taken()
    for number, each in enumerate(added, 1):
        if each.reference or number in older:
            own, *others = chains.follow(each.statement)
            taken.count(sum(map(len, others)))
            taken.by_new.append([*each.terms, *_NOTHING.union(*others).difference(each.terms)])
            for step, positions in older.get(number, {}).items():
                terms = own.union(*others[: MOST_STEPS - step])
                _pass_on(taken, terms, positions, alone=len(added) == 1)
        else:
            taken.by_new.append(each.terms)
    return taken


def too_many(what: str) -> TooLarge:
    """The error for what several statements can do, and one alone cannot."""
    return TooLarge(f"References lead from or to these statements, and {what}; send fewer at once.")


def _pass_on(taken: Taken, terms: Terms, positions: list[int], *, alone: bool) -> None:
    """Who comes alone is not refused for what others did before: then the nearest and oldest take over."""
    if alone and terms:
        most = taken.room // len(terms)
        taken.left_out += len(positions[most:])
        positions = sorted(positions)[:most]
    taken.count(len(terms) * len(positions))
    for term in terms:
        taken.terms += [term] * len(positions)
        taken.positions += positions


class _Chains:
    """Where references lead, and what is passed on along them."""

    def __init__(self, added: Sequence[Rows], reached: Mapping[bytes, Reached]) -> None:
        self._new = {each.statement: each for each in added}
        self._reached = reached
        self._passed_on: dict[bytes, Terms] = {}

    def follow(self, statement: bytes) -> Iterator[Terms]:
        """What it passes on itself, and then each statement that it leads to, the nearest first."""
        seen: set[bytes] = set()
        here: bytes | None = statement
        while here is not None and here not in seen and len(seen) <= MOST_STEPS:
            seen.add(here)
            passed_on = self._passed_on.get(here)
            if passed_on is None:
                passed_on = self._passed_on[here] = self._of(here)
            yield passed_on
            here = self._target(here)

    def _target(self, statement: bytes) -> bytes | None:
        if new := self._new.get(statement):
            return new.reference.target if new.reference else None
        reached = self._reached.get(statement)
        return reached.target if reached else None

    def _of(self, statement: bytes) -> Terms:
        if new := self._new.get(statement):
            return frozenset(new.terms) if len(new.terms) <= MOST_TERMS else _NOTHING
        reached = self._reached.get(statement)
        # Each agent and activity takes a brace, so this is told without reading what is long.
        if reached is None or reached.text is None or reached.text.count(b"{") > MOST_TERMS:
            return _NOTHING
        return frozenset(gist.terms(reached.text))
