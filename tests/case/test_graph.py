"""Circles are found whatever the order, and no graph is too deep or too large."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lrs.case import graph

NODES = "abcdefgh"
EDGES = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=24)
DEEP = 20_000


def edges(*pairs: tuple[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for origin, destination in pairs:
        found.setdefault(origin, []).append(destination)
    return found


def reached(of: dict[str, list[str]], start: str) -> set[str]:
    """What a walk from a node comes to, one step after the other."""
    found: set[str] = set()
    while fresh := {after for node in found | {start} for after in of.get(node, ())} - found:
        found |= fresh
    return found


def test_nodes_that_lead_to_each_other_are_a_circle() -> None:
    assert graph.circles(edges(*[tuple(each) for each in ("ab", "bc", "ca", "cd", "ee", "fg")])) == [
        {"a", "b", "c"},
        {"e"},
    ]


@given(EDGES)
def test_a_circle_is_who_leads_to_itself_and_all_who_lead_there_and_back(
    pairs: list[tuple[str, str]],
) -> None:
    of = edges(*pairs)
    expected = {
        frozenset(each for each in NODES if each in reached(of, node) and node in reached(of, each))
        for node in NODES
        if node in reached(of, node)
    }
    assert set(map(frozenset, graph.circles(of))) == expected


@given(EDGES, st.randoms(use_true_random=False))
def test_the_order_of_edges_changes_nothing(pairs: list[tuple[str, str]], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = random.sample(pairs, len(pairs))
    assert graph.circles(edges(*shuffled)) == graph.circles(edges(*pairs))


@given(EDGES)
def test_depth_is_that_of_the_longest_way(pairs: list[tuple[str, str]]) -> None:
    of = edges(*[(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]])

    def longest(node: str) -> int:
        return 1 + max(map(longest, of.get(node, ())), default=0)

    assert graph.depth(of) == max(map(longest, of), default=0)


@given(EDGES)
def test_reach_is_what_a_walk_comes_to(pairs: list[tuple[str, str]]) -> None:
    of = edges(*[(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]])
    found = graph.reach(of)
    assert {node: after for node, after in found.items() if after} == {node: reached(of, node) for node in of}


def test_reach_ends_where_it_is_too_much() -> None:
    chain = {str(number): [str(number + 1)] for number in range(DEEP)}
    found = graph.reach(chain, most=1000)
    assert 1000 < sum(map(len, found.values())) < 1100


def test_no_way_is_too_long() -> None:
    chain = {str(number): [str(number + 1)] for number in range(DEEP)}
    assert graph.depth(chain) == DEEP + 1
    assert graph.circles(chain) == []
    assert len(graph.circles(chain | {str(DEEP): ["0"]})[0]) == DEEP + 1
