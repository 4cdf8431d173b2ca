"""How far is she with a whole branch? Level and coverage, which are never mixed.

The level is the mean of what has been assessed in the branch, each item once, wherever in the branch it is.
An item weighs n / (n + 2), where n is the number of its scores: what is known better weighs more, and none
outweighs all others; and a level does not change by growing old. Coverage is how many of the leaves have been
assessed at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from projections.competencies.mastery import INSUFFICIENT, MASTERED, Mastery, Policy, State, sure
from projections.competencies.trees import Tree


class Rolled(NamedTuple):
    """What a branch comes to: `assessed` of its `leaves`, and the state that the level by itself would be."""

    level: float
    state: State
    assessed: int
    leaves: int


class _Sums(NamedTuple):
    """Of each place of a tree, and of its framework at the end."""

    points: list[float]
    weights: list[float]
    pieces: list[int]
    assessed: list[int]


def roll_up(tree: Tree, masteries: Mapping[str, Mastery], policy: Policy) -> dict[str, Rolled]:
    """Every item with something assessed in its branch, and the framework itself by its id."""
    points, weights, pieces, assessed = _sums(tree, masteries, policy)
    rolled = {}
    for place, name in enumerate((*tree.order, tree.framework.id)):
        if weights[place]:
            level = points[place] / weights[place]
            state = policy.level(level) if pieces[place] >= policy.needed else INSUFFICIENT
            rolled[name] = Rolled(level, state, assessed[place], tree.leaves[name])
    return rolled


def _sums(tree: Tree, masteries: Mapping[str, Mastery], policy: Policy) -> _Sums:
    """From the leaves up: what is under an item is added to it before it is added to what is above."""
    places = len(tree.order) + 1
    sums = _Sums([0.0] * places, [0.0] * places, [0] * places, [0] * places)
    points, weights, pieces, assessed = sums
    for place in range(places - 2, -1, -1):
        above = tree.above[place]
        own = masteries.get(tree.order[place])
        if own is not None and own.assessed:
            value, count = _own(own, policy)
            weight, leaf = sure(count), tree.is_leaf(tree.order[place])
            for each in (place,) if tree.plain else above:
                points[each] += weight * value
                weights[each] += weight
                pieces[each] += count
                assessed[each] += leaf
        if tree.plain and weights[place]:
            (parent,) = above
            points[parent] += points[place]
            weights[parent] += weights[place]
            pieces[parent] += pieces[place]
            assessed[parent] += assessed[place]
    return sums


def _own(mastery: Mastery, policy: Policy) -> tuple[float, int]:
    """What an item is by itself; what is held counts at least as much as mastery takes.

    Where n-mastery gives no estimate of what has been scored often enough, that is nothing.
    """
    value, count = mastery.estimate or 0.0, len(mastery.scored)
    if mastery.held:
        return max(value, policy.cut), max(count, policy.needed)
    return value, count


def is_mastered(identifier: str, masteries: Mapping[str, Mastery], rolled: Mapping[str, Rolled]) -> bool:
    """By itself; or where nothing is known of it alone, because all of its branch is covered and mastered."""
    mastery = masteries.get(identifier)
    if mastery is not None and mastery.assessed:
        return mastery.state == MASTERED
    branch = rolled.get(identifier)
    return branch is not None and branch.state == MASTERED and branch.assessed == branch.leaves
