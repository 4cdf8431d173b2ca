"""How do the items of a framework hang together? Worked out once for each version of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from lrs.case import graph
from projections.frameworks.model import Framework

# Frameworks are kept by whoever reads them, and few are read at a time.
MOST_KEPT = 64

_kept: dict[int, tuple[Framework, Tree]] = {}


class Tree:
    """A framework, its items from the top down, and for each what is above it.

    An item may hang under several parents, and real packages have circles: each item counts once. `forward`
    has the items that prerequisites are about, each after all that comes before it.
    """

    def __init__(self, framework: Framework) -> None:
        self.framework = framework
        self.order = tuple(_downwards(framework))
        self.place = {identifier: number for number, identifier in enumerate(self.order)}
        self.parents = _parents(framework)
        above = graph.reach(self.parents)
        self.ancestors = {
            each: (each, *(above.get(each, frozenset()) - {each}), framework.id) for each in self.order
        }
        self.plain = self._is_plain()
        self.forward = tuple(graph.finished(framework.prerequisites))

    @cached_property
    def above(self) -> Sequence[Sequence[int]]:
        """The places of an item and of all above it, the framework last; where plain, only of its parent."""
        end = len(self.order)
        places = self.place | {self.framework.id: end}
        if self.plain:
            return [
                [places[each] for each in self.parents.get(one, (self.framework.id,))] for one in self.order
            ]
        return [[places[each] for each in self.ancestors[one]] for one in self.order]

    def _is_plain(self) -> bool:
        """No item under two others, and none under itself: what is under one is under nothing else then."""
        return all(
            len(parents) == 1 and self.place[parents[0]] < self.place[each]
            for each, parents in self.parents.items()
        )

    @cached_property
    def leaves(self) -> Mapping[str, int]:
        """How many items without children are under each, itself included; and in all of the framework."""
        found = dict.fromkeys([*self.order, self.framework.id], 0)
        for each in self.order:
            if self.is_leaf(each):
                for above in self.ancestors[each]:
                    found[above] += 1
        return found

    def is_leaf(self, identifier: str) -> bool:
        """Whether nothing hangs under it."""
        return not self.framework.children.get(identifier)

    def under(self, identifier: str) -> tuple[str, ...]:
        """It and all that is under it, from the top down."""
        return tuple(each for each in self.order if identifier in self.ancestors[each])


def tree(framework: Framework) -> Tree:
    """Its tree, which is kept for as long as some others are not asked for."""
    found = _kept.get(id(framework))
    if found is None:
        found = _kept[id(framework)] = (framework, Tree(framework))
        for oldest in list(_kept)[:-MOST_KEPT]:
            _kept.pop(oldest, None)
    return found[1]


def _downwards(framework: Framework) -> Iterator[str]:
    """Depth first from the roots; what hangs nowhere, or in a circle, comes last."""
    seen: set[str] = set()
    for start in (*framework.children.get(framework.id, ()), *framework.items):
        waiting = [start]
        while waiting:
            each = waiting.pop()
            if each not in seen and each in framework.items:
                seen.add(each)
                yield each
                waiting += reversed(framework.children.get(each, ()))


def _parents(framework: Framework) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for parent, children in framework.children.items():
        if parent in framework.items:
            for child in children:
                found.setdefault(child, []).append(parent)
    return {child: tuple(parents) for child, parents in found.items()}
