"""A statement follows a rule or does not: `follows_rule` of Communication 2.1, and Structure 8.1."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi_profiles import rules

Json = dict[str, Any]


def broken(statement: Any, **rule: Any) -> str | None:
    """The keyword that a statement breaks in this rule about its member a."""
    found = rules.compiled({"location": "$.a", **rule}).broken(statement)
    return found[0] if found else None


# --- presence ---


def test_included_asks_for_a_matchable_value() -> None:
    assert broken({"a": 1}, presence="included") is None
    assert broken({"b": 1}, presence="included") == "presence"


@pytest.mark.parametrize("value", [None, False, 0, "", [], {}])
def test_a_value_that_looks_like_nothing_is_there(value: Any) -> None:
    assert broken({"a": value}, presence="included") is None
    assert broken({"a": value}, presence="excluded") == "presence"


def test_included_asks_for_no_unmatchable_value() -> None:
    rule = {"location": "$.a[*]", "selector": "$.b", "presence": "included"}
    assert broken({"a": [{"b": 1}, {"b": 2}]}, **rule) is None
    assert broken({"a": [{"b": 1}, {"c": 2}]}, **rule) == "presence"
    assert broken({"a": [{"c": 2}]}, **rule) == "presence"
    assert broken({"a": []}, **rule) == "presence"


def test_excluded_asks_for_no_matchable_value() -> None:
    assert broken({"b": 1}, presence="excluded") is None
    assert broken({"a": 1}, presence="excluded") == "presence"


def test_excluded_may_have_unmatchable_values() -> None:
    rule = {"location": "$.a[*]", "selector": "$.b", "presence": "excluded"}
    assert broken({"a": [{"c": 1}]}, **rule) is None
    assert broken({"a": []}, **rule) is None
    assert broken({"a": [{"c": 1}, {"b": 1}]}, **rule) == "presence"


def test_recommended_asks_for_nothing() -> None:
    assert broken({}, presence="recommended") is None
    assert broken({"a": 1}, presence="recommended") is None


@pytest.mark.parametrize("keyword", ["any", "all"])
def test_what_is_recommended_is_checked_where_it_is_there(keyword: str) -> None:
    assert broken({}, presence="recommended", **{keyword: [1]}) is None
    assert broken({"a": 1}, presence="recommended", **{keyword: [1]}) is None
    assert broken({"a": 2}, presence="recommended", **{keyword: [1]}) == keyword
    assert broken({"a": 1}, presence="recommended", none=[1]) == "none"


def test_an_unmatchable_value_of_what_is_recommended_is_there() -> None:
    """The algorithm asks whether values is empty, and with an UNMATCHABLE it is not."""
    rule = {"location": "$.a[*]", "selector": "$.b", "presence": "recommended"}
    assert broken({"a": [{"c": 1}]}, **rule, all=[1]) == "all"
    assert broken({"a": [{"c": 1}]}, **rule, any=[1]) == "any"
    assert broken({"a": [{"c": 1}]}, **rule, none=[1]) is None


# --- any, all, none ---


def test_any_asks_for_one_of_its_values_among_all() -> None:
    rule = {"location": "$.a[*]", "any": [1, 2]}
    assert broken({"a": [2, 3]}, **rule) is None
    assert broken({"a": [3, 4]}, **rule) == "any"


def test_any_without_presence_is_not_met_by_nothing() -> None:
    assert broken({}, any=[1]) == "any"
    assert broken({}, presence="included", any=[1]) == "presence"


def test_any_passes_over_unmatchable_values() -> None:
    rule = {"location": "$.a[*]", "selector": "$.b", "any": [1]}
    assert broken({"a": [{"c": 1}, {"b": 1}]}, **rule) is None
    assert broken({"a": [{"c": 1}]}, **rule) == "any"


def test_all_asks_that_there_be_no_other_value() -> None:
    rule = {"location": "$.a[*]", "all": [1, 2]}
    assert broken({"a": [1, 1]}, **rule) is None
    assert broken({"a": [1, 3]}, **rule) == "all"


def test_all_without_presence_is_met_by_nothing() -> None:
    assert broken({}, all=[1]) is None


def test_all_allows_no_unmatchable_value() -> None:
    rule = {"location": "$.a[*]", "selector": "$.b", "all": [1]}
    assert broken({"a": [{"b": 1}]}, **rule) is None
    assert broken({"a": [{"b": 1}, {"c": 1}]}, **rule) == "all"


def test_none_asks_that_none_of_its_values_be_there() -> None:
    rule = {"location": "$.a[*]", "none": [1, 2]}
    assert broken({"a": [3]}, **rule) is None
    assert broken({"a": [3, 2]}, **rule) == "none"
    assert broken({}, **rule) is None


def test_none_passes_over_unmatchable_values() -> None:
    rule = {"location": "$.a[*]", "selector": "$.b", "none": [1]}
    assert broken({"a": [{"c": 1}]}, **rule) is None
    assert broken({"a": [{"c": 1}, {"b": 1}]}, **rule) == "none"


def test_every_keyword_of_a_rule_counts() -> None:
    rule = {"presence": "included", "any": [1, 2], "all": [1, 2, 3], "none": [2]}
    assert broken({"a": 1}, **rule) is None
    assert broken({"a": 3}, **rule) == "any"
    assert broken({"a": 2}, **rule) == "none"
    assert broken({"a": 1}, **rule | {"all": [3]}) == "all"


# --- values ---


def test_an_array_that_is_a_value_is_compared_as_one() -> None:
    assert broken({"a": [1, 2]}, any=[1]) == "any"
    assert broken({"a": [1, 2]}, any=[[1, 2]]) is None
    assert broken({"a": [1, 2]}, any=[[2, 1]]) == "any"


def test_objects_are_compared_whatever_the_order_of_their_members() -> None:
    assert broken({"a": {"b": 1, "c": [{}]}}, all=[{"c": [{}], "b": 1}]) is None
    assert broken({"a": {"b": 1}}, all=[{"b": 2}]) == "all"


@pytest.mark.parametrize(("value", "other"), [(True, 1), (False, 0), ([True], [1]), ({"b": 1}, {"b": True})])
def test_a_boolean_is_no_number(value: Any, other: Any) -> None:
    assert broken({"a": value}, any=[value]) is None
    assert broken({"a": value}, any=[other]) == "any"
    assert broken({"a": other}, none=[value]) is None


def test_numbers_are_equal_however_they_are_written() -> None:
    assert broken({"a": 1.0}, any=[1]) is None
    assert broken({"a": "1"}, any=[1]) == "any"


def test_null_is_a_value() -> None:
    assert broken({"a": None}, any=[None]) is None
    assert broken({"a": None}, all=["null"]) == "all"


# --- selector ---


def test_a_selector_is_evaluated_on_every_value_of_the_location() -> None:
    rule = {"location": "$.a[*].b", "selector": "$.c[*]"}
    statement = {"a": [{"b": {"c": [1, 2]}}, {"b": {"c": [3]}}]}
    assert broken(statement, **rule, all=[1, 2, 3]) is None
    assert broken(statement, **rule, all=[1, 2]) == "all"
    assert broken(statement, **rule, any=[3]) is None


def test_the_reason_names_the_place_and_the_values() -> None:
    rule = rules.compiled({"location": "$.a", "selector": "$.b", "any": ["x", True, {"c": 1}]})
    assert rule.broken({"a": {"b": 1}}) == ("any", "$.a > $.b must have one of an object, true, x")


# --- as the pseudocode says it, word by word ---

UNMATCHABLE = object()


def _follows(statement: Json, rule: Json) -> bool:
    """Communication 2.1, line by line; only equality is ours, since there it is not defined."""
    strict = True
    values = [*statement.get("a", [])] if rule["location"].endswith("[*]") else [*statement.values()]
    if "selector" in rule:
        values = [value.get("b", UNMATCHABLE) if isinstance(value, dict) else UNMATCHABLE for value in values]
    if rule.get("presence") == "included" and (UNMATCHABLE in values or not values):
        return False
    if rule.get("presence") == "excluded" and any(value is not UNMATCHABLE for value in values):
        return False
    if rule.get("presence") == "recommended":
        strict = False
    if "any" in rule and (strict or values) and not any(_in(value, rule["any"]) for value in values):
        return False
    if "all" in rule and (strict or values) and not all(_in(value, rule["all"]) for value in values):
        return False
    return not ("none" in rule and (strict or values) and any(_in(value, rule["none"]) for value in values))


def _in(value: Any, values: list[Any]) -> bool:
    return any(type(value) is type(one) and value == one for one in values)


_small = st.lists(st.sampled_from([1, 2, True, "x"]), min_size=1, max_size=3)
_rule = st.fixed_dictionaries(
    {"location": st.sampled_from(["$.a[*]", "$.a"])},
    optional={
        "selector": st.just("$.b"),
        "presence": st.sampled_from(["included", "excluded", "recommended"]),
        "any": _small,
        "all": _small,
        "none": _small,
    },
)
_value = st.sampled_from([1, 2, True, "x"])
_statement = st.fixed_dictionaries(
    {}, optional={"a": st.lists(_value | st.fixed_dictionaries({"b": _value}) | st.just({}), max_size=3)}
)


@given(statement=_statement, rule=_rule)
def test_whatever_the_rule_the_answer_is_that_of_the_pseudocode(statement: Json, rule: Json) -> None:
    assert (broken(statement, **rule) is None) == _follows(statement, rule)


# --- the quick answer is the one that is explained ---

LOCATIONS = ["$", "$.a", "$.a.b", "$.b.b", "$.a[*]", "$.a[*].b", "$.a..b", "$.a | $.b", "$.a[0]", "$.a,b"]
VALUES: list[Any] = [
    1,
    1.0,
    True,
    "x",
    [1],
    [True],
    None,
    {},
    {"b": 1},
    {"b": [True]},
    [{"b": 1}, 1, {"b": "x"}],
    [],
]


def _rules() -> Iterator[Json]:
    """Every kind of rule."""
    presences = (None, "included", "excluded", "recommended")
    named: list[list[Any] | None] = [None, [1, "x"], [True, [1]]]
    for members in product(LOCATIONS, (None, "$.b"), presences, named, named, [None, [1]]):
        names = ("location", "selector", "presence", "any", "all", "none")
        yield {name: value for name, value in zip(names, members, strict=True) if value is not None}


def _explained(rule: rules.Rule, statement: Json) -> bool:
    return rule.wanted.broken(rule.find(statement)) is None


STATEMENTS: list[Json] = [
    {},
    *({"a": one} for one in VALUES),
    *({"b": one} for one in VALUES),
    {"a": 1, "b": "x"},
]


def test_every_rule_is_kept_where_nothing_is_broken() -> None:
    for rule in _rules():
        found = rules.compiled(rule)
        for statement in STATEMENTS:
            assert found.kept(statement) == _explained(found, statement), (rule, statement)


@given(chosen=st.lists(st.sampled_from([*_rules()]), max_size=4), statement=st.sampled_from(STATEMENTS))
def test_rules_are_kept_together_where_each_is(chosen: list[Json], statement: Json) -> None:
    found = [rules.compiled(rule) for rule in chosen]
    together = all(kept(statement) for kept in rules.together(found))
    assert together == all(_explained(each, statement) for each in found)
