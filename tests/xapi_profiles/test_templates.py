"""A statement matches the templates whose Determining Properties it has: Communication 2.1, Structure 8.0."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.xapi_profiles.builders import (
    PLACED,
    VERSION,
    Json,
    a_profile,
    a_statement,
    a_template,
    declaring,
    loaded,
    template,
    verdict,
)
from xapi_profiles import Mode, NotAStatement, Profiles, check, load

EVENT, RACE, HEAT = "urn:x:event", "urn:x:race", "urn:x:heat"
MODES: tuple[Mode, ...] = ("spec", "any")
SUCCESS = {"location": "$.result.success", "presence": "included"}


def followed(statement: Json, profiles: Profiles, **options: Any) -> list[str]:
    return verdict(statement, profiles, **options).followed


def activities(**types: list[str] | str) -> Json:
    """Context activities of these types; of one type that is not in a list, a single object."""

    def one(type: str) -> Json:
        return {"id": f"{type}/1", "definition": {"type": type}}

    return {
        "contextActivities": {
            kind: [one(each) for each in found] if isinstance(found, list) else one(found)
            for kind, found in types.items()
        }
    }


# --- Determining Properties ---


def test_a_verb_is_the_same_or_another() -> None:
    profiles = loaded(a_template(verb=PLACED))
    assert followed(a_statement(), profiles) == [template("placing")]
    assert check(a_statement(verb={"id": "urn:x:other"}), profiles).outcome == "unmatched"


def test_an_object_activity_type_is_the_type_of_the_object() -> None:
    profiles = loaded(a_template(objectActivityType=EVENT))
    assert followed(a_statement(object={"id": "urn:x:1", "definition": {"type": EVENT}}), profiles)
    for other in (
        {"id": "urn:x:1", "definition": {"type": RACE}},
        {"id": "urn:x:1", "definition": {}},
        {"id": "urn:x:1"},
        {"objectType": "Agent", "mbox": "mailto:a@mail.example"},
    ):
        assert check(a_statement(object=other), profiles).outcome == "unmatched"


@pytest.mark.parametrize("kind", ["Grouping", "Parent", "Other", "Category"])
def test_context_activity_types_are_all_among_the_types_that_stand_there(kind: str) -> None:
    profiles = loaded(a_template(**{f"context{kind}ActivityType": [EVENT, RACE]}))
    place = kind.lower()
    assert followed(a_statement(context=activities(**{place: [EVENT, RACE]})), profiles)
    assert followed(a_statement(context=activities(**{place: [HEAT, RACE, EVENT]})), profiles)
    elsewhere = "other" if place != "other" else "parent"
    for context in (activities(**{place: [EVENT]}), activities(**{elsewhere: [EVENT, RACE]}), {}, None):
        assert check(a_statement(context=context), profiles).outcome == "unmatched"


def test_a_single_context_activity_is_an_array_of_one() -> None:
    """Structure 8.1: contextActivities are normalized before."""
    rule = {"location": "$.context.contextActivities.parent[0].id", "presence": "included"}
    profiles = loaded(a_template("placing", rule, contextParentActivityType=[EVENT]))
    statement = a_statement(context=activities(parent=EVENT))
    before = json.dumps(statement)
    assert followed(statement, profiles)
    assert json.dumps(statement) == before


def test_attachment_usage_types_are_all_among_those_of_the_attachments() -> None:
    profiles = loaded(a_template(attachmentUsageType=["urn:x:photo", "urn:x:map"]))
    attachments = [{"usageType": "urn:x:map"}, {"usageType": "urn:x:list"}, {"usageType": "urn:x:photo"}]
    assert followed(a_statement(attachments=attachments), profiles)
    assert check(a_statement(attachments=attachments[:2]), profiles).outcome == "unmatched"
    assert check(a_statement(), profiles).outcome == "unmatched"


def test_all_determining_properties_are_needed() -> None:
    profiles = loaded(a_template(verb=PLACED, contextGroupingActivityType=[EVENT]))
    assert followed(a_statement(context=activities(grouping=[EVENT])), profiles)
    assert check(a_statement(), profiles).outcome == "unmatched"
    other = a_statement(verb={"id": "urn:x:v"}, context=activities(grouping=[EVENT]))
    assert check(other, profiles).outcome == "unmatched"


def test_a_template_without_determining_properties_applies_to_every_statement() -> None:
    profiles = loaded(a_template("every", SUCCESS), a_template("placing", verb=PLACED))
    assert check(a_statement(verb={"id": "urn:x:v"}), profiles).outcome == "invalid"
    assert check(a_statement(), profiles).outcome == "invalid"
    good = a_statement(result={"success": True})
    assert followed(good, profiles) == [template("every"), template("placing")]


# --- outcomes ---


def test_a_rule_that_is_not_followed_is_named_with_its_template_and_place() -> None:
    rules = [{"location": "$.id", "presence": "included"}, SUCCESS]
    found = verdict(a_statement(), loaded(a_template("other"), a_template("placing", *rules, verb=PLACED)))
    (broken,) = found.matches[1].broken
    assert found.matches[1].template == template("placing")
    assert broken.rule == "/templates/1/rules/1"
    assert broken.keyword == "presence"
    assert broken.reason == "$.result.success must be there"


def test_every_broken_rule_is_told() -> None:
    duration = {"location": "$.result.duration", "presence": "included"}
    found = verdict(a_statement(), loaded(a_template("placing", SUCCESS, duration)))
    assert [one.rule for one in found.matches[0].broken] == ["/templates/0/rules/0", "/templates/0/rules/1"]


def test_in_the_mode_spec_every_matched_template_is_followed() -> None:
    profiles = loaded(a_template("placing", verb=PLACED), a_template("every", SUCCESS))
    found = verdict(a_statement(), profiles, mode="spec")
    assert found.outcome == "invalid"
    assert found.followed == [template("placing")]


def test_in_the_mode_any_one_is_enough() -> None:
    profiles = loaded(a_template("placing", verb=PLACED), a_template("every", SUCCESS))
    assert check(a_statement(), profiles, mode="any").outcome == "valid"
    other = a_statement(verb={"id": "urn:x:v"})
    assert check(other, profiles, mode="any").outcome == "invalid"


def test_what_no_template_matches_is_unmatched_in_both_modes() -> None:
    profiles = loaded(a_template("placing", SUCCESS, verb="urn:x:v"))
    assert {check(a_statement(), profiles, mode=mode).outcome for mode in ("spec", "any")} == {"unmatched"}


def test_several_profiles_are_told_apart() -> None:
    other = a_profile(
        id="urn:x:games",
        versions=[{"id": "urn:x:games/v1", "generatedAtTime": "2026-01-14T12:13:14Z"}],
        templates=[a_template("winning", SUCCESS, verb=PLACED, inScheme="urn:x:games/v1")],
    )
    profiles = load(a_profile(templates=[a_template("placing", verb=PLACED)]), other)
    found = check(a_statement(), profiles)
    assert [(one.version, one.outcome) for one in found.profiles] == [
        (VERSION, "valid"),
        ("urn:x:games/v1", "invalid"),
    ]
    assert found.outcome == "invalid"


# --- which profiles a statement names ---


@pytest.mark.parametrize("name", [VERSION, "https://example.org/profiles/sports"])
def test_a_statement_names_a_profile_by_its_version_or_by_itself(name: str) -> None:
    """Structure 5.0 asks for the version; statements of the video community carry the profile's own id."""
    profiles = loaded(a_template("placing", SUCCESS))
    assert verdict(a_statement(context=declaring(name)), profiles).declared
    assert not verdict(a_statement(context=declaring("urn:x:v0")), profiles).declared


def test_only_what_it_names_is_checked_where_that_is_asked_for() -> None:
    profiles = loaded(a_template("placing", SUCCESS))
    assert check(a_statement(), profiles, only_declared=True).profiles == []
    assert check(a_statement(), profiles, only_declared=True).outcome == "unmatched"
    declared = a_statement(context=declaring(VERSION))
    assert check(declared, profiles, only_declared=True).outcome == "invalid"


def test_a_profile_can_have_further_names() -> None:
    profile = a_profile(templates=[a_template()])
    profiles = load(profile, aliases={profile["id"]: ["urn:x:sports"]})
    assert verdict(a_statement(context=declaring("urn:x:sports")), profiles).declared
    assert profiles["urn:x:sports"] is profiles[VERSION]


def test_of_several_versions_the_one_is_described_that_the_parts_name() -> None:
    old = {"id": VERSION, "generatedAtTime": "2026-01-14T12:13:14Z"}
    new = {"id": "urn:x:v2", "generatedAtTime": "2026-02-14T12:13:14Z", "wasRevisionOf": [VERSION]}
    (profile,) = load(a_profile(versions=[new, old], templates=[a_template(inScheme="urn:x:v2")]))
    assert profile.version == "urn:x:v2"
    assert VERSION not in profile.names


# --- StatementRef templates ---

PLACING = a_template("placing", SUCCESS, verb=PLACED)
CONFIRMED = "urn:x:confirmed"


def a_reference(target: Json) -> Json:
    return {"objectType": "StatementRef", "id": target["id"]}


def confirming(name: str = "objectStatementRefTemplate") -> Profiles:
    refers = a_template("confirming", verb=CONFIRMED, **{name: [template("placing")]})
    return loaded(PLACING, refers, a_template("stray", SUCCESS, verb="urn:x:stray"))


def found_by_id(*statements: Json) -> Any:
    return {one["id"]: one for one in statements}.get


@pytest.mark.parametrize("name", ["objectStatementRefTemplate", "contextStatementRefTemplate"])
def test_the_statement_that_is_referred_to_follows_one_of_the_templates(name: str) -> None:
    def outcome(target: Json, mode: Any = "spec") -> str:
        place = "object" if name.startswith("object") else "context"
        said = a_reference(target) if place == "object" else {"statement": a_reference(target)}
        statement = a_statement(verb={"id": CONFIRMED}, **{place: said})
        return check(statement, confirming(name), mode=mode, find=found_by_id(target)).outcome

    assert outcome(a_statement(result={"success": True})) == "valid"
    assert outcome(a_statement()) == "invalid"
    assert outcome(a_statement(), "any") == "invalid"
    assert outcome(a_statement(verb={"id": "urn:x:stray"}, result={"success": True})) == "invalid"
    assert outcome(a_statement(verb={"id": "urn:x:unmatched"})) == "invalid"


def test_in_the_mode_spec_the_statement_that_is_referred_to_is_itself_valid() -> None:
    duration = {"location": "$.result.duration", "presence": "included"}
    refers = a_template("confirming", verb=CONFIRMED, objectStatementRefTemplate=[template("placing")])
    profiles = loaded(PLACING, a_template("timed", duration, verb=PLACED), refers)
    target = a_statement(result={"success": True})
    statement = a_statement(verb={"id": CONFIRMED}, object=a_reference(target))
    found = {mode: check(statement, profiles, mode=mode, find=found_by_id(target)).outcome for mode in MODES}
    assert found == {"spec": "invalid", "any": "valid"}


def test_the_place_of_a_reference_is_told() -> None:
    target = a_statement()
    statement = a_statement(verb={"id": CONFIRMED}, object=a_reference(target))
    (match,) = verdict(statement, confirming(), find=found_by_id(target)).matches
    assert match.broken[0].rule == "/templates/1/objectStatementRefTemplate"
    assert target["id"] in match.broken[0].reason


def test_a_statement_that_is_not_available_is_not_held_against_the_other() -> None:
    statement = a_statement(verb={"id": CONFIRMED}, object=a_reference(a_statement()))
    assert check(statement, confirming()).outcome == "valid"
    assert check(statement, confirming(), find=found_by_id()).outcome == "valid"


@pytest.mark.parametrize("name", ["objectStatementRefTemplate", "contextStatementRefTemplate"])
def test_where_a_reference_has_to_be_there_is_one(name: str) -> None:
    statement = a_statement(verb={"id": CONFIRMED})
    assert verdict(statement, confirming(name)).matches[0].broken[0].keyword == name


def test_a_reference_is_no_determining_property() -> None:
    """So a statement without one is invalid, and not unmatched."""
    assert check(a_statement(verb={"id": CONFIRMED}), confirming()).outcome == "invalid"


def test_statements_that_refer_to_each_other_in_a_circle_end() -> None:
    refers = a_template("confirming", verb=CONFIRMED, objectStatementRefTemplate=[template("confirming")])
    first, second = (a_statement(verb={"id": CONFIRMED}) for _ in range(2))
    first["object"], second["object"] = a_reference(second), a_reference(first)
    assert check(first, loaded(refers), find=found_by_id(first, second)).outcome == "valid"


def test_profiles_tell_whether_they_look_at_other_statements() -> None:
    assert confirming().refer
    assert not loaded(PLACING).refer


@pytest.mark.parametrize("value", [{}, {"verb": {}}, {"verb": {"id": "v"}}, {"verb": "v", "object": 1}, 7])
def test_what_is_no_statement_is_refused(value: Any) -> None:
    with pytest.raises(NotAStatement):
        check(value, loaded(PLACING))
