"""What parts of profiles say of each other is so, or is told where it is not."""

from __future__ import annotations

import pytest

from tests.xapi_profiles.builders import (
    PLACED,
    PROFILE,
    VERSION,
    Json,
    a_concept,
    a_pattern,
    a_profile,
    a_template,
    pattern,
    template,
)
from xapi_profiles import InvalidProfile, load, validate

AT = "2026-01-14T12:13:14Z"
THAT = "urn:x:that"
OTHER = "https://example.org/profiles/games"


def another_profile(**members: object) -> Json:
    version = {"id": f"{OTHER}/v1", "generatedAtTime": AT}
    parts = {
        name: [{**one, "inScheme": f"{OTHER}/v1"} for one in value]
        for name, value in members.items()
        if isinstance(value, list) and name != "versions"
    }
    return a_profile(**{"id": OTHER, "versions": [version], **members, **parts})


def pointers(profile: Json, *others: Json) -> list[str]:
    return [each.pointer for each in validate(profile, *others)]


def test_later_versions_say_what_they_succeed() -> None:
    """Structure 6.1; the example there has three versions."""
    third, second, first = (
        {"id": f"{PROFILE}/v{number}", "generatedAtTime": f"20{number}0-01-14T12:13:14Z"}
        for number in (3, 2, 1)
    )
    third["wasRevisionOf"] = [second["id"]]  # type: ignore[assignment]
    assert pointers(a_profile(versions=[third, second, first])) == ["/versions"]
    second["wasRevisionOf"] = [first["id"]]  # type: ignore[assignment]
    assert pointers(a_profile(versions=[third, second, first])) == []


@pytest.mark.parametrize("id", [VERSION, PROFILE])
def test_the_id_of_a_version_is_nothing_elses(id: str) -> None:
    versions = [
        {"id": VERSION, "generatedAtTime": AT, "wasRevisionOf": ["urn:x:v0"]},
        {"id": id, "generatedAtTime": AT, "wasRevisionOf": [VERSION]},
    ]
    assert "/versions/1/id" in pointers(a_profile(versions=versions))


def test_every_part_is_of_a_version_of_the_profile() -> None:
    profile = a_profile(
        concepts=[a_concept(inScheme=f"{PROFILE}/v2")],
        templates=[a_template(inScheme=f"{PROFILE}/v2")],
        patterns=[a_pattern("a", "zeroOrMore", "placing", inScheme=f"{PROFILE}/v2")],
    )
    assert pointers(profile) == ["/concepts/0/inScheme", "/templates/0/inScheme", "/patterns/0/inScheme"]


def test_an_id_is_of_one_thing() -> None:
    assert pointers(a_profile(concepts=[a_concept(), a_concept()])) == ["/concepts/0/id", "/concepts/1/id"]


def test_two_templates_with_one_id_are_of_no_use() -> None:
    with pytest.raises(InvalidProfile, match="more than one thing"):
        load(a_profile(templates=[a_template(), a_template()]))


@pytest.mark.parametrize("name", ["broader", "narrower"])
def test_relations_within_a_profile_name_its_own_concepts_of_the_same_type(name: str) -> None:
    """Structure 7.1."""
    other = a_concept("Verb", THAT)
    assert pointers(a_profile(concepts=[a_concept(**{name: [THAT]}), other])) == []
    assert pointers(a_profile(concepts=[a_concept(**{name: ["urn:x:none"]}), other])) == [
        f"/concepts/0/{name}/0"
    ]
    wrong = a_concept("ActivityType", THAT)
    assert pointers(a_profile(concepts=[a_concept(**{name: [THAT]}), wrong])) == [f"/concepts/0/{name}/0"]


@pytest.mark.parametrize("name", ["broadMatch", "narrowMatch", "relatedMatch", "exactMatch"])
def test_relations_to_other_profiles_name_concepts_of_the_same_type_there(name: str) -> None:
    own = a_profile(concepts=[a_concept(**{name: [THAT]})])
    assert pointers(own) == []
    assert pointers(own, another_profile(concepts=[a_concept("Verb", THAT)])) == []
    assert pointers(own, another_profile(concepts=[a_concept("ActivityType", THAT)])) == [
        f"/concepts/0/{name}/0"
    ]
    inside = a_profile(concepts=[a_concept(**{name: [THAT]}), a_concept("Verb", THAT)])
    assert pointers(inside) == [f"/concepts/0/{name}/0"]


def test_related_is_for_what_is_deprecated() -> None:
    other = a_concept("Verb", THAT)
    assert pointers(a_profile(concepts=[a_concept(related=[THAT]), other])) == ["/concepts/0/related"]
    old = a_concept(related=[THAT], deprecated=True)
    assert pointers(a_profile(concepts=[old, other])) == []


def test_a_concept_of_another_profile_is_not_defined_again() -> None:
    """Structure 7.0."""
    own = a_profile(concepts=[a_concept()])
    assert pointers(own, another_profile(concepts=[a_concept()])) == ["/concepts/0/id"]


def test_unless_the_profile_replaces_every_version_of_the_other() -> None:
    versions = [{"id": VERSION, "generatedAtTime": AT, "wasRevisionOf": [f"{OTHER}/v1"]}]
    new, old = a_profile(versions=versions, concepts=[a_concept()]), another_profile(concepts=[a_concept()])
    assert pointers(new, old) == []
    assert pointers(old, new) == []


@pytest.mark.parametrize("name", ["objectStatementRefTemplate", "contextStatementRefTemplate"])
def test_a_template_refers_to_templates_of_its_profile(name: str) -> None:
    """Structure 8.0."""
    refers = a_template("verifying", **{name: [template("placing"), template("none"), PLACED]})
    profile = a_profile(concepts=[a_concept()], templates=[refers, a_template()])
    assert pointers(profile) == [f"/templates/0/{name}/1", f"/templates/0/{name}/2"]


def test_a_pattern_is_made_of_patterns_and_templates() -> None:
    """Structure 9.0."""
    profile = a_profile(
        concepts=[a_concept()],
        templates=[a_template()],
        patterns=[
            a_pattern("a", "sequence", "placing", "#b")
            | {"sequence": [template("placing"), pattern("b"), PLACED]},
            a_pattern("b", "oneOrMore", "missing"),
        ],
    )
    assert pointers(profile) == ["/patterns/0/sequence/2", "/patterns/1/oneOrMore"]


def test_patterns_and_templates_may_be_of_other_profiles() -> None:
    own = a_profile(patterns=[a_pattern("a", "sequence", "placing", "placing")])
    assert pointers(own) == ["/patterns/0/sequence/0", "/patterns/0/sequence/1"]
    assert pointers(own, another_profile(templates=[a_template()])) == []


@pytest.mark.parametrize("operator", ["optional", "zeroOrMore"])
def test_what_may_be_nothing_does_not_stand_in_alternates(operator: str) -> None:
    profile = a_profile(
        templates=[a_template()],
        patterns=[a_pattern("a", "alternates", "placing", "#b"), a_pattern("b", operator, "placing")],
    )
    assert pointers(profile) == ["/patterns/0/alternates/1"]


def test_alternates_have_two_members() -> None:
    profile = a_profile(
        templates=[a_template()], patterns=[a_pattern("a", "alternates", "placing", primary=True)]
    )
    assert pointers(profile) == ["/patterns/0/alternates"]


def test_a_sequence_has_two_members_or_is_primary_and_one_template() -> None:
    def sequence(**members: object) -> Json:
        return a_pattern("a", "sequence", "placing", **members)

    templates = [a_template()]
    assert pointers(a_profile(templates=templates, patterns=[sequence(primary=True)])) == []
    assert pointers(a_profile(templates=templates, patterns=[sequence()])) == ["/patterns/0/sequence"]
    used = [sequence(primary=True), a_pattern("b", "zeroOrMore", "#a")]
    assert pointers(a_profile(templates=templates, patterns=used)) == ["/patterns/0/sequence"]
    of_pattern = [a_pattern("a", "sequence", "#b", primary=True), a_pattern("b", "zeroOrMore", "placing")]
    assert pointers(a_profile(templates=templates, patterns=of_pattern)) == ["/patterns/0/sequence"]


def test_no_pattern_is_within_itself_at_any_depth() -> None:
    profile = a_profile(
        templates=[a_template()],
        patterns=[
            a_pattern("a", "sequence", "placing", "#b", primary=True),
            a_pattern("b", "zeroOrMore", "#c"),
            a_pattern("c", "optional", "#a"),
            a_pattern("d", "optional", "#d"),
        ],
    )
    assert pointers(profile) == [
        "/patterns/0/sequence",
        "/patterns/1/zeroOrMore",
        "/patterns/2/optional",
        "/patterns/3/optional",
    ]
    with pytest.raises(InvalidProfile, match="within itself"):
        load(profile)
