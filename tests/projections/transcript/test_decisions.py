"""What registrars decide, whatever the statements say."""

from __future__ import annotations

import pytest

from projections.catalogue.model import Credits, Term
from tests.projections.transcript.builders import (
    FAMILY,
    MATHS,
    a_catalogue,
    a_course,
    decided,
    line_of,
    made_of,
    said,
    the_id,
)


def summary(line):
    return line["status"], line["grade"], line["points"], line["credits"]["earned"]


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (decided("waive"), ("Completed", "CR", None, "1")),
        (decided("waive", credits="0.5"), ("Completed", "CR", None, "0.5")),
        (decided("transfer", credits="1", source="Oak School"), ("Completed", "TR", None, "1")),
        (decided("transfer", credits="1", source="Oak School", grade="B"), ("Completed", "B", "3.00", "1")),
        (decided("transfer", credits="5", source="Oak School"), ("Completed", "TR", None, "1")),
        (decided("override", grade="C"), ("Completed", "C", "2.00", "1")),
        (decided("override", grade="F"), ("Failed", "F", "0.00", "0")),
        (decided("override", status="OnHold"), ("OnHold", None, None, "0")),
    ],
)
def test_a_decision_makes_a_line_where_there_is_none(decision, expected):
    line = line_of(decision)
    assert summary(line) == expected
    assert line["basis"]["decisions"] == [decision.decision]
    assert line["provider"]["trust"] == "registrar"


def test_transferred_credits_name_where_they_come_from():
    assert line_of(decided("transfer", credits="1", source="Oak"))["provider"]["name"] == "Oak"


def test_a_grade_is_overridden_and_the_statements_stay_its_basis():
    passed = said("passed", score=0.75)
    line = line_of(passed, decided("override", grade="A"))
    assert summary(line) == ("Completed", "A", "4.00", "1")
    assert line["basis"]["statements"] == [passed["id"]]


def test_credits_alone_are_overridden():
    assert summary(line_of(said("passed", score=0.75), decided("override", credits="0.25"))) == (
        "Completed",
        "C",
        "2.00",
        "0.25",
    )


def test_a_decision_about_a_self_report_makes_it_count():
    line = line_of(said("passed", by=FAMILY, score=0.75), decided("override", status="Completed"))
    assert (line["credits"]["earned"], line["note"]) == ("1", None)


A, F = said("passed", score=0.95), said("failed", score=0.1)


@pytest.mark.parametrize(
    ("statement", "values", "expected"),
    [
        (A, {"status": "Failed"}, ("Failed", "F", "0.00", "0")),
        (F, {"status": "Completed"}, ("Completed", "P", None, "1")),
        (A, {"status": "Completed"}, ("Completed", "A", "4.00", "1")),
        (F, {"status": "Failed"}, ("Failed", "F", "0.00", "0")),
        (A, {"status": "Withdrew"}, ("Withdrew", "W", None, "0")),
        (A, {"status": "OnHold"}, ("OnHold", None, None, "0")),
        (A, {"status": "Failed", "grade": "B"}, ("Failed", "B", None, "0")),
        (F, {"status": "Completed", "grade": "F"}, ("Completed", "F", None, "1")),
        (A, {"status": "Completed", "grade": "B"}, ("Completed", "B", "3.00", "1")),
    ],
)
def test_a_status_that_is_decided_leaves_no_grade_that_says_the_opposite(statement, values, expected):
    assert summary(line_of(statement, decided("override", **values))) == expected


def test_a_status_that_is_decided_makes_a_line_with_its_grade():
    assert summary(line_of(decided("override", status="Completed"))) == ("Completed", "P", None, "1")
    assert summary(line_of(decided("override", status="Failed"))) == ("Failed", "F", "0.00", "0")


def test_a_waiver_stands_beside_a_failure_and_counts():
    found = made_of(said("failed", score=0.2), decided("waive"))
    assert [(line["grade"], line["repeat"]) for line in found["lines"]] == [
        ("F", "not counted"),
        ("CR", "counted"),
    ]
    assert found["totals"]["Carnegie"]["earned"] == "1"


TERMS = a_catalogue(a_course("maths", term=Term("terms", ("08-01", "01-10"), ("Fall", "Spring"))))
FALL, SPRING = said("passed", score=0.75, day="2025-10-01"), said("passed", score=0.9, day="2026-03-01")


def test_a_decision_about_a_term_leaves_the_others_alone():
    found = made_of(FALL, SPRING, decided("override", term="2025-26 Fall", grade="F"), catalogue=TERMS)
    assert [(line["term"], line["grade"]) for line in found["lines"]] == [
        ("2025-26 Fall", "F"),
        ("2025-26 Spring", "B+"),
    ]


def test_a_decision_about_a_registration():
    catalogue = a_catalogue(a_course("maths", term=Term("registration")))
    one, two = said("passed", registration="one"), said("passed", registration="two")
    found = made_of(one, two, decided("withdraw", term=the_id("one")), catalogue=catalogue)
    assert {line["registration"]: line["status"] for line in found["lines"]} == {
        the_id("one"): "Withdrew",
        the_id("two"): "Completed",
    }


def test_a_registration_is_the_same_in_capitals():
    catalogue = a_catalogue(a_course("maths", term=Term("registration")))
    one, better = (
        said("failed", registration="one"),
        decided("override", term=the_id("one").upper(), grade="A"),
    )
    line = line_of(one, better, catalogue=catalogue)
    assert (line["registration"], line["grade"]) == (the_id("one"), "A")
    assert line_of(better, catalogue=catalogue)["registration"] == the_id("one")


def test_of_a_course_without_terms_a_decision_means_every_line():
    line = line_of(said("failed"), decided("override", term="2025-26 Fall", grade="A"))
    assert (line["term"], line["grade"]) == (None, "A")


def test_to_withdraw_without_a_term_ends_what_is_in_progress_only():
    going_on = said("progressed", day="2026-03-01")
    found = made_of(FALL, going_on, decided("withdraw"), catalogue=TERMS)
    assert [line["status"] for line in found["lines"]] == ["Completed", "Withdrew"]
    assert found["in_progress"] == []


WITHDRAWN = ("Withdrew", "W", None, "0")
AFTERWARDS = "2026-07-01"


def test_who_has_withdrawn_stays_withdrawn_whatever_comes_later():
    later = said("passed", score=0.95, day=AFTERWARDS)
    assert summary(line_of(said("attempted"), decided("withdraw"), later)) == WITHDRAWN


def test_what_begins_after_a_withdrawal_is_not_meant():
    later = said("progressed", day=AFTERWARDS)
    assert line_of(decided("withdraw"), later)["status"] == "InProgress"


@pytest.mark.parametrize("outcome", [said("passed", score=0.75), said("failed")])
def test_what_had_an_outcome_is_not_withdrawn_and_no_line_is_made(outcome):
    again = said("passed", score=0.95, day=AFTERWARDS)
    for statements in ([outcome], [outcome, again]):
        assert line_of(*statements, decided("withdraw")) == line_of(*statements)
    assert made_of(decided("withdraw"))["lines"] == []
    assert made_of(decided("withdraw"))["decisions"]


def test_what_is_on_hold_can_be_withdrawn():
    on_hold = decided("override", status="OnHold")
    assert summary(line_of(said("attempted"), on_hold, decided("withdraw"))) == WITHDRAWN
    assert summary(line_of(said("passed"), on_hold, decided("withdraw"))) == WITHDRAWN
    assert summary(line_of(on_hold, decided("withdraw"))) == WITHDRAWN


def test_what_a_registrar_has_settled_is_not_withdrawn():
    settled = decided("override", grade="B")
    assert summary(line_of(said("attempted"), settled, decided("withdraw")))[1] == "B"


def test_credits_that_are_decided_leave_a_course_in_progress():
    half = decided("override", credits="0.5")
    assert summary(line_of(said("attempted"), half, decided("withdraw"))) == WITHDRAWN


def test_a_repealed_decision_was_never_made_but_is_shown():
    waive = decided("waive")
    repeal = decided("repeal", course="", decision=waive.decision)
    found = made_of(waive, repeal)
    assert found["lines"] == []
    assert [each["repealed"] for each in found["decisions"]] == [True, False]


def test_a_repeal_may_be_repealed():
    waive = decided("waive")
    repeal = decided("repeal", course="", decision=waive.decision)
    again = decided("repeal", course="", decision=repeal.decision)
    assert summary(line_of(waive, repeal, again))[0] == "Completed"


def test_a_later_decision_goes_on_from_an_earlier_one():
    line = line_of(
        said("passed", score=0.75), decided("override", grade="A"), decided("override", credits="0.5")
    )
    assert summary(line) == ("Completed", "A", "4.00", "0.5")
    assert len(line["basis"]["decisions"]) == 2


def test_a_decision_about_a_course_that_nobody_defined_is_shown():
    found = made_of(decided("waive", course="nothing"))
    assert found["lines"] == []
    assert [each["course"] for each in found["decisions"]] == ["nothing"]


def test_credits_are_never_more_than_the_course_has():
    from decimal import Decimal

    catalogue = a_catalogue(a_course("maths", credits=Credits(Decimal("0.5"), "Carnegie")))
    line = line_of(said("passed", MATHS), decided("override", credits="3"), catalogue=catalogue)
    assert line["credits"] == {"unit": "Carnegie", "attempted": "0.5", "earned": "0.5"}
