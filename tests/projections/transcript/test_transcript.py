"""The document: lines with their basis, what is unmapped, and what stays the same."""

from __future__ import annotations

from jsonschema import Draft202012Validator

from projections.catalogue.model import Policy, Term
from tests.projections.transcript.builders import (
    FAMILY,
    MATHS,
    MIRA,
    PATHWAY,
    SCHEMA,
    a_catalogue,
    a_course,
    line_of,
    made_of,
    said,
    the_id,
)


def test_a_line_says_everything_about_its_course_and_why():
    statement = said("passed", score=0.9, name="it")
    assert line_of(said("registered", name="before", day="2025-09-01"), statement) == {
        "course": "maths",
        "title": "Maths",
        "code": "MAT",
        "subject": "Mathematics",
        "sced": "02001",
        "level": "",
        "provider": {"id": "pathway", "name": "Pathway", "trust": "approved"},
        "term": None,
        "registration": None,
        "began": "2025-09-01T12:00:00.000000Z",
        "ended": "2025-10-01T12:00:00.000000Z",
        "status": "Completed",
        "progress": None,
        "attempts": [
            {
                "registration": None,
                "began": "2025-10-01T12:00:00.000000Z",
                "ended": "2025-10-01T12:00:00.000000Z",
                "status": "Completed",
                "grade": "B+",
                "score": "0.9",
                "counts": True,
                "statements": [the_id("it")],
            }
        ],
        "credits": {"unit": "Carnegie", "attempted": "1", "earned": "1"},
        "grade": "B+",
        "score": "0.9",
        "points": "3.33",
        "weighted_points": "3.33",
        "repeat": None,
        "note": None,
        "basis": {
            "statements": [the_id("before"), the_id("it")],
            "unverified": [],
            "as_member": [],
            "verified_by": [],
            "authorities": ["account|https://lrs.example|pathway"],
            "decisions": [],
            "policy": None,
            "catalogue": 5,
        },
    }


def test_the_course_is_that_of_the_object_then_a_parent_then_a_grouping():
    catalogue = a_catalogue(a_course("maths"), a_course("band"), **{"x:a": "maths", "x:b": "band"})
    for context, object_id, course in (
        ({"parent": [{"id": "x:b"}]}, "x:a", "maths"),
        ({"grouping": [{"id": "x:a"}], "parent": [{"id": "x:b"}]}, "x:c", "band"),
        ({"grouping": [{"id": "x:a"}], "parent": [{"id": "x:d"}]}, "x:c", "maths"),
    ):
        statement = said("progressed", object_id, context={"contextActivities": context})
        assert line_of(statement, catalogue=catalogue)["course"] == course


def test_what_belongs_to_no_course_is_shown_by_activity():
    named = {"id": "x:bird", "definition": {"name": {"en": "Bird walk"}}}
    found = made_of(
        said("completed", "x:bird", name="second", day="2025-10-02"),
        said("initialized", object=named, by=FAMILY, name="first"),
    )
    assert found["unmapped"] == [
        {
            "activity": "x:bird",
            "title": "Bird walk",
            "trust": "approved",
            "verbs": ["completed", "initialized"],
            "first": "2025-10-01T12:00:00.000000Z",
            "last": "2025-10-02T12:00:00.000000Z",
            "statements": [the_id("first"), the_id("second")],
        }
    ]


def test_an_activity_of_a_course_that_nobody_defined_is_unmapped():
    catalogue = a_catalogue(a_course("band"))
    assert [each["activity"] for each in made_of(said("passed"), catalogue=catalogue)["unmapped"]] == [MATHS]


def test_each_registration_is_a_line_where_the_course_says_so():
    catalogue = a_catalogue(a_course("maths", term=Term("registration"), max_completions=2))
    found = made_of(
        said("passed", registration="one", score=0.9),
        said("passed", registration="two", score=0.8),
        said("passed", score=0.75),
        catalogue=catalogue,
    )
    assert {line["registration"] for line in found["lines"]} == {the_id("one"), the_id("two"), None}
    assert found["totals"]["Carnegie"]["earned"] == "2"


def test_a_member_of_a_group_is_said_to_be_one():
    group = {"objectType": "Group", "mbox": "mailto:club@mail.example", "member": [MIRA]}
    line = line_of(said("passed", actor=group, name="together"))
    assert line["basis"]["as_member"] == [the_id("together")]
    assert line["credits"]["earned"] == "1"


def test_lines_stand_in_the_order_in_which_they_began():
    found = made_of(
        said("passed", "https://school.example/band", day="2025-12-01"),
        said("passed", "https://tutor.example/writing", day="2025-11-01"),
        said("passed", day="2025-12-24"),
        said("initialized", by=PATHWAY, day="2025-10-01"),
    )
    assert [line["course"] for line in found["lines"]] == ["maths", "writing", "band"]


def test_nobody_has_an_empty_transcript_that_is_a_transcript():
    found = made_of()
    assert (found["lines"], found["totals"], found["gpa"]) == ([], {}, None)


def objects(schema):
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for each in schema.values():
            yield from objects(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from objects(each)


def test_the_published_schema_is_closed_and_explains_every_property():
    Draft202012Validator.check_schema(SCHEMA)
    for each in objects(SCHEMA):
        assert each["additionalProperties"] is False or each["additionalProperties"]["$ref"]
        for name, described in each.get("properties", {}).items():
            reference = described.get("$ref", "#/$defs/").removeprefix("#/$defs/")
            assert described.get("description") or SCHEMA["$defs"][reference]["description"], name


def test_the_policy_is_a_basis_only_where_it_had_something_to_choose():
    policy = Policy({}, "best", version=9)
    catalogue = a_catalogue(policy=policy)
    again = said("passed", score=0.8, day="2025-10-02")
    assert line_of(said("passed", score=0.9), catalogue=catalogue)["basis"]["policy"] is None
    assert line_of(said("passed", score=0.9), again, catalogue=catalogue)["basis"]["policy"] == 9
