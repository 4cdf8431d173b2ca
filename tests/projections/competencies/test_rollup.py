"""Branches, gaps and the frontier: each item counts once, wherever it hangs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.competencies import document, frontier
from projections.competencies.mastery import Mastery, Policy
from projections.competencies.rollup import is_mastered, roll_up
from projections.competencies.trees import Tree
from tests.projections.competencies.builders import a_framework, identifier, the_tree

POLICY = Policy()


def known(**estimates: float) -> dict[str, Mastery]:
    return {
        identifier(name): Mastery(POLICY.state(each, 6), each, 1.0, 1.0, ("x",) * 6)
        for name, each in estimates.items()
    }


def rolled(masteries: Mapping[str, Mastery], tree: Tree | None = None):
    found = roll_up(tree or the_tree(), masteries, POLICY)
    return {name: found.get(identifier(name)) for name in ("", "number", "fractions", "measurement")}


def test_level_and_coverage_are_apart():
    found = rolled(known(compare=0.9))
    assert (found["fractions"].level, found["fractions"].assessed, found["fractions"].leaves) == (0.9, 1, 2)
    assert (found["number"].level, found["number"].assessed, found["number"].leaves) == (0.9, 1, 4)
    assert found["number"].state == "mastered"
    assert found["measurement"] is None
    assert found[""] == found["number"]


def test_what_is_weak_without_an_estimate_is_assessed_and_lowers_the_level():
    policy = Policy("n-mastery", {"n": 3})
    weak, early = (Mastery(policy.state(None, count), None, 1.0, 1.0, ("x",) * count) for count in (6, 2))
    masteries = known(compare=1.0) | {identifier("add"): weak, identifier("units"): early}
    found = roll_up(the_tree(), masteries, policy)
    fractions = found[identifier("fractions")]
    assert (fractions.level, fractions.state, fractions.assessed) == (0.5, "developing", 2)
    assert identifier("measurement") not in found


def test_evidence_of_a_branch_itself_counts_once_and_covers_no_leaf():
    found = rolled(known(fractions=0.5, add=0.9))
    assert found["fractions"].level == pytest.approx(0.7)
    assert found["fractions"].assessed == 1


def test_what_is_known_better_weighs_more():
    masteries = known(compare=1.0, add=0.0)
    masteries[identifier("add")].scored = ("x",) * 2  # 2 / 4 beside 6 / 8
    assert rolled(masteries)["fractions"].level == pytest.approx(0.75 / 1.25)


def test_an_item_under_two_parents_counts_once_above_both():
    tree = Tree(a_framework({"": ("a",), "a": ("b", "c"), "b": ("d",), "c": ("d",)}, {}))
    found = roll_up(tree, known(d=0.6, b=0.9), POLICY)
    assert found[identifier("a")].level == pytest.approx(0.75)
    assert found[identifier("a")].leaves == 1
    assert len(tree.order) == 4


def test_a_circle_ends():
    tree = Tree(a_framework({"": ("a",), "a": ("b",), "b": ("a",)}, {"a": ("b",), "b": ("a",)}))
    assert sorted(tree.order) == sorted(map(identifier, "ab"))
    assert roll_up(tree, known(a=0.5), POLICY)[identifier("b")].level == 0.5
    assert [each.behind for each in frontier.gaps(tree, known(a=0.5, b=0.5), tree.order)] == [
        (identifier("b"),),
        (identifier("a"),),
    ]


def gaps(**estimates: float) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    tree = the_tree()
    names = {identifier(name): name for name in ("compare", "add", "units", "area")}
    return {
        names[each.competency]: (
            tuple(names[one] for one in each.behind),
            tuple(names[one] for one in each.causes),
        )
        for each in frontier.gaps(tree, known(**estimates), tree.order)
    }


def test_a_gap_names_the_weak_beginning_behind_it():
    assert gaps(compare=0.9, add=0.9, units=0.5, area=0.4) == {
        "units": ((), ()),
        "area": (("units",), ("units",)),
    }


def test_a_gap_looks_behind_what_is_mastered_or_unknown():
    assert gaps(compare=0.5, add=0.9, area=0.4)["area"] == (("compare",), ("compare",))
    assert gaps(compare=0.5, area=0.4)["area"] == (("compare",), ("compare",))
    assert gaps(compare=0.5, add=0.5, units=0.9, area=0.4)["area"] == (("compare", "add"), ("compare",))


def test_of_a_very_long_way_the_beginning_and_some_of_the_rest_are_told():
    names = [f"n{number:04}" for number in range(1200)]
    tree = Tree(a_framework({"": names}, {after: (before,) for before, after in pairwise(names)}))
    masteries = known(**dict.fromkeys(names, 0.1))
    found = list(frontier.gaps(tree, masteries, tree.order))
    assert len(found) == 1200
    assert max(len(each.behind) for each in found) == frontier.MOST_BEHIND
    assert {each.causes for each in found[1:]} == {(identifier("n0000"),)}
    assert found[-1].behind == tuple(map(identifier, names[:100]))
    text = document.gap(found[-1], tree, masteries)["text"]
    assert text == (
        "n1199 is developing (0.10). It begins with what comes before it: n0000, developing (0.10), "
        "by way of n0001, n0002, n0003, n0004, n0005, 94 more."
    )


def ready(**estimates: float) -> list[str]:
    tree, masteries = the_tree(), known(**estimates)
    names = {identifier(name): name for name in ("number", "fractions", "measurement", "compare", "add")}
    names |= {identifier(name): name for name in ("units", "area")}
    found = frontier.ready(tree, masteries, roll_up(tree, masteries, POLICY), tree.order)
    return [names[each.competency] for each in found]


def test_the_frontier_is_what_all_before_is_mastered():
    assert ready() == ["compare", "units"]
    assert ready(compare=0.9) == ["add", "units"]
    assert ready(compare=0.7) == ["compare", "units"]
    assert ready(compare=0.9, add=0.9, units=0.9) == ["area"]
    assert ready(compare=0.9, add=0.5, units=0.9) == ["add"]


def test_a_branch_is_mastered_when_all_of_it_is():
    tree = the_tree()
    for estimates, expected in (
        ({"compare": 0.9, "add": 0.9}, True),
        ({"compare": 0.9}, False),
        ({"fractions": 0.9}, True),
        ({"fractions": 0.5, "compare": 0.9, "add": 0.9}, False),
    ):
        masteries = known(**estimates)
        found = roll_up(tree, masteries, POLICY)
        assert is_mastered(identifier("fractions"), masteries, found) is expected


trees = st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=3))
figures = st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 1), min_size=1)


@given(trees, figures)
def test_a_level_lies_between_what_it_is_made_of(children, estimates):
    links: dict[str, Sequence[str]] = {"": tuple("abcdef"), **children}
    tree = Tree(a_framework(links, {}))
    found = roll_up(tree, known(**estimates), POLICY)
    whole = found[identifier("")]
    assert min(estimates.values()) - 1e-9 <= whole.level <= max(estimates.values()) + 1e-9
    assert all(0 <= each.assessed <= each.leaves for each in found.values())
    assert len(tree.order) == 6
