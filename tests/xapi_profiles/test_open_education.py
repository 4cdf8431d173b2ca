"""Our own profile is a good one, and says what it is meant to say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.xapi_profiles import greedy
from tests.xapi_profiles.builders import REGISTRATION, Json, a_statement
from xapi_profiles import PUBLISHED, Profiles, arranged, check, followed, load, occurrence, status, validate

BASE = "https://w3id.org/open-education"
CREDITS = f"{BASE}/extensions/credits"
ADL = "http://adlnet.gov/expapi"
VERBS = {
    "evaluated": "https://w3id.org/xapi/acrossx/verbs/evaluated",
    "credited": f"{BASE}/verbs/credited",
    "waived": "https://w3id.org/xapi/adl/verbs/waived",
    "verified": "https://w3id.org/xapi/tla/verbs/verified",
}


@pytest.fixture(scope="module")
def profiles() -> Profiles:
    return load("open-education", strict=True)


def said(verb: str, about: str = "course", parent: str = "", **members: Any) -> Json:
    context: Json = {"registration": REGISTRATION}
    if parent:
        one = {"id": "urn:x:parent", "definition": {"type": f"{ADL}/activities/{parent}"}}
        context["contextActivities"] = {"parent": [one]}
    thing = {"id": f"urn:x:{about}", "definition": {"type": f"{ADL}/activities/{about}"}}
    iri = VERBS.get(verb, f"{ADL}/verbs/{verb}")
    return a_statement(**{"verb": {"id": iri}, "object": thing, "context": context, **members})


def test_it_has_no_fault() -> None:
    assert validate("open-education") == []


def test_every_part_has_an_id_of_the_profile() -> None:
    document = load("open-education")[BASE].document
    for name in ("versions", "concepts", "templates", "patterns"):
        assert [each["id"] for each in document[name] if not each["id"].startswith(f"{BASE}/")] == []


@pytest.mark.parametrize(
    ("verb", "result", "outcome"),
    [
        ("passed", None, "valid"),
        ("passed", {"success": True, "score": {"scaled": 0.9}}, "valid"),
        ("passed", {"success": False}, "invalid"),
        ("mastered", {"success": False}, "invalid"),
        ("failed", {"success": True}, "invalid"),
        ("completed", {"completion": False}, "invalid"),
        ("waived", {"success": False}, "invalid"),
        ("credited", {"success": False}, "invalid"),
        ("registered", {"success": True}, "invalid"),
        ("evaluated", {}, "invalid"),
        ("evaluated", {"score": {"scaled": 0.9}}, "valid"),
        ("evaluated", {"extensions": {f"{BASE}/extensions/grade": "B+"}}, "valid"),
        ("evaluated", {"extensions": {f"{BASE}/extensions/grade": 3}}, "invalid"),
        ("credited", {"extensions": {CREDITS: {"amount": "0.5", "unit": "Carnegie"}}}, "valid"),
        ("credited", {"extensions": {CREDITS: {"amount": 0.5, "unit": "Carnegie"}}}, "invalid"),
        ("credited", {"extensions": {CREDITS: "0.5"}}, "invalid"),
        ("launched", None, "unmatched"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_course(verb: str, result: Json | None, outcome: str, profiles: Profiles) -> None:
    assert check(said(verb, result=result), profiles).outcome == outcome


def test_what_is_said_of_a_part_is_told_apart_from_the_course(profiles: Profiles) -> None:
    (found,) = check(said("passed", "lesson", "course"), profiles).profiles
    assert found.followed == [f"{BASE}/templates#passed", f"{BASE}/templates#part-lesson"]


def test_a_claim_is_verified_where_it_is_one(profiles: Profiles) -> None:
    claim, question = said("completed"), said("answered", "question")
    for target, outcome in ((claim, "valid"), (question, "invalid")):
        reference = {"objectType": "StatementRef", "id": target["id"]}
        statement = said("verified", object=reference)
        assert check(statement, profiles, find={target["id"]: target}.get).outcome == outcome


def course(words: str) -> list[Json]:
    """A course in words; a word after a slash is a lesson of it."""
    results: dict[str, Json] = {"scored": {"score": {"scaled": 0.5}}, "evaluated": {"score": {"scaled": 0.9}}}
    return [
        said(word[1:], "lesson", "course") if word.startswith("/") else said(word, result=results.get(word))
        for word in words.split()
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("registered", "in progress"),
        ("registered /completed /passed", "in progress"),
        ("registered initialized /completed failed passed", "accepted"),
        ("registered evaluated", "accepted"),
        ("registered waived", "accepted"),
        ("registered passed credited", "accepted"),
        ("registered completed /completed passed evaluated credited", "accepted"),
        ("passed", "rejected"),
        ("registered registered", "rejected"),
    ],
)
def test_a_course_goes_from_registration_to_credit(words: str, expected: str, profiles: Profiles) -> None:
    (profile,) = profiles
    statements = course(words)
    found = [occurrence(each, check(each, profiles).profiles[0], profile) for each in statements]
    (group,) = arranged(each for each in found if each).values()
    assert status(followed(profile, group)) == expected


@pytest.mark.parametrize("words", ["registered /completed failed passed /passed", "registered credited"])
def test_its_pattern_behaves_under_greedy_matching_too(words: str, profiles: Profiles) -> None:
    """Structure 9.0 asks that of the authors of primary Patterns."""
    document = profiles[BASE].document
    patterns = {one["id"]: one for one in document["patterns"]}

    def element(id: str) -> Any:
        if id not in patterns:
            return id
        operator = next(one for one in ("sequence", "alternates", "zeroOrMore") if one in patterns[id])
        operand = patterns[id][operator]
        return operator, [*map(element, operand)] if isinstance(operand, list) else element(operand)

    word = tuple(frozenset(check(each, profiles).profiles[0].followed) for each in course(words))
    assert greedy.matches(word, element(f"{BASE}/patterns#course")) == ("success", ())


def test_it_is_written_as_a_file_that_people_can_read() -> None:
    text = PUBLISHED["open-education"].read_text("utf-8")
    assert max(map(len, text.splitlines())) < 600
