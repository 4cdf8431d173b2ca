"""JSONPath as profiles may use it (Structure 8.1), and as an independent library understands it."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonpath as independent
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.xapi_profiles.builders import SHARED, needs_shared_data
from xapi_profiles import jsonpath

STATEMENT = {
    "verb": {"id": "v", "display": {"en-US": "did"}},
    "object": {"definition": {"type": "t", "extensions": {"https://e.org/a.b": [1, 2], "it's": 3}}},
    "context": {
        "contextActivities": {
            "grouping": [{"id": "g1", "definition": {"type": "t1"}}, {"id": "g2"}],
            "other": [],
        },
        "extensions": {"https://e.org/x": {"y": None}},
    },
    "attachments": [{"length": 1}, {"length": 2}, {"length": 3}],
}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("$", [STATEMENT]),
        ("$.verb.id", ["v"]),
        ("verb.id", ["v"]),
        ("$.verb.display.en-US", ["did"]),
        ("$['verb']['id']", ["v"]),
        ('$["verb"].id', ["v"]),
        ("$.verb,verb.id,id", ["v"]),
        ("$.attachments[*,*,0].length", [1, 2, 3]),
        ("$.object.definition.extensions['https://e.org/a.b']", [[1, 2]]),
        ("$.object.definition.extensions['https://e.org/a.b'][*]", [1, 2]),
        (r"$.object.definition.extensions['it\'s']", [3]),
        ("$.context.extensions['https://e.org/x'].y", [None]),
        ("$.context.contextActivities.grouping[*].id", ["g1", "g2"]),
        ("$.context.contextActivities.grouping.*.id", ["g1", "g2"]),
        ("$.context.contextActivities.grouping[*].definition.type", ["t1"]),
        ("$.context.contextActivities.other[*]", []),
        ("$.context.contextActivities.*[0].id", ["g1"]),
        ("$.attachments[0,2].length", [1, 3]),
        ("$.attachments[ 0 , 1 ].length", [1, 2]),
        ("$.attachments[7].length", []),
        ("$['verb','object'].id", ["v"]),
        ("$.verb,object.id", ["v"]),
        ("$.verb.id | $.attachments[1].length", ["v", 2]),
        ("$.verb.id|$.nothing|$.verb.id", ["v", "v"]),
        ("$..type", ["t", "t1"]),
        ("$.attachments..length", [1, 2, 3]),
        ("$.verb.id.more", []),
        ("$.verb[0]", []),
        ("$.attachments.length", []),
    ],
)
def test_a_path_finds(path: str, values: list[Any]) -> None:
    assert [*jsonpath.compiled(path)(STATEMENT)] == values


@pytest.mark.parametrize(
    "path",
    [
        "$.attachments[?(@.length > 1)]",
        "$.attachments[?@.length]",
        "$.attachments[(@.length-1)]",
        "$.attachments[-1]",
        "$.attachments[0:2]",
        "$.attachments[::2]",
        "$.attachments[1.5]",
        "$.attachments[99999999999999999999]",
        "$.a[]",
        "$.a['b'",
        "$.a['b]",
        "$.a[b]",
        "$.",
        "$a",
        "$.a b",
        "$.a |",
        "| $.a",
        "$.a,",
        "",
        "  ",
        "@.a",
        "$.a.b()",
        "$..a..b",
    ],
)
def test_what_profiles_must_not_use_is_refused(path: str) -> None:
    with pytest.raises(jsonpath.NotAPath):
        jsonpath.parse(path)


def test_a_filter_is_told_as_such() -> None:
    with pytest.raises(jsonpath.NotAPath, match="filter or a script"):
        jsonpath.parse("$.attachments[?(@.length > 1)]")


def test_an_array_that_is_a_value_counts_as_one() -> None:
    """Communication 2.1: a single value is returned in an array, even if it already is one."""
    assert [*jsonpath.compiled("$.attachments")(STATEMENT)] == [STATEMENT["attachments"]]


def _expressions() -> list[str]:
    profiles = [json.loads(path.read_text()) for path in sorted((SHARED / "profiles").glob("*.json*"))]
    found = {
        rule[name]
        for profile in profiles
        for each in profile.get("templates", ())
        for rule in each.get("rules", ())
        for name in ("location", "selector")
        if name in rule
    }
    return sorted(found)


def _statements(expressions: list[str]) -> list[Any]:
    """Documents in which the names of all expressions occur, as objects, in arrays, and cut off."""
    built: list[Any] = [STATEMENT, {}]
    for as_array in (False, True):
        document: dict[str, Any] = {}
        for path in expressions:
            names = [name for step in jsonpath.parse(path)[0] for name in step.keys if isinstance(name, str)]
            node = document
            for name in names[:-1]:
                node = node.setdefault(name, {}) if isinstance(node.get(name, {}), dict) else {}
            node.setdefault(names[-1], f"value of {path}")
        built.append(_in_arrays(document) if as_array else document)
    return built


def _in_arrays(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inside = {name: _in_arrays(one) for name, one in value.items()}
    activities = inside.get("contextActivities")
    if isinstance(activities, dict):
        inside["contextActivities"] = {kind: [one, one] for kind, one in activities.items()}
    return inside


@needs_shared_data
def test_an_independent_library_finds_the_same_by_every_expression_of_the_shared_profiles() -> None:
    expressions = _expressions()
    assert len(expressions) > 40
    found_something = 0
    for document in _statements(expressions):
        for path in expressions:
            ours = [*jsonpath.compiled(path)(document)]
            assert ours == independent.findall(path, document), path
            found_something += bool(ours)
    assert found_something > len(expressions)


_names = st.sampled_from(["a", "b", "c"])
_step = st.one_of(
    st.builds(".{}".format, _names),
    st.just(".*"),
    st.just("[*]"),
    st.builds("['{}']".format, _names),
    st.builds("[{}]".format, st.integers(0, 2)),
    st.permutations(["a", "b", "c"]).map(lambda names: f"['{names[0]}','{names[1]}']"),
    st.permutations([0, 1, 2]).map(lambda places: f"[{places[0]},{places[1]}]"),
)
_path = st.lists(_step, max_size=4).map("".join).map("${}".format)
_json = st.recursive(
    st.integers(0, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=3),
    max_leaves=12,
)


@given(paths=st.lists(_path, min_size=1, max_size=3), document=_json)
def test_an_independent_library_finds_the_same_by_any_path(paths: list[str], document: Any) -> None:
    path = " | ".join(paths)
    assert [*jsonpath.compiled(path)(document)] == independent.findall(path, document)


@given(st.text(alphabet=list("$.[]*,'\"|ab01 \\?(@)-:"), max_size=12))
def test_whatever_the_text_it_is_a_path_or_refused(text: str) -> None:
    try:
        paths = jsonpath.parse(text)
    except jsonpath.NotAPath:
        return
    assert paths
    assert not re.search(r"\[\s*\?", re.sub(r"'[^']*'|\"[^\"]*\"", "", text))
