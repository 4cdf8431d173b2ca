"""Which nodes of a graph lie on a circle, and how deep is it? Without recursion, whatever its size."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

Edges = Mapping[str, Iterable[str]]


def circles(edges: Edges) -> list[set[str]]:
    """The sets of nodes each of which leads to all others of its set, and to itself (Kosaraju, Sharir 1981).

    Their order and what is in them do not depend on the order of nodes or edges.
    """
    back = _turned(edges)
    seen: set[str] = set()
    found = []
    for node in reversed(finished(edges)):
        if node not in seen:
            group = set(_reached(back, node, seen))
            if len(group) > 1 or node in edges.get(node, ()):
                found.append(group)
    return sorted(found, key=min)


def depth(edges: Edges) -> int:
    """How many nodes the longest way has, in a graph without circles."""
    longest = 0
    levels: dict[str, int] = {}
    for node in finished(edges):
        levels[node] = 1 + max((levels.get(after, 0) for after in edges.get(node, ())), default=0)
        longest = max(longest, levels[node])
    return longest


def reach(edges: Edges, most: float = math.inf) -> dict[str, set[str]]:
    """What each node leads to, in a graph without circles; ends where that is more than `most` in all."""
    reached: dict[str, set[str]] = {}
    whole = 0
    for node in finished(edges):
        after = set(edges.get(node, ()))
        found = reached[node] = after.union(*(reached.get(each, ()) for each in after))
        whole += len(found)
        if whole > most:
            break
    return reached


def finished(edges: Edges) -> list[str]:
    """All nodes, each after those that it leads to, but for circles."""
    seen: set[str] = set()
    order = []
    for root in edges:
        if root in seen:
            continue
        seen.add(root)
        way: list[tuple[str, Iterator[str]]] = [(root, iter(edges[root]))]
        while way:
            node, rest = way[-1]
            after = next((each for each in rest if each not in seen), None)
            if after is None:
                order.append(node)
                way.pop()
            else:
                seen.add(after)
                way.append((after, iter(edges.get(after, ()))))
    return order


def _turned(edges: Edges) -> dict[str, list[str]]:
    turned: dict[str, list[str]] = {}
    for node, following in edges.items():
        for each in following:
            turned.setdefault(each, []).append(node)
    return turned


def _reached(edges: Edges, start: str, seen: set[str]) -> Iterator[str]:
    seen.add(start)
    waiting = [start]
    while waiting:
        yield (node := waiting.pop())
        fresh = set(edges.get(node, ())) - seen
        seen |= fresh
        waiting += fresh
