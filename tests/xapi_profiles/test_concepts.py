"""A statement uses extensions and Activities as the profile defines them: Structure 7.2 and 7.4."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.xapi_profiles.builders import Json, a_concept, a_profile, a_statement, a_template, verdict
from xapi_profiles import Misuse, Profiles, check, inline, load

LANE, PLACE, TRACK, DASH = "urn:x:lane", "urn:x:place", "urn:x:track", "urn:x:100m"
EVENT = "urn:x:event"

DEFINITION = {
    "@context": "https://w3id.org/xapi/profiles/activity-context",
    "type": EVENT,
    "name": {"en": "100 Meter Dash"},
    "interactionType": "choice",
    "choices": [{"id": "a", "description": {"en": "First"}}, {"id": "b", "description": {"en": "Second"}}],
    "extensions": {TRACK: {"@context": {"lanes": "urn:x:lanes"}, "lanes": 8}},
}


@pytest.fixture(scope="module")
def profiles() -> Profiles:
    return load(
        a_profile(
            concepts=[
                a_concept("ContextExtension", LANE, inlineSchema='{"type": "integer", "maximum": 8}'),
                a_concept(
                    "ResultExtension", PLACE, inlineSchema={"properties": {"rank": {"type": "number"}}}
                ),
                a_concept("ActivityExtension", TRACK),
                a_concept("Activity", DASH, prefLabel=None, definition=None, activityDefinition=DEFINITION),
            ]
        )
    )


def misuses(statement: Json, profiles: Profiles) -> list[Misuse]:
    return [*verdict(statement, profiles).misuses]


def an_activity(id: str = "urn:x:1", **definition: Any) -> Json:
    return {"id": id, "definition": definition}


def test_extensions_in_their_places_are_fine(profiles: Profiles) -> None:
    statement = a_statement(
        context={"extensions": {LANE: 4}},
        result={"extensions": {PLACE: {"rank": 1}, "urn:x:unknown": None}},
        object=an_activity(extensions={TRACK: "outdoors"}),
    )
    assert misuses(statement, profiles) == []
    assert check(statement, profiles).outcome == "unmatched"


@pytest.mark.parametrize(
    ("members", "pointer", "place"),
    [
        ({"result": {"extensions": {LANE: 4}}}, f"/result/extensions/{LANE}", "in context only"),
        ({"context": {"extensions": {PLACE: {}}}}, f"/context/extensions/{PLACE}", "in result only"),
        ({"context": {"extensions": {TRACK: 1}}}, f"/context/extensions/{TRACK}", "of an Activity only"),
        ({"object": an_activity(extensions={LANE: 4})}, f"/object/definition/extensions/{LANE}", "context"),
    ],
)  # fmt: skip
def test_an_extension_belongs_where_its_type_says(
    members: Json, pointer: str, place: str, profiles: Profiles
) -> None:
    (found,) = misuses(a_statement(**members), profiles)
    assert found.pointer == pointer
    assert place in found.reason
    assert check(a_statement(**members), profiles).outcome == "invalid"


def test_an_extension_keeps_to_its_schema(profiles: Profiles) -> None:
    (found,) = misuses(a_statement(context={"extensions": {LANE: 9}}), profiles)
    assert (found.pointer, found.concept) == (f"/context/extensions/{LANE}", LANE)
    assert "9 is greater than" in found.reason
    (inside,) = misuses(a_statement(result={"extensions": {PLACE: {"rank": "first"}}}), profiles)
    assert inside.pointer == f"/result/extensions/{PLACE}/rank"


def test_a_misuse_makes_a_statement_invalid_whatever_templates_it_follows() -> None:
    extension = a_concept("ContextExtension", LANE, inlineSchema='{"type": "integer"}')
    profiles = load(a_profile(concepts=[extension], templates=[a_template()]))
    statement = a_statement(context={"extensions": {LANE: "x"}})
    assert {check(statement, profiles, mode=mode).outcome for mode in ("spec", "any")} == {"invalid"}


def test_activities_of_the_context_and_of_substatements_are_looked_at(profiles: Profiles) -> None:
    wrong = an_activity(extensions={LANE: 1})
    inner = {
        "objectType": "SubStatement",
        "verb": {"id": "urn:x:v"},
        "object": wrong,
        "context": {"contextActivities": {"parent": wrong}, "extensions": {PLACE: {}}},
        "result": {"extensions": {LANE: 1}},
    }
    statement = a_statement(object=inner, context={"contextActivities": {"grouping": wrong}})
    assert {each.pointer for each in misuses(statement, profiles)} == {
        f"/context/contextActivities/grouping/0/definition/extensions/{LANE}",
        f"/object/context/extensions/{PLACE}",
        f"/object/result/extensions/{LANE}",
        f"/object/object/definition/extensions/{LANE}",
        f"/object/context/contextActivities/parent/0/definition/extensions/{LANE}",
    }


@pytest.mark.parametrize("value", [None, "", {}, [], 0])
def test_an_extension_without_a_schema_has_any_value(value: Any, profiles: Profiles) -> None:
    assert misuses(a_statement(object=an_activity(extensions={TRACK: value})), profiles) == []


# --- Activities ---


def canonical(**others: Any) -> Json:
    definition = {name: value for name, value in DEFINITION.items() if name != "@context"}
    return an_activity(DASH, **{**definition, "extensions": {TRACK: {"lanes": 8}}, **others})


def test_an_activity_of_the_profile_is_used_with_its_definition_or_without(profiles: Profiles) -> None:
    assert misuses(a_statement(object={"id": DASH}), profiles) == []
    assert misuses(a_statement(object=canonical()), profiles) == []


def test_it_must_not_bring_a_context(profiles: Profiles) -> None:
    (found,) = misuses(a_statement(object=an_activity(DASH, **DEFINITION)), profiles)
    assert found.pointer == "/object/definition/@context"
    assert found.binding


@pytest.mark.parametrize(
    ("name", "value"),
    [("type", "urn:x:race"), ("interactionType", "likert"), ("choices", [{"id": "a"}]), ("extensions", {})],
)  # fmt: skip
def test_it_should_be_as_the_profile_has_it(name: str, value: Any, profiles: Profiles) -> None:
    statement = a_statement(object=canonical(**{name: value}))
    (found,) = misuses(statement, profiles)
    assert found == Misuse(f"/object/definition/{name}", DASH, "this should be as the profile has it", False)
    assert check(statement, profiles).outcome == "unmatched"


def test_it_should_have_all_properties(profiles: Profiles) -> None:
    found = misuses(a_statement(object=an_activity(DASH, type=EVENT)), profiles)
    assert [each.pointer for each in found] == [
        f"/object/definition/{name}" for name in ("name", "interactionType", "choices", "extensions")
    ]
    assert not any(each.binding for each in found)


def test_texts_in_languages_may_be_others_and_more(profiles: Profiles) -> None:
    choices = [{"id": "a", "description": {"de": "Erste"}}, {"id": "b"}]
    named = canonical(name={"de": "100-Meter-Lauf", "sr-Latn": "Trka"}, choices=choices)
    assert misuses(a_statement(object=named), profiles) == []


# --- JSON Schemas inside of profiles ---


@pytest.mark.parametrize(
    ("draft", "schema", "good", "bad"),
    [
        ("http://json-schema.org/draft-04/schema#", {"maximum": 5, "exclusiveMaximum": True}, 4, 5),
        ("http://json-schema.org/draft-06/schema#", {"exclusiveMaximum": 5}, 4, 5),
        ("http://json-schema.org/draft-07/schema#", {"if": {"minimum": 3}, "then": {"multipleOf": 2}}, 4, 5),
        ("https://json-schema.org/draft/2019-09/schema", {"dependentRequired": {"a": ["b"]}}, {}, {"a": 1}),
        ("https://json-schema.org/draft/2020-12/schema", {"prefixItems": [{"const": 1}]}, [1], [2]),
        (None, {"$ref": "#/definitions/n", "definitions": {"n": {"type": "number"}}}, 1, "1"),
    ],
)
def test_a_schema_is_of_the_draft_that_it_names_else_of_draft_7(
    draft: str | None, schema: Json, good: Any, bad: Any
) -> None:
    validator = inline.compiled({**schema, **({"$schema": draft} if draft else {})})
    assert validator.is_valid(good)
    assert not validator.is_valid(bad)


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "https://example.org/other.json"},
        {"properties": {"a": {"items": {"$ref": "file:///etc/passwd"}}}},
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "$dynamicRef": "other#a"},
    ],
)
def test_nothing_is_fetched_for_a_schema(schema: Json) -> None:
    with pytest.raises(inline.NotASchema, match="refers to another document"):
        inline.compiled(schema)


@pytest.mark.timeout(20)
def test_no_text_keeps_a_pattern_busy() -> None:
    validator = inline.compiled({"pattern": "^(a+)+$"})
    validator.is_valid("a" * 50 + "!")
    looking = inline.compiled({"pattern": "^(?=(a+)+$)(a+)+$"})
    looking.is_valid("a" * 5_000 + "!")


_schemas = st.sampled_from(
    [
        {"type": "number", "maximum": 100, "minimum": 0, "multipleOf": 1.0},
        {"type": "string"},
        {"type": ["integer", "null"]},
        {"enum": ["Normal", 1, True]},
        {"type": "object", "required": ["a"], "additionalProperties": {"type": "boolean"}},
        {"type": "array", "items": {"type": "integer"}, "uniqueItems": True},
    ]
)
_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 105) | st.sampled_from(["Normal", "", "a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=5,
)


@given(schema=_schemas, value=_values)
def test_the_fast_validator_says_what_the_thorough_one_says(schema: Json, value: Any) -> None:
    assert inline.compiled(schema).is_valid(value) == jsonschema.Draft7Validator(schema).is_valid(value)


@pytest.mark.parametrize(
    ("schema", "types"),
    [
        ({"type": "number"}, {int, float}),
        ({"type": "integer", "title": "A whole number"}, {int}),
        ('{"type": ["string", "null"]}', {str, type(None)}),
        ({"type": "boolean", "$schema": "http://json-schema.org/draft-04/schema#"}, {bool}),
        ({"type": "object"}, set()),
        ({"type": "number", "maximum": 1}, set()),
        ({"type": "string", "pattern": "^a"}, set()),
        ({"enum": ["a"]}, set()),
        ({}, set()),
    ],
)
def test_a_schema_that_says_a_type_allows_all_of_some_types(schema: Any, types: set[type]) -> None:
    assert inline.allowed_types(schema) == types


_drafts = st.sampled_from([
    "http://json-schema.org/draft-04/schema#",
    "http://json-schema.org/draft-07/schema#",
    "https://json-schema.org/draft/2020-12/schema",
])  # fmt: skip
_types = st.sampled_from(["string", "number", "integer", "boolean", "null", "array", "object"])


@given(
    draft=_drafts, type=_types | st.lists(_types, min_size=1, unique=True), value=_values | st.floats(0, 2)
)
def test_what_has_such_a_type_is_valid(draft: str, type: Any, value: Any) -> None:
    schema = {"$schema": draft, "type": type}
    assert value.__class__ not in inline.allowed_types(schema) or inline.compiled(schema).is_valid(value)
