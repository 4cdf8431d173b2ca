"""The demo's statements keep to our own profile; where one does not, that is what the demo wants to show."""

from __future__ import annotations

from collections import Counter

from demo import coop
from demo.year import year
from projections.testimony import verbs
from projections.transcript.contribution import GRADE, LETTER, PROGRESS
from xapi_profiles import Report, Verdict, check, load

PROFILES = load("open-education", strict=True)
(PROFILE,) = PROFILES
STATEMENTS = [each for said in year().values() for each in said]
BY_ID = {each["id"]: each for each in STATEMENTS}


def verdicts() -> dict[str, Verdict]:
    return {id: check(each, PROFILES, find=BY_ID.get) for id, each in BY_ID.items()}


def test_nearly_all_of_the_year_is_valid():
    assert Counter(each.outcome for each in verdicts().values()) == {
        "valid": 389, "invalid": 1, "unmatched": 9,
    }  # fmt: skip


def test_what_is_invalid_is_the_form_with_both_boxes_ticked():
    (invalid,) = [id for id, each in verdicts().items() if each.outcome == "invalid"]
    statement = BY_ID[invalid]
    assert statement["result"] == {"success": False}
    assert statement in [*coop.statements()]
    (verdict,) = verdicts()[invalid].profiles
    assert {match.template: [one.reason for one in match.broken] for match in verdict.matches} == {
        "https://w3id.org/open-education/templates#passed": ["$.result.success must have nothing but true"],
        "https://w3id.org/open-education/templates#part-lesson": [],
    }


def test_what_is_unmatched_says_nothing_of_how_a_course_goes():
    """The tutor's comments on drafts, and the void of another child's grade."""
    found = [
        BY_ID[id]["verb"]["display"]["en"] for id, each in verdicts().items() if each.outcome == "unmatched"
    ]
    assert Counter(found) == {"commented": 8, "voided": 1}


def test_the_two_courses_of_the_college_go_as_the_pattern_has_it():
    """Only the college registers learners."""
    report = Report(PROFILES)
    for id, each in verdicts().items():
        report.add(BY_ID[id], each)
    (profile,) = report.document()["profiles"]
    assert profile["registrations"] == {"accepted": 1, "in progress": 1, "rejected": 0}


def test_the_profile_speaks_the_words_that_a_transcript_understands():
    templates = PROFILE.document["templates"]
    spoken = {each["verb"] for each in templates if "verb" in each}
    assert spoken <= verbs.NAMES.keys()
    assert {verbs.NAMES[each] for each in spoken} == {*verbs.NAMES.values()}
    places = " ".join(rule["location"] for each in templates for rule in each.get("rules", ()))
    for extension in (GRADE, LETTER, PROGRESS):
        assert f"['{extension}']" in places


def test_what_verifies_a_claim_is_what_verifies_it_for_a_transcript():
    referring = {
        each["verb"] for each in PROFILE.document["templates"] if "objectStatementRefTemplate" in each
    }
    assert {verbs.NAMES[each] for each in referring} == verbs.VERIFYING
