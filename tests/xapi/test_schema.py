"""Do the schemas say what they should? A second engine reads the same documents and must agree."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators

from lrs.xapi import check, rules, vocabulary
from lrs.xapi.version import Version
from lrs.xapi.vocabulary import Json
from tests.xapi.test_check import ACCEPTED, CONTEXT_AGENT, CONTEXT_GROUP, REFUSED, a_context

VERSIONS: tuple[Version, ...] = get_args(Version)
FOLDER = Path(check.__file__).with_name("schema")
DOCUMENTS: dict[Version, Json] = {
    version: json.loads((FOLDER / f"statement-{version}.json").read_text("utf-8")) for version in VERSIONS
}
VALID = [*ACCEPTED, a_context(contextAgents=[CONTEXT_AGENT], contextGroups=[CONTEXT_GROUP])]


def _keyword(holds: Callable[[Any, Any], bool]) -> Any:
    def run(_validator: Any, argument: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
        if not holds(argument, instance):
            yield ValidationError("broken")

    return run


def _for_python(schema: Any) -> Any:
    """The same rules in Python's dialect, in which $ also stands before a last line feed."""
    if isinstance(schema, list):
        return [_for_python(one) for one in schema]
    if isinstance(schema, dict):
        return {_to_the_end(name): _for_python(inner) for name, inner in schema.items()}
    return _to_the_end(schema) if isinstance(schema, str) else schema


def _to_the_end(text: str) -> str:
    return text[:-1] + r"\Z" if text.startswith("^") and text.endswith("$") else text


_Oracle = validators.extend(
    Draft202012Validator,
    {
        "x-range": _keyword(rules.in_range),
        "x-distinct": _keyword(rules.distinct),
    },
)
_formats = FormatChecker(formats=())
_formats.checks("timestamp")(lambda text: not isinstance(text, str) or rules.is_moment(text))
ORACLES = {
    version: _Oracle(_for_python(document), format_checker=_formats)
    for version, document in DOCUMENTS.items()
}


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for step, child in children:
        yield from _places(child, (*path, step))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


PIECES = [_at(one, path) for one in [*VALID, *(one for one, _ in REFUSED)] for path in _places(one)]
KEYS = sorted({step for one in VALID for path in _places(one) for step in path if isinstance(step, str)})

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=5,
)
pieces = st.sampled_from(PIECES) | anything
names = st.sampled_from(KEYS) | st.text(max_size=5)


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A valid statement with up to four changes: a value replaced, taken away, added or renamed."""
    root = [deepcopy(draw(st.sampled_from(VALID)))]
    for _ in range(draw(st.integers(1, 4))):
        *parent, step = draw(st.sampled_from([path for path in _places(root) if path]))
        holder = _at(root, tuple(parent))
        change = draw(st.sampled_from(["replace", "remove", "add", "rename"]))
        if change in {"remove", "rename"} and parent:
            value = holder.pop(step)
            if change == "rename" and isinstance(holder, dict):
                holder[draw(names)] = value
        elif change == "add" and isinstance(holder[step], dict):
            holder[step][draw(names)] = deepcopy(draw(pieces))
        elif change == "add" and isinstance(holder[step], list):
            holder[step].append(deepcopy(draw(pieces)))
        else:
            holder[step] = deepcopy(draw(pieces))
    return root[0]


@pytest.mark.parametrize("version", VERSIONS)
@settings(max_examples=600, deadline=None)
@given(statement=mutated())
def test_both_engines_agree_on_every_statement(version: Version, statement: Any) -> None:
    assert (check.statement(statement, version) == []) is ORACLES[version].is_valid(statement)


@pytest.mark.parametrize("version", VERSIONS)
@settings(max_examples=300, deadline=None)
@given(statement=mutated())
def test_every_fault_points_into_the_statement_and_says_a_rule(version: Version, statement: Any) -> None:
    for fault in check.statement(statement, version, at="/7"):
        *steps, _last = fault.pointer.removeprefix("/7").split("/")
        holder = statement
        for step in steps[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            holder = holder[int(name)] if isinstance(holder, list) else holder[name]
        assert fault.pointer.startswith("/7")
        assert fault.rule.endswith(".")
        assert fault.section


@pytest.mark.parametrize("version", VERSIONS)
def test_both_engines_agree_on_the_examples(version: Version) -> None:
    for statement in [*VALID, *(one for one, _ in REFUSED)]:
        assert (check.statement(statement, version) == []) is ORACLES[version].is_valid(statement)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_schema_is_a_schema(version: Version) -> None:
    Draft202012Validator.check_schema(DOCUMENTS[version])


def _subschemas(schema: Any) -> Iterator[Json]:
    if isinstance(schema, dict):
        yield schema
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _subschemas(inner)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_rule_has_its_section_and_every_form_its_sentence(version: Version) -> None:
    document = DOCUMENTS[version]
    where = "Data " if version == "1.0.3" else "IEEE 9274.1.1 4.2"
    for schema in _subschemas(document):
        assert schema.get("x-section", where).startswith(where)
        assert schema.get("x-rule", ".").endswith(".")
    for name, schema in document["$defs"].items():
        only_refers = not schema.keys() - {"if", "then", "else", "$comment"}
        assert only_refers or name == "saysGroup" or "x-section" in schema, name
        assert "pattern" not in schema or "x-rule" in schema, name
        assert schema.get("type") not in {"object", "array"} or name == "saysGroup" or "title" in schema, name


@pytest.mark.parametrize("version", VERSIONS)
def test_the_schemas_use_what_can_be_explained(version: Version) -> None:
    for schema in _subschemas(DOCUMENTS[version]):
        assert schema.get("additionalProperties", False) is False
        assert len(schema.get("patternProperties", {"": {}})) == 1
        assert "$ref" not in schema or not schema.keys() - {"$ref", "x-rule", "x-section", "$comment"}
        assert not schema.keys() & {"anyOf", "contains", "prefixItems", "propertyNames", "dependentSchemas"}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_pattern_that_stands_twice_is_the_same_both_times(version: Version) -> None:
    named = DOCUMENTS[version]["$defs"]
    assert list(named["extensions"]["patternProperties"]) == [named["iri"]["pattern"]]
    assert list(named["languageMap"]["patternProperties"]) == [named["languageTag"]["pattern"]]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_schemas_and_the_code_use_the_same_words(version: Version) -> None:
    named = DOCUMENTS[version]["$defs"]
    assert named["voiding"]["if"]["properties"]["verb"]["properties"]["id"]["const"] == vocabulary.VOIDED
    assert set(vocabulary.IDENTIFIERS) == named["agent"]["properties"].keys() - {"objectType", "name"}
    assert named["contextActivities"]["properties"].keys() == set(vocabulary.CONTEXT_ACTIVITIES)
    assert named["definition"]["properties"]["interactionType"]["enum"] == list(vocabulary.INTERACTION_TYPES)
    assert named["definition"]["dependentRequired"].keys() == {
        "correctResponsesPattern",
        *vocabulary.INTERACTION_COMPONENTS,
    }


def test_the_versions_differ_only_where_the_standard_does() -> None:
    old, new = (_bare(DOCUMENTS[version]) for version in VERSIONS)
    differing = {
        name for name in old["$defs"] | new["$defs"] if old["$defs"].get(name) != new["$defs"].get(name)
    }
    assert differing == {"context", "contextAgents", "contextGroups", "relevantTypes", "timestamp", "version"}
    assert old | {"$defs": None} == new | {"$defs": None}
    assert old["$defs"]["context"]["properties"].items() <= new["$defs"]["context"]["properties"].items()


def _bare(schema: Any) -> Any:
    """The schema without the sections, which each standard counts in its own way, and without comments."""
    if isinstance(schema, dict):
        return {name: _bare(inner) for name, inner in schema.items() if name not in {"x-section", "$comment"}}
    return [_bare(one) for one in schema] if isinstance(schema, list) else schema
