"""Statements follow a Pattern within a registration and subregistration: Structure 9.0, Communication 2.2."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.xapi_profiles.builders import (
    PROFILE,
    REGISTRATION,
    VERSION,
    Json,
    a_pattern,
    a_profile,
    a_statement,
    a_template,
    declaring,
    template,
    verdict,
)
from xapi_profiles import Group, Occurrence, Profiles, arranged, check, followed, load, occurrence, status

SUBREGISTRATION = "https://w3id.org/xapi/profiles/extensions/subregistration"
ONE, TWO = "1ba2ab96-0f9f-4d2d-8b9f-3f6ba8a0f1d1", "2ba2ab96-0f9f-4d2d-8b9f-3f6ba8a0f1d2"
OLD = "1ba2ab96-0f9f-4d2d-0b9f-3f6ba8a0f1d1"  # of variant 0
DURATION = {"location": "$.result.duration", "presence": "included"}


@pytest.fixture(scope="module")
def profiles() -> Profiles:
    templates = [a_template("start", verb="urn:x:start"), a_template("end", DURATION, verb="urn:x:end")]
    race = a_pattern("race", "sequence", "start", "end", primary=True)
    return load(a_profile(templates=templates, patterns=[race]))


def started(**members: Any) -> Json:
    return a_statement(verb={"id": "urn:x:start"}, **members)


def ended(**members: Any) -> Json:
    return a_statement(**{"verb": {"id": "urn:x:end"}, "result": {"duration": "PT9S"}, **members})


def registered(
    *subregistrations: str, categories: tuple[str, ...] = (), registration: str = REGISTRATION
) -> Json:
    """A context in a registration, and in these subregistrations of the profile."""
    said = [{"profile": VERSION, "subregistration": each} for each in subregistrations]
    extensions = {"extensions": {SUBREGISTRATION: said}} if said else {}
    return {**declaring(*categories), "registration": registration, **extensions}


def occurred(statements: list[Json], profiles: Profiles) -> list[Occurrence]:
    (profile,) = profiles
    found = (occurrence(each, verdict(each, profiles), profile) for each in statements)
    return [each for each in found if each]


def groups(statements: list[Json], profiles: Profiles) -> dict[Group, str]:
    (profile,) = profiles
    found = arranged(occurred(statements, profiles))
    return {group: status(followed(profile, each)) for group, each in found.items()}


def test_statements_of_a_registration_belong_together(profiles: Profiles) -> None:
    said = [started(context=registered()), ended(context=registered())]
    assert groups(said, profiles) == {Group(REGISTRATION, ""): "accepted"}


def test_registrations_are_told_apart_and_their_case_is_not(profiles: Profiles) -> None:
    said = [
        started(context=registered()),
        started(context=registered(registration=ONE)),
        ended(context=registered(registration=REGISTRATION.upper())),
    ]
    assert groups(said, profiles) == {Group(REGISTRATION, ""): "accepted", Group(ONE, ""): "in progress"}


def test_subregistrations_divide_a_registration(profiles: Profiles) -> None:
    said = [
        started(context=registered(ONE)),
        started(context=registered(TWO)),
        ended(context=registered(TWO)),
    ]
    assert groups(said, profiles) == {
        Group(REGISTRATION, ONE): "in progress",
        Group(REGISTRATION, TWO): "accepted",
    }


def test_a_statement_may_be_of_several_subregistrations(profiles: Profiles) -> None:
    said = [started(context=registered(ONE, TWO)), ended(context=registered(TWO))]
    assert groups(said, profiles) == {
        Group(REGISTRATION, ONE): "in progress",
        Group(REGISTRATION, TWO): "accepted",
    }


def test_with_one_that_has_no_subregistration_all_of_the_registration_belong_together(
    profiles: Profiles,
) -> None:
    said = [started(context=registered(ONE)), ended(context=registered())]
    assert groups(said, profiles) == {Group(REGISTRATION, ""): "accepted"}


def test_subregistrations_of_other_profiles_say_nothing(profiles: Profiles) -> None:
    statement = started(context=registered(ONE))
    statement["context"]["extensions"][SUBREGISTRATION][0]["profile"] = "urn:x:other"
    assert [*groups([statement], profiles)] == [Group(REGISTRATION, "")]


def test_statements_that_were_collected_are_taken_in_order_of_their_timestamps(profiles: Profiles) -> None:
    late = ended(context=registered(), timestamp="2026-02-01T12:30:00+02:00")
    early = started(context=registered(), timestamp="2026-02-01T10:00:00.5Z")
    assert groups([late, early], profiles) == {Group(REGISTRATION, ""): "accepted"}


def test_equal_timestamps_leave_the_order_in_which_they_came(profiles: Profiles) -> None:
    said = [started(context=registered()), ended(context=registered())]
    assert groups(said, profiles) == {Group(REGISTRATION, ""): "accepted"}
    assert groups(said[::-1], profiles) == {Group(REGISTRATION, ""): "rejected"}


def test_without_a_registration_there_is_no_order_to_follow(profiles: Profiles) -> None:
    assert occurred([started(), started(context={})], profiles) == []


def test_statements_of_others_in_the_registration_say_nothing(profiles: Profiles) -> None:
    other = a_statement(verb={"id": "urn:x:other"}, context=registered())
    said = [started(context=registered()), other, ended(context=registered())]
    assert groups(said, profiles) == {Group(REGISTRATION, ""): "accepted"}


def test_what_matches_only_templates_outside_of_the_patterns_says_nothing_of_order() -> None:
    """As the general restrictions of cmi5, that every statement matches."""
    every = a_template("every")
    start, end = (a_template(name, verb=f"urn:x:{name}") for name in ("start", "end"))
    race = a_pattern("race", "sequence", "start", "end", primary=True)
    profiles = load(a_profile(templates=[every, start, end], patterns=[race]))
    other = a_statement(verb={"id": "urn:x:other"}, context=registered())
    said = [started(context=registered()), other, ended(context=registered())]
    assert groups(said, profiles) == {Group(REGISTRATION, ""): "accepted"}


def test_who_names_the_profile_has_to_follow_its_pattern(profiles: Profiles) -> None:
    """Structure 9.0: for every Statement that has the Profile in the category context activities."""
    other = a_statement(verb={"id": "urn:x:other"}, context=registered(categories=(VERSION,)))
    (profile,) = profiles
    (rejected,) = followed(profile, occurred([other], profiles))
    assert rejected.reason == "it matches no template"


def test_an_invalid_statement_follows_no_pattern_and_it_is_said_why(profiles: Profiles) -> None:
    said = [started(context=registered()), ended(context=registered(), result=None)]
    (profile,) = profiles
    (rejected,) = followed(profile, occurred(said, profiles))
    assert rejected.rejected == said[1]["id"]
    assert rejected.reason == f"it is invalid: {template('end')}: $.result.duration must be there"


def test_what_occurred_can_be_kept_as_json(profiles: Profiles) -> None:
    (found,) = occurred([started(context=registered(ONE))], profiles)
    kept = Occurrence(*json.loads(json.dumps(found)))
    (profile,) = profiles
    assert followed(profile, [kept]) == followed(profile, [found])
    assert arranged([kept]).keys() == arranged([found]).keys()


@pytest.mark.parametrize(
    ("said", "below", "reason"),
    [
        ("x", "", "an array that is not empty"),
        ([], "", "an array that is not empty"),
        ([1], "/0", "an object with a profile"),
        ([{"subregistration": ONE}], "/0", "an object with a profile"),
        ([{"profile": VERSION}], "/0/subregistration", "a UUID of variant 2"),
        ([{"profile": PROFILE, "subregistration": "x"}], "/0/subregistration", "a UUID of variant 2"),
        ([{"profile": VERSION, "subregistration": OLD}], "/0/subregistration", "variant 2"),
    ],
)  # fmt: skip
def test_the_subregistration_extension_has_its_rules(
    said: Any, below: str, reason: str, profiles: Profiles
) -> None:
    context = {**registered(categories=(VERSION,)), "extensions": {SUBREGISTRATION: said}}
    (found,) = verdict(started(context=context), profiles).misuses
    assert found.pointer == f"/context/extensions/{SUBREGISTRATION.replace('/', '~1')}{below}"
    assert reason in found.reason
    assert check(started(context=context), profiles).outcome == "invalid"


def test_there_is_no_subregistration_without_a_registration(profiles: Profiles) -> None:
    context = registered(ONE, categories=(VERSION,))
    assert not verdict(started(context=context), profiles).misuses
    del context["registration"]
    (found,) = verdict(started(context=context), profiles).misuses
    assert "no registration" in found.reason
