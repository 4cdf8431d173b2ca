"""Whom a transcript believes: authorities, verified claims, contradictions, voids."""

from __future__ import annotations

from dataclasses import replace

import pytest

from projections.transcript.lines import UNVERIFIED
from tests.projections.transcript.builders import (
    FAMILY,
    MATHS,
    OFFICE,
    PATHWAY,
    SCHOOL,
    TUTOR,
    a_catalogue,
    about_statement,
    line_of,
    made_of,
    said,
    the_id,
    void,
)

CLAIM = said("passed", by=FAMILY, score=0.95, name="claim")


def earned(*said):
    return sum(float(each["credits"]["earned"]) for each in made_of(*said)["lines"])


@pytest.mark.parametrize(
    ("by", "trust", "credits"),
    [
        (OFFICE, "registrar", "1"),
        (SCHOOL, "approved", "1"),
        (TUTOR, "instructor", "1"),
        (FAMILY, "self", "0"),
    ],
)
def test_trust_comes_from_the_authority(by, trust, credits):
    line = line_of(said("passed", by=by, score=0.95))
    assert (line["provider"]["trust"], line["credits"]["earned"]) == (trust, credits)


def test_what_a_client_claims_about_itself_raises_no_trust():
    claims = {"instructor": OFFICE, "platform": "Public School", "team": {"objectType": "Group", **SCHOOL}}
    line = line_of(
        said("passed", by=FAMILY, score=0.95, context=claims, actor={**CLAIM["actor"], "name": "x"})
    )
    assert line["credits"]["earned"] == "0"
    assert line["note"] == UNVERIFIED


def test_a_self_report_is_shown_and_counts_for_nothing():
    found = made_of(CLAIM)
    (line,) = found["lines"]
    assert (line["status"], line["grade"], line["points"]) == ("Completed", "A", None)
    assert found["gpa"] is None
    assert found["totals"] == {}


@pytest.mark.parametrize("verb", ["verified", "validated"])
@pytest.mark.parametrize("by", [OFFICE, SCHOOL, TUTOR])
def test_a_trusted_authority_makes_a_claim_count(verb, by):
    line = line_of(CLAIM, about_statement(verb, "claim", by=by, name="proof"))
    assert (line["credits"]["earned"], line["points"], line["note"]) == ("1", "4.00", None)
    assert line["basis"]["verified_by"] == [the_id("proof")]


def test_verifying_comes_before_or_after():
    proof = about_statement("verified", "claim", by=SCHOOL)
    assert earned(proof, CLAIM) == earned(CLAIM, proof) == 1


@pytest.mark.parametrize(
    "proof",
    [
        about_statement("verified", "claim", by=FAMILY),
        about_statement("verified", "other", by=SCHOOL),
        about_statement("verified", "claim", by=SCHOOL, result={"success": False}),
        about_statement("passed", "claim", by=SCHOOL),
        said("verified", by=SCHOOL),
    ],
    ids=["by herself", "of another", "denied", "another verb", "of the activity"],
)
def test_what_does_not_verify_a_claim(proof):
    assert earned(CLAIM, proof) == 0


def test_beside_a_verified_claim_the_others_decide_nothing():
    worse, better = (
        said("passed", by=FAMILY, score=0.84, name="checked"),
        said("passed", by=FAMILY, score=1.0, name="boast", day="2025-10-05"),
    )
    line = line_of(worse, better, about_statement("verified", "checked", by=SCHOOL))
    assert line["grade"] == "B"
    assert line["basis"]["statements"] == [the_id("checked")]
    assert line["basis"]["unverified"] == [the_id("boast")]


def test_lines_of_two_providers_stand_apart():
    found = made_of(said("passed", by=PATHWAY, score=0.9), said("passed", by=SCHOOL, score=0.8))
    assert {line["provider"]["name"] for line in found["lines"]} == {"Pathway", "Public School"}


def test_an_application_and_a_person_are_trusted_as_the_better_known_of_them():
    together = {"objectType": "Group", "member": [FAMILY, SCHOOL]}
    assert line_of(said("passed", by=together))["provider"]["id"] == "school"


def test_a_provider_that_is_no_longer_trusted_earns_nothing():
    catalogue = replace(a_catalogue(), providers={})
    assert line_of(said("passed", score=0.9), catalogue=catalogue)["credits"]["earned"] == "0"


@pytest.mark.parametrize(
    ("verb", "result"),
    [
        ("passed", {"success": False}),
        ("mastered", {"success": False}),
        ("failed", {"success": True}),
        ("satisfied", {"success": False}),
        ("waived", {"success": False}),
        ("completed", {"completion": False}),
        ("satisfied", {"completion": False}),
    ],
)
def test_a_statement_that_contradicts_itself_is_quarantined(verb, result):
    found = made_of(said(verb, score=0.9, result=result, name="odd"))
    assert found["lines"] == found["in_progress"] == []
    (refused,) = found["quarantined"]
    assert (refused["statement"], refused["about"], refused["verb"]) == (the_id("odd"), MATHS, verb)


def test_a_denial_of_a_claim_is_quarantined_with_its_reason():
    denied = about_statement("verified", "claim", by=SCHOOL, result={"success": False})
    (refused,) = made_of(CLAIM, denied)["quarantined"]
    assert refused["reason"] == "verified, but the result's success is false"


def without_position(document):
    return {name: value for name, value in document.items() if name != "position"}


@pytest.mark.parametrize("by", [PATHWAY, SCHOOL, OFFICE])
def test_a_voided_statement_was_never_said(by):
    other, wrong = said("passed", score=0.8), said("failed", name="wrong", day="2025-10-02")
    expected = without_position(made_of(other))
    assert without_position(made_of(other, wrong, void("wrong", by=by))) == expected
    assert without_position(made_of(void("wrong", by=by), other, wrong)) == expected


def test_who_is_trusted_less_voids_nothing_and_is_shown():
    wrong = said("failed", score=0.3, name="wrong")
    found = made_of(wrong, void("wrong", by=FAMILY, name="the void"))
    assert [line["grade"] for line in found["lines"]] == ["F"]
    (refused,) = found["quarantined"]
    assert (refused["statement"], refused["about"], refused["verb"]) == (
        the_id("the void"),
        the_id("wrong"),
        "voided",
    )


def test_a_claim_may_be_taken_back_also_when_it_is_verified():
    proof = about_statement("verified", "claim", by=SCHOOL)
    assert earned(CLAIM, proof, void("claim", by=FAMILY)) == 0


def test_a_verification_may_be_taken_back():
    proof = about_statement("verified", "claim", by=SCHOOL, name="proof")
    assert earned(CLAIM, proof, void("proof", by=SCHOOL)) == 0
    assert earned(CLAIM, proof, void("proof", by=FAMILY)) == 1


def test_a_voiding_statement_cannot_be_voided():
    wrong = said("failed", name="wrong")
    found = made_of(wrong, void("wrong", name="one"), void("one", name="two"))
    assert found["lines"] == []


def test_a_denial_of_what_was_taken_back_is_no_matter_any_longer():
    denied = about_statement("verified", "claim", by=SCHOOL, result={"success": False})
    assert made_of(CLAIM, denied, void("claim", by=FAMILY))["quarantined"] == []
