"""Whatever a profile or a statement is, it is checked or refused, and nothing else happens."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.xapi_profiles.builders import (
    PLACED,
    VERSION,
    a_concept,
    a_pattern,
    a_profile,
    a_statement,
    a_template,
    declaring,
)
from tests.xapi_profiles.changed import anything, changed, places
from xapi_profiles import InvalidProfile, NotAStatement, Report, check, load, validate

PROFILE = a_profile(
    concepts=[
        a_concept(broader=["urn:x:other"], related=["urn:x:other"]),
        a_concept("ContextExtension", "urn:x:lane", inlineSchema='{"type": "integer"}'),
        a_concept(
            "Activity",
            "urn:x:dash",
            activityDefinition={
                "type": "urn:x:event",
                "choices": [{"id": "a"}],
                "extensions": {"urn:x:t": {}},
            },
        ),
    ],
    templates=[
        a_template("placing", {"location": "$.a[*]", "selector": "$.b", "any": [1]}, verb=PLACED),
        a_template("other", contextParentActivityType=["urn:x:event"], attachmentUsageType=["urn:x:photo"]),
        a_template("confirming", objectStatementRefTemplate=[PLACED]),
    ],
    patterns=[
        a_pattern("race", "sequence", "placing", "#more", primary=True),
        a_pattern("more", "optional", "other"),
    ],
)
STATEMENT = a_statement(
    object={"id": "urn:x:dash", "definition": {"type": "urn:x:event", "extensions": {"urn:x:lane": 1}}},
    context={
        **declaring(VERSION),
        "registration": "7ba2ab96-0f9f-4d2d-8b9f-3f6ba8a0f1de",
        "extensions": {"urn:x:lane": 1, "https://w3id.org/xapi/profiles/extensions/subregistration": [{}]},
    },
    result={"extensions": {"urn:x:lane": 1}},
    attachments=[{"usageType": "urn:x:photo"}],
)


def test_without_a_change_both_are_fine() -> None:
    assert check(STATEMENT, load(PROFILE)).outcome == "invalid"


@given(place=st.sampled_from(places(PROFILE)), value=anything)
def test_a_profile_with_anything_anywhere_is_used_or_refused(place: Any, value: Any) -> None:
    text = json.dumps(changed(PROFILE, place, value)).encode()
    try:
        profiles = load(text)
    except InvalidProfile:
        return
    check(STATEMENT, profiles)


@given(place=st.sampled_from(places(STATEMENT)), value=anything)
def test_a_statement_with_anything_anywhere_is_checked_or_refused(place: Any, value: Any) -> None:
    statement = changed(STATEMENT, place, value)
    profiles = load(PROFILE)
    try:
        verdict = check(statement, profiles)
    except NotAStatement:
        return
    report = Report(profiles)
    report.add(statement, verdict)
    json.dumps(report.document())


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_a_profile_that_is_nested_without_end_is_refused() -> None:
    with pytest.raises(InvalidProfile, match="nested more than"):
        load(a_profile(**{"ex:note": _nested(500)}))
    schema = json.dumps({"items": {"const": _nested(500)}})
    (found,) = validate(a_profile(concepts=[a_concept("ContextExtension", "urn:x:l", inlineSchema=schema)]))
    assert "nested more than" in found.rule


def test_a_statement_that_is_nested_without_end_is_equal_to_nothing() -> None:
    rule = {"location": "$.result.extensions['urn:x:deep']", "any": [_nested(3)]}
    profiles = load(a_profile(templates=[a_template("placing", rule)]))
    for depth, outcome in ((3, "valid"), (4, "invalid"), (900, "invalid")):
        statement = a_statement(result={"extensions": {"urn:x:deep": _nested(depth)}})
        assert check(statement, profiles).outcome == outcome
