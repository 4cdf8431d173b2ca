"""Credits, GPA, and which of several lines of one course count."""

from __future__ import annotations

from decimal import Decimal

import pytest

from projections.catalogue.model import Credits, Policy, Term
from projections.transcript import repeats
from tests.projections.transcript.builders import (
    FAMILY,
    SCHOOL,
    a_catalogue,
    a_course,
    decided,
    made_of,
    said,
)


def credits(amount, unit="Carnegie"):
    return Credits(Decimal(amount), unit)


def passed(course, score, **more):
    return said("passed", f"https://{course}.example/", score=score, **more)


VECTOR = a_catalogue(
    a_course("maths", credits=credits("1")),
    a_course("band", credits=credits("1")),
    a_course("writing", credits=credits("0.5")),
)


def test_the_vector_of_the_transcript_maker():
    """B+ 3.33 x 1, A 4.00 x 1, B 3.00 x 0.5: 8.83 / 2.5 = 3.532."""
    found = made_of(passed("maths", 0.88), passed("band", 0.97), passed("writing", 0.85), catalogue=VECTOR)
    assert found["gpa"] == {
        "unit": "Carnegie",
        "credits": "2.5",
        "unweighted": "3.53",
        "weighted": "3.53",
        "max": "4.00",
    }
    assert found["totals"] == {"Carnegie": {"attempted": "2.5", "earned": "2.5", "in_progress": "0.0"}}


def test_the_average_is_rounded_half_up():
    """(4.00 + 3.33) / 2 = 3.665."""
    found = made_of(passed("maths", 0.97), passed("band", 0.88), catalogue=VECTOR)
    assert found["gpa"]["unweighted"] == "3.67"


def test_a_level_weighs_more_but_not_for_an_f():
    catalogue = a_catalogue(a_course("maths", level="AP"), a_course("band", level="H"), a_course("writing"))
    found = made_of(passed("maths", 0.97), said("failed", "https://band.example/"), catalogue=catalogue)
    assert (found["gpa"]["unweighted"], found["gpa"]["weighted"]) == ("2.00", "2.50")
    assert [line["weighted_points"] for line in found["lines"]] == ["0.00", "5.00"]


@pytest.mark.parametrize(
    "other",
    [
        said("passed", "https://band.example/"),
        said("earned", "https://band.example/", letter="S"),
        said("earned", "https://band.example/", letter="W"),
        said("earned", "https://band.example/", letter="I"),
        said("progressed", "https://band.example/", score=0.1),
        said("waived", "https://band.example/"),
        said("passed", "https://band.example/", by=FAMILY, score=0.1),
        decided("waive", "band"),
        decided("withdraw", "band"),
    ],
    ids=["P", "S", "W", "I", "in progress", "CR", "self-report", "waived", "withdrawn"],
)
def test_what_is_out_of_the_gpa(other):
    found = made_of(passed("maths", 0.97), other, catalogue=VECTOR)
    assert (found["gpa"]["unweighted"], found["gpa"]["credits"]) == ("4.00", "1")


def test_without_a_grade_there_is_no_gpa():
    assert made_of(said("passed"))["gpa"] is None


def test_what_is_in_progress_is_attempted_and_earns_nothing():
    found = made_of(said("progressed"), said("failed", "https://school.example/band"))
    assert found["totals"] == {"Carnegie": {"attempted": "1", "earned": "0", "in_progress": "1"}}


def test_credits_of_two_units_are_never_added():
    catalogue = a_catalogue(
        a_course("maths", credits=credits("1")), a_course("band", credits=credits("3", "Semester hour"))
    )
    found = made_of(passed("maths", 0.97), passed("band", 0.75), catalogue=catalogue)
    assert {unit: each["earned"] for unit, each in found["totals"].items()} == {
        "Carnegie": "1",
        "Semester hour": "3",
    }
    assert (found["gpa"]["unit"], found["gpa"]["unweighted"]) == ("Semester hour", "2.00")


YEARS = Term("year", ("08-01",))
REPEATED = (
    said("failed", score=0.2, day="2023-10-01"),
    said("passed", score=0.95, day="2024-10-01"),
    said("passed", score=0.75, day="2025-10-01"),
)


def repeated(policy, completions):
    course = a_course("maths", term=YEARS, max_completions=completions)
    return made_of(*REPEATED, catalogue=a_catalogue(course, policy=Policy({}, policy)))


@pytest.mark.parametrize(
    ("policy", "completions", "earned", "points", "average"),
    [
        ("best", 1, ["0", "1", "0"], [None, "4.00", None], "4.00"),
        ("latest", 1, ["0", "0", "1"], [None, None, "2.00"], "2.00"),
        ("first", 1, ["0", "1", "0"], ["0.00", None, None], "0.00"),
        ("all", 1, ["0", "1", "0"], ["0.00", "4.00", "2.00"], "2.00"),
        ("best", 2, ["0", "1", "1"], [None, "4.00", "2.00"], "3.00"),
        ("all", 2, ["0", "1", "1"], ["0.00", "4.00", "2.00"], "2.00"),
    ],
)
def test_of_a_repeated_course_the_policy_says_which_lines_count(policy, completions, earned, points, average):
    found = repeated(policy, completions)
    assert [line["credits"]["earned"] for line in found["lines"]] == earned
    assert [line["points"] for line in found["lines"]] == points
    assert found["gpa"]["unweighted"] == average


def test_a_line_that_does_not_count_says_so():
    lines = repeated("best", 1)["lines"]
    assert [line["repeat"] for line in lines] == ["not counted", "counted", "not counted"]
    assert [line["note"] for line in lines] == [repeats.NOT_COUNTED, None, repeats.NOT_COUNTED]
    assert [line["note"] for line in repeated("all", 1)["lines"]] == [None, None, repeats.NO_MORE_CREDIT]
    assert [line["note"] for line in repeated("first", 1)["lines"]] == [
        None,
        repeats.GRADE_NOT_COUNTED,
        repeats.NOT_COUNTED,
    ]


@pytest.mark.parametrize(
    ("policy", "scores", "points"),
    [("first", (0.1, 0.95), ["0.00", None]), ("latest", (0.95, 0.1), [None, "0.00"])],
)
def test_a_policy_on_grades_takes_no_credit_away(policy, scores, points):
    said_ = [
        said("completed", score=score, day=f"{year}-10-01")
        for score, year in zip(scores, (2024, 2025), strict=True)
    ]
    catalogue = a_catalogue(a_course("maths", term=YEARS), policy=Policy({}, policy))
    found = made_of(*said_, catalogue=catalogue)
    assert [line["points"] for line in found["lines"]] == points
    assert found["totals"]["Carnegie"] == {"attempted": "2", "earned": "1", "in_progress": "0"}
    assert found["gpa"]["unweighted"] == "0.00"


def test_a_course_taken_at_two_providers_awards_its_credit_once():
    found = made_of(said("passed", score=0.75), said("passed", by=SCHOOL, score=0.95))
    assert found["totals"]["Carnegie"]["earned"] == "1"
    assert found["gpa"]["unweighted"] == "4.00"
