"""What stands in the way, and what is next? Gaps with the weak beginnings behind them, and the frontier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from projections.competencies.mastery import APPROACHING, DEVELOPING, Mastery
from projections.competencies.rollup import Rolled, is_mastered
from projections.competencies.trees import Tree

_WEAK = frozenset({APPROACHING, DEVELOPING})


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
    """What is weak, and the weak ones that lead to it, from the top down."""
    weak = {each for each in tree.order if each in masteries and masteries[each].state in _WEAK}
    for identifier in within:
        if identifier in weak:
            behind = weak & tree.before(identifier)
            causes = [each for each in behind if not weak & tree.before(each) - {identifier}]
            yield Gap(identifier, tuple(tree.in_order(behind)), tuple(tree.in_order(causes)))


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
