"""What attempts come to: verbs, scores, letters, and which of several attempts counts."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from projections.catalogue.model import Policy, Step
from tests.projections.transcript.builders import LETTERS, MATHS, a_catalogue, a_course, line_of, said


def summary(line):
    return line["status"], line["grade"], line["points"], line["credits"]["earned"]


# What one statement about the whole course comes to: status, grade, points, credits earned.
ONE = [
    ("registered", {}, ("Enrolled", None, None, "0")),
    ("initialized", {}, ("InProgress", None, None, "0")),
    ("attempted", {"score": 0.9, "result": {"success": True}}, ("InProgress", None, None, "0")),
    ("progressed", {"progress": 100}, ("InProgress", None, None, "0")),
    ("completed", {}, ("Completed", "P", None, "1")),
    ("completed", {"score": 0.9}, ("Completed", "B+", "3.33", "1")),
    ("completed", {"score": 0.2}, ("Failed", "F", "0.00", "0")),
    ("completed", {"result": {"success": False}}, ("Failed", "F", "0.00", "0")),
    ("passed", {}, ("Completed", "P", None, "1")),
    ("passed", {"score": 0.87}, ("Completed", "B+", "3.33", "1")),
    ("passed", {"score": 0.8699}, ("Completed", "B", "3.00", "1")),
    ("passed", {"score": 0.5}, ("Completed", "P", None, "1")),
    ("passed", {"score": -1}, ("Completed", "P", None, "1")),
    ("passed", {"score": {"raw": 0, "min": 0, "max": 0}}, ("Completed", "P", None, "1")),
    ("passed", {"score": {"raw": 26.1, "min": 0, "max": 30}}, ("Completed", "B+", "3.33", "1")),
    ("mastered", {"score": 1}, ("Completed", "A", "4.00", "1")),
    ("failed", {}, ("Failed", "F", "0.00", "0")),
    ("failed", {"score": 0.3}, ("Failed", "F", "0.00", "0")),
    ("failed", {"score": 0.95}, ("Failed", "F", "0.00", "0")),
    ("scored", {"score": 0.95}, ("InProgress", "A", None, "0")),
    ("scored", {"score": 0.95, "result": {"completion": True}}, ("Completed", "A", "4.00", "1")),
    ("scored", {"score": 0.95, "result": {"success": True}}, ("Completed", "A", "4.00", "1")),
    ("scored", {"score": 0.5}, ("InProgress", None, None, "0")),
    ("scored", {"score": 0.5, "result": {"completion": True}}, ("Failed", "F", "0.00", "0")),
    ("scored", {"score": 0.5, "result": {"success": True}}, ("Completed", "P", None, "1")),
    ("scored", {"score": {"raw": 0, "min": 0, "max": 0}}, ("InProgress", None, None, "0")),
    ("earned", {"score": 0.02}, ("InProgress", None, None, "0")),
    ("earned", {"score": 0.02, "letter": "F"}, ("Failed", "F", "0.00", "0")),
    ("earned", {"letter": "B"}, ("Completed", "B", "3.00", "1")),
    ("earned", {"letter": "B", "score": 0.95}, ("Completed", "B", "3.00", "1")),
    ("earned", {"letter": "S"}, ("Completed", "S", None, "1")),
    ("earned", {"letter": "W"}, ("Withdrew", "W", None, "0")),
    ("earned", {"letter": "I"}, ("InProgress", "I", None, "0")),
    ("earned", {"letter": "Magnificent"}, ("InProgress", "Magnificent", None, "0")),
    ("passed", {"letter": "Magnificent"}, ("Completed", "Magnificent", None, "1")),
    ("evaluated", {"score": 0.72}, ("InProgress", "C", None, "0")),
    ("completed", {"letter": "B"}, ("Completed", "B", "3.00", "1")),
    ("completed", {"letter": "Fail"}, ("InProgress", "Fail", None, "0")),
    ("completed", {"letter": "f"}, ("InProgress", "f", None, "0")),
    ("completed", {"letter": "Fail", "score": 0.1}, ("Failed", "F", "0.00", "0")),
    ("satisfied", {}, ("Completed", "P", None, "1")),
    ("waived", {}, ("Completed", "CR", None, "1")),
]


@pytest.mark.parametrize(("verb", "more", "expected"), ONE)
def test_one_statement_comes_to(verb, more, expected):
    assert summary(line_of(said(verb, **more))) == expected


@pytest.mark.parametrize("verb", ["passed", "completed", "earned", "satisfied", "waived", "failed"])
def test_what_is_said_of_a_part_ends_no_course(verb):
    line = line_of(said(verb, "https://pathway.example/lesson-1", parent=MATHS, score=0.95))
    assert summary(line) == ("InProgress", None, None, "0")


def test_without_a_scale_there_are_no_grades():
    catalogue = a_catalogue(a_course("maths", scale="unknown"))
    assert summary(line_of(said("passed", score=0.95), catalogue=catalogue)) == ("Completed", "P", None, "1")
    assert summary(line_of(said("failed"), catalogue=catalogue)) == ("Failed", None, None, "0")


@pytest.mark.parametrize(
    ("score", "expected"),
    [(0.95, ("Completed", "A", "4.00", "1")), (0.1, ("Failed", "F", "0.00", "0"))],
)
def test_a_score_below_all_steps_is_not_passed(score, expected):
    steps = [step for step in LETTERS.steps if step.min]
    bottomless = replace(LETTERS, steps=(*steps, Step("F", None, Decimal("0.00"), False, True)))
    catalogue = replace(a_catalogue(), scales={"letters": bottomless})
    assert summary(line_of(said("completed", score=score), catalogue=catalogue)) == expected
    assert line_of(said("scored", score=score), catalogue=catalogue)["status"] == "InProgress"


def test_a_scale_without_scores_does_not_fail_one():
    unscored = replace(LETTERS, steps=tuple(replace(step, min=None) for step in LETTERS.steps))
    catalogue = replace(a_catalogue(), scales={"letters": unscored})
    line = line_of(said("completed", score=0.1), catalogue=catalogue)
    assert summary(line) == ("Completed", "P", None, "1")


def test_a_score_counts_once_she_is_through_with_it():
    scored, through = said("scored", score=0.95), said("completed", day="2025-10-02")
    assert summary(line_of(scored, through)) == ("Completed", "A", "4.00", "1")


def test_progress_of_the_whole_course_is_shown():
    lesson = said(
        "progressed", "https://pathway.example/lesson-1", parent=MATHS, progress=90, day="2025-10-03"
    )
    line = line_of(said("progressed", progress=40, day="2025-10-02"), said("progressed", progress=20), lesson)
    assert (line["status"], line["progress"]) == ("InProgress", "40")


def attempts(*said, how, pace="self-paced"):
    policy = Policy({"self-paced": how, "term-graded": how}, "best")
    return line_of(*said, catalogue=a_catalogue(a_course("maths", pace=pace), policy=policy))


THREE = (
    said("passed", score=0.85, day="2025-10-01"),
    said("passed", score=0.95, day="2025-10-02"),
    said("failed", score=0.30, day="2025-10-03"),
)


@pytest.mark.parametrize(
    ("how", "expected", "counts"),
    [
        ("best", ("Completed", "A", "4.00", "1"), [False, True, False]),
        ("latest", ("Failed", "F", "0.00", "0"), [False, False, True]),
        ("first", ("Completed", "B", "3.00", "1"), [True, False, False]),
        ("mean", ("Completed", "C", "2.00", "1"), [False, False, False]),
    ],
)
def test_the_policy_says_which_attempt_counts(how, expected, counts):
    line = attempts(*THREE, how=how)
    assert summary(line) == expected
    assert [each["counts"] for each in line["attempts"]] == counts


def test_a_mean_is_of_the_scores_and_without_any_the_latest_counts():
    assert attempts(*THREE, how="mean")["score"] == "0.7"
    unscored = said("passed"), said("failed", day="2025-10-02")
    assert summary(attempts(*unscored, how="mean"))[0] == "Failed"


def test_by_default_the_best_counts_where_she_sets_the_pace_and_else_the_latest():
    assert line_of(*THREE)["grade"] == "A"
    term_graded = a_catalogue(a_course("maths", pace="term-graded"))
    assert line_of(*THREE, catalogue=term_graded)["grade"] == "F"


def test_a_later_attempt_without_an_outcome_takes_nothing_away():
    later = said("scored", score=0.1, day="2025-10-04")
    assert attempts(THREE[1], later, how="latest")["grade"] == "A"


def test_what_is_said_of_one_registration_is_one_attempt():
    line = line_of(
        said("completed", registration="one", score=0.9, day="2025-10-01"),
        said("passed", registration="one", score=0.9, day="2025-10-02"),
        said("satisfied", registration="one", day="2025-10-03"),
    )
    (attempt,) = line["attempts"]
    assert len(attempt["statements"]) == 3
    assert (attempt["began"], attempt["ended"]) == (
        "2025-10-01T12:00:00.000000Z",
        "2025-10-03T12:00:00.000000Z",
    )
    assert summary(line) == ("Completed", "B+", "3.33", "1")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (said("passed", score=0.8), said("passed", score=0.8, day="2025-10-02")),
        (said("passed"), said("failed", day="2025-10-02")),
        (said("scored", score=0.8), said("passed", score=0.9, day="2025-10-02")),
        (said("earned", letter="B"), said("evaluated", letter="A", day="2025-10-02")),
        (said("passed", registration="one"), said("passed", registration="two", day="2025-10-02")),
        (said("passed"), said("waived", day="2025-10-02")),
    ],
)
def test_what_says_something_new_is_another_attempt(one, other):
    assert len(line_of(one, other)["attempts"]) == 2


def test_being_through_with_it_again_is_no_other_attempt():
    again = [said("completed", day=f"2025-10-0{day}") for day in (2, 3)]
    line = attempts(said("passed", score=0.9), *again, how="latest")
    assert len(line["attempts"]) == 1
    assert line["grade"] == "B+"
