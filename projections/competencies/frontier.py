"""What stands in the way, and what is next? Gaps with the weak beginnings behind them, and the frontier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from projections.competencies.mastery import APPROACHING, DEVELOPING, Mastery
from projections.competencies.rollup import Rolled, is_mastered
from projections.competencies.trees import Tree

_WEAK = frozenset({APPROACHING, DEVELOPING})
# Who has thousands of weak ones on one long way shall not be told millions of names.
MOST_BEHIND = 100


class Gap(NamedTuple):
    """A competency below the cut. Of the weak ones `behind` it, `causes` have none before them."""

    competency: str
    behind: tuple[str, ...]
    causes: tuple[str, ...]


class Next(NamedTuple):
    """Not mastered yet, but all that comes right before it is."""

    competency: str
    mastered: tuple[str, ...]


def gaps(tree: Tree, masteries: Mapping[str, Mastery], within: Iterable[str]) -> Iterator[Gap]:
    """What is weak, and the weak ones that lead to it, from the top down; of very many, first its causes."""
    weak = [each for each in tree.order if each in masteries and masteries[each].state in _WEAK]
    bits = {each: 1 << number for number, each in enumerate(weak)}
    before = _weak_before(tree, bits)
    begins = sum(bits[each] for each in weak if not before.get(each))
    for identifier in within:
        if identifier in bits:
            behind = before.get(identifier, 0) & ~bits[identifier]
            causes = _first(behind & begins, MOST_BEHIND)
            others = _first(behind & ~begins, MOST_BEHIND - len(causes))
            all_ = sorted([*causes, *others])
            yield Gap(identifier, tuple(weak[n] for n in all_), tuple(weak[n] for n in causes))


def _weak_before(tree: Tree, bits: Mapping[str, int]) -> dict[str, int]:
    """Of each item, the weak ones that come before it, step by step back to the beginning: a bit for each."""
    found: dict[str, int] = {}
    for identifier in tree.forward if bits else ():
        before = 0
        for each in tree.framework.prerequisites.get(identifier, ()):
            before |= bits.get(each, 0) | found.get(each, 0)
        if before:
            found[identifier] = before
    return found


def _first(bits: int, most: int) -> list[int]:
    """The numbers of the lowest bits that are set."""
    found: list[int] = []
    while bits and len(found) < most:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return found


def ready(
    tree: Tree, masteries: Mapping[str, Mastery], rolled: Mapping[str, Rolled], within: Iterable[str]
) -> list[Next]:
    """What can be learned next: first what has been begun, then what most leads to, then from the top down.

    Of what nothing comes before, only leaves and what has been begun: a branch is not learned by itself.
    """
    found = []
    for identifier in within:
        steps = tree.framework.prerequisites.get(identifier, ())
        if not (steps or tree.is_leaf(identifier) or identifier in masteries):
            continue
        if is_mastered(identifier, masteries, rolled):
            continue
        if all(is_mastered(each, masteries, rolled) for each in steps):
            found.append(Next(identifier, steps))
    return sorted(found, key=lambda each: (each.competency not in masteries, -len(each.mastered)))
