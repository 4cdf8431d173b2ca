"""Each part of a profile by itself keeps to part two of the specification, or is told where it does not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.xapi_profiles.builders import (
    Json,
    a_concept,
    a_pattern,
    a_profile,
    a_statement,
    a_template,
    loaded,
)
from xapi_profiles import InvalidProfile, check, load, validate
from xapi_profiles.faults import Fault

X = "urn:x:1"
TYPES = "recommendedActivityTypes"


def only_fault(profile: Json) -> Fault:
    (found,) = validate(profile)
    return found


def a_rule(**members: Any) -> Json:
    return {"location": "$.result", "presence": "included", **members}


def a_result_extension(schema: str) -> Json:
    return a_concept("ResultExtension", X, inlineSchema=schema)


def an_activity(**definition: Any) -> Json:
    context = {"@context": "https://w3id.org/xapi/profiles/activity-context"}
    return a_concept("Activity", prefLabel=None, definition=None, activityDefinition=context | definition)


def test_a_profile_with_everything_has_no_fault() -> None:
    profile = a_profile(
        seeAlso="https://example.org/sports",
        concepts=[
            a_concept(broadMatch=["http://adlnet.gov/expapi/verbs/completed"]),
            a_concept("ContextExtension", "urn:x:lane", inlineSchema='{"type": "integer"}'),
            a_concept("ActivityExtension", "urn:x:track", recommendedActivityTypes=["urn:x:event"]),
            a_concept("StateResource", "urn:x:state", contentType="application/json; charset=utf-8"),
            an_activity(
                name={"en": "100 m"}, type="urn:x:event", interactionType="choice", choices=[{"id": "a"}]
            )
            | {"id": "urn:x:100m"},
        ],
        templates=[
            a_template("placing", a_rule(selector="$.score", any=[1], scopeNote={"en": "How to say it."}))
        ],
        patterns=[a_pattern("race", "sequence", "placing", primary=True)],
    )
    assert validate(profile) == []


@pytest.mark.parametrize(
    "name", ["id", "@context", "type", "conformsTo", "prefLabel", "definition", "versions", "author"]
)
def test_a_profile_needs(name: str) -> None:
    found = only_fault(a_profile(**{name: None}) if name != "versions" else a_profile(versions=None))
    assert (found.pointer, found.section) == (f"/{name}", "Structure 6.0")
    assert f"needs the property {name}" in found.rule


@pytest.mark.parametrize(
    ("members", "pointer", "rule"),
    [
        ({"type": "profile"}, "/type", "must be Profile"),
        ({"@context": "https://example.org"}, "/@context", "must be or contain"),
        ({"@context": ["https://example.org"]}, "/@context", "must be or contain"),
        ({"conformsTo": "https://w3id.org/xapi/profiles#2.0"}, "/conformsTo", "known here"),
        ({"id": "sports"}, "/id", "absolute IRI"),
        ({"prefLabel": {"en_US": "Sports"}}, "/prefLabel", "language tags"),
        ({"prefLabel": {"en": 1}}, "/prefLabel/en", "must be texts"),
        ({"definition": "Sports"}, "/definition", "must be a language map"),
        ({"author": {"type": "Robot", "name": "R"}}, "/author/type", "Organization or Person"),
        ({"author": {"type": "Person"}}, "/author/name", "needs the property name"),
        ({"author": {"type": "Person", "name": ""}}, "/author/name", "empty text"),
        ({"seeAlso": None, "further": 1}, "/further", "has no property further"),
        ({"concepts": []}, "/concepts", "empty array"),
    ],
)  # fmt: skip
def test_a_profile_says_of_itself(members: Json, pointer: str, rule: str) -> None:
    found = only_fault(a_profile(**members))
    assert found.pointer == pointer
    assert rule in found.rule


@pytest.mark.parametrize(
    "version",
    [
        {"id": "urn:x:v1"},
        {"id": "urn:x:v1", "generatedAtTime": "2026-01-14"},
        {"id": "urn:x:v1", "generatedAtTime": "2026-01-14T12:00:00"},
        {"id": "urn:x:v1", "generatedAtTime": "2026-02-30T12:00:00Z"},
    ],
)
def test_a_version_says_when_it_was_made(version: Json) -> None:
    found = only_fault(a_profile(versions=[version]))
    assert found.pointer == "/versions/0/generatedAtTime"
    assert found.section == "Structure 6.1"


@pytest.mark.parametrize("member", [{"@language": "en"}, {"ex:note": 1}, {"https://example.org/note": 1}])
def test_keywords_of_json_ld_and_iris_may_stand_anywhere(member: Json) -> None:
    assert validate(a_profile(concepts=[a_concept(**member)], **member)) == []


def test_a_context_of_its_own_gives_terms_a_meaning() -> None:
    profile_context = "https://w3id.org/xapi/profiles/context"
    profile = a_profile(**{"@context": [profile_context, {"note": "https://example.org/note"}]}, note=1)
    assert validate(profile) == []
    assert only_fault(profile | {"other": 1}).pointer == "/other"


@pytest.mark.parametrize("value", ["", [], {}, None])
def test_no_value_is_empty(value: Any) -> None:
    """Structure 4.0."""
    found = validate(a_profile(**{"ex:note": {"ex:inner": value}}) | {"ex:more": [value]})
    assert [each.pointer for each in found] == ["/ex:note/ex:inner", "/ex:more/0"]
    assert not any(each.vital for each in found)


@pytest.mark.parametrize("name", ["inScheme", "prefLabel", "definition"])
def test_a_concept_needs(name: str) -> None:
    found = only_fault(a_profile(concepts=[a_concept(**{name: None})]))
    assert (found.pointer, found.section) == (f"/concepts/0/{name}", "Structure 7.1")


@pytest.mark.parametrize(
    ("concept", "pointer", "section"),
    [
        (a_concept("Adverb"), "/type", "Structure 7.0"),
        (a_concept(contentType="text/plain"), "/contentType", "Structure 7.1"),
        (a_concept(deprecated="yes"), "/deprecated", "Structure 7.1"),
        (a_concept(broader="urn:x:other"), "/broader", "Structure 7.1"),
        (a_concept("ResultExtension", **{TYPES: [X]}), f"/{TYPES}", "Structure 7.2"),
        (a_concept("ActivityExtension", recommendedVerbs=[X]), "/recommendedVerbs", "Structure 7.2"),
        (a_concept("ResultExtension", schema="urn:x:s", inlineSchema="{}"), "", "Structure 7.2"),
        (a_result_extension("{"), "/inlineSchema", "Structure 7.2"),
        (a_result_extension('{"type": "text"}'), "/inlineSchema", "Structure 7.2"),
        (a_result_extension('{"$ref": "https://example.org/s"}'), "/inlineSchema", "Structure 7.2"),
        (a_result_extension('{"$schema": "urn:x:draft"}'), "/inlineSchema", "Structure 7.2"),
        (a_result_extension('{"pattern": "("}'), "/inlineSchema", "Structure 7.2"),
        (a_concept("StateResource"), "/contentType", "Structure 7.3"),
        (a_concept("StateResource", contentType="json"), "/contentType", "Structure 7.3"),
        (a_concept("StateResource", contentType="a/b", inlineSchema="1"), "/inlineSchema", "Structure 7.3"),
        (a_concept("Activity"), "/activityDefinition", "Structure 7.4"),
        (an_activity(id="x"), "/activityDefinition/id", "Structure 7.4"),
        (an_activity(type="event"), "/activityDefinition/type", "Structure 7.4"),
        (an_activity(interactionType="riddle"), "/activityDefinition/interactionType", "Structure 7.4"),
        (an_activity(choices=[{"x:y": 1}]), "/activityDefinition/choices/0/id", "Structure 7.4"),
        (an_activity(extensions={"track": 1}), "/activityDefinition/extensions", "Structure 7.4"),
        (an_activity(extensions={X: {"a": 8}}), "/activityDefinition/extensions/urn:x:1", "Structure 7.4"),
        (an_activity(**{"@context": "urn:x:c"}), "/activityDefinition/@context", "Structure 7.4"),
    ],
)  # fmt: skip
def test_a_concept_keeps_to_its_section(concept: Json, pointer: str, section: str) -> None:
    found = only_fault(a_profile(concepts=[concept]))
    assert (found.pointer, found.section) == (f"/concepts/0{pointer}", section)


def test_the_example_of_the_specification_is_no_schema_of_the_draft_that_it_recommends() -> None:
    """Structure 7.2 shows `"required": true`, as of draft 3, and asks for draft 7."""
    schema = '{"type": "object", "properties": {"rank": {"type": "number", "required": true}}}'
    concept = a_concept("ResultExtension", "urn:x:place", inlineSchema=schema)
    found = only_fault(a_profile(concepts=[concept]))
    assert "True is not of type 'array'" in found.rule
    assert not found.vital
    assert len(load(a_profile(concepts=[concept]))) == 1


def test_a_schema_may_stand_as_an_object_too() -> None:
    """Structure 7.2 says Object in its table and a string in its words."""
    concept = a_concept("ResultExtension", "urn:x:place", inlineSchema={"type": "number"})
    assert validate(a_profile(concepts=[concept])) == []


@pytest.mark.parametrize(
    ("template", "pointer", "vital"),
    [
        (a_template(type="Template"), "/type", False),
        (a_template(definition=None), "/definition", False),
        (a_template(verb=1), "/verb", True),
        (a_template(objectActivityType="event"), "/objectActivityType", False),
        (a_template(contextGroupingActivityType="urn:x:event"), "/contextGroupingActivityType", True),
        (a_template(presence="included"), "/presence", False),
        (a_template("a", {"presence": "included"}), "/rules/0/location", True),
        (a_template("a", {"location": "$.result"}), "/rules/0", False),
        (a_template("a", a_rule(presence="required")), "/rules/0/presence", True),
        (a_template("a", a_rule(any="a")), "/rules/0/any", True),
        (a_template("a", a_rule(any=True)), "/rules/0/any", True),
        (a_template("a", a_rule(location="$.a[?(@.b)]")), "/rules/0/location", True),
        (a_template("a", a_rule(selector="$.a[-1]")), "/rules/0/selector", True),
        (a_template("a", a_rule(all=[{"lane": 1}])), "/rules/0/all", False),
        (a_template("a", a_rule(scopeNote="how")), "/rules/0/scopeNote", False),
    ],
)
def test_a_template_keeps_to_section_8(template: Json, pointer: str, vital: bool) -> None:
    found = only_fault(a_profile(templates=[template]))
    assert (found.pointer, found.vital) == (f"/templates/0{pointer}", vital)
    assert found.section.startswith("Structure 8.")


def test_a_template_has_an_object_that_is_a_statement_or_an_activity() -> None:
    refers = [a_template()["id"]]
    template = a_template(objectStatementRefTemplate=refers, objectActivityType="urn:x:event")
    assert "must not have both" in only_fault(a_profile(templates=[template])).rule


@pytest.mark.parametrize(
    ("pattern", "pointer", "vital"),
    [
        (a_pattern("a", "sequence", "placing", "placing", type="Sequence"), "/type", False),
        (a_pattern("a", "sequence", "placing", "placing", primary="yes"), "/primary", True),
        (a_pattern("a", "sequence", "placing", "placing", optional="urn:x:t"), "", True),
        ({"id": "urn:x:p", "type": "Pattern"}, "", True),
        (a_pattern("a", "zeroOrMore", "placing") | {"zeroOrMore": ["urn:x:t"]}, "/zeroOrMore", True),
        (a_pattern("a", "zeroOrMore", "placing", primary=True, definition=None), "/definition", False),
    ],
)
def test_a_pattern_keeps_to_section_9(pattern: Json, pointer: str, vital: bool) -> None:
    found = only_fault(a_profile(templates=[a_template()], patterns=[pattern]))
    assert (found.pointer, found.vital) == (f"/patterns/0{pointer}", vital)
    assert found.section == "Structure 9.0"


def test_labels_of_a_pattern_that_is_not_primary_may_be_missing() -> None:
    pattern = a_pattern("a", "zeroOrMore", "placing", prefLabel=None, definition=None, inScheme=None)
    assert validate(a_profile(templates=[a_template()], patterns=[pattern])) == []


@pytest.mark.parametrize("document", [None, 1, "Profile", [], {}, {"templates": 1}, {"concepts": [1]}])
def test_what_is_no_profile_at_all_is_refused(document: Any) -> None:
    with pytest.raises(InvalidProfile) as caught:
        load(document if isinstance(document, dict) else str(document).encode())
    assert caught.value.faults


def test_a_profile_with_a_fault_that_is_not_vital_is_used_and_says_so() -> None:
    profiles = loaded(a_template(definition=None, verb="urn:x:v"))
    (profile,) = profiles
    assert [each.pointer for each in profile.faults] == ["/templates/0/definition"]
    assert check(a_statement(verb={"id": "urn:x:v"}), profiles).outcome == "valid"


def test_a_strict_reader_refuses_every_fault() -> None:
    profile = a_profile(templates=[a_template(definition=None)])
    with pytest.raises(InvalidProfile, match="needs the property definition"):
        load(profile, strict=True)


def test_a_fault_that_is_vital_is_told_with_all_others() -> None:
    with pytest.raises(InvalidProfile) as caught:
        load(a_profile(type="profile", definition=None, templates=[a_template(verb=7)]))
    assert {each.pointer for each in caught.value.faults} == {"/type", "/definition", "/templates/0/verb"}


def test_a_pointer_escapes_what_is_special_in_it() -> None:
    found = only_fault(an_activity_with_extension("https://e.org/a~b"))
    assert found.pointer == "/concepts/0/activityDefinition/extensions/https:~1~1e.org~1a~0b"


def an_activity_with_extension(iri: str) -> Json:
    return a_profile(concepts=[an_activity(extensions={iri: [{"lanes": 8}]})])
