"""The key of a session is bound to its registration, learner and activity, and to the rules of cmi5."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from lrs.cmi5 import words
from tests.client import Client, a_statement
from tests.cmi5.samples import COURSE, an_au
from tests.launching.unit import MIRA, Platform, Unit

BOB = {"objectType": "Agent", "account": {"homePage": "https://lms.example", "name": "bob"}}
OTHER = "00000000-0000-4000-8000-000000000000"
VOIDED, REFERENCE = "http://adlnet.gov/expapi/verbs/voided", {"objectType": "StatementRef", "id": OTHER}
JUDGING = {"category": [{"id": words.CATEGORY}, {"id": words.MOVE_ON_CATEGORY}]}
SAW = "http://x.example/verbs/saw"
PREFERENCES = {"languagePreference": "en-US,de", "audioPreference": "on"}


@pytest.fixture
def platform(server_url: str, lrs: Client) -> Platform:
    made = Platform(server_url, lrs)
    made.imports(an_au(moveOn="Passed", masteryScore="0.8"), an_au("sea", moveOn="Passed"))
    return made


@pytest.fixture
def unit(platform: Platform) -> Unit:
    return platform.launches().begins()


def refused(unit: Unit, *statements: Any) -> list[str]:
    """The sections of the rules by which they are refused."""
    answer = unit.sends(*statements)
    assert answer.status_code == 403, answer.text
    return [each["section"].removeprefix("cmi5 ") for each in answer.json()["faults"]]


def within(unit: Unit, verb: str = "passed", **context: Any) -> Any:
    """A statement with another context."""
    made = unit.makes(verb)
    return made | {"context": made["context"] | context}


@pytest.mark.parametrize(
    ("section", "make"),
    [
        ("9.1", lambda u: u.makes(SAW, id=None)),
        ("9.7", lambda u: u.makes(SAW, timestamp=None)),
        ("9.7", lambda u: u.makes(SAW, timestamp="2026-01-01T10:00:00-06:00")),
        ("9.2", lambda u: u.makes("passed", actor=BOB)),
        ("9.2", lambda u: u.makes(SAW, actor=MIRA | {"objectType": "Group"})),
        ("6.3", lambda u: u.makes(VOIDED, object=REFERENCE)),
        ("9.6.1", lambda u: within(u, registration=OTHER)),
        ("9.6.1", lambda u: u.makes("passed", context=None)),
        ("9.6.3.1", lambda u: within(u, extensions={words.SESSION: OTHER})),
        ("10.2.1", lambda u: within(u, contextActivities=JUDGING)),
        ("8.1.5", lambda u: u.makes("passed", object={"id": "http://x.example/other"})),
        ("9.3", lambda u: u.makes("satisfied")),
        ("9.3", lambda u: u.makes("launched")),
        ("9.3", lambda u: u.makes("waived")),
        ("9.3", lambda u: u.makes("abandoned")),
        ("9.3", lambda u: u.makes("initialized")),
        ("9.5.3", lambda u: u.makes("passed", result={"completion": True})),
        ("9.5.3", lambda u: u.makes("completed", result={"completion": None})),
        ("9.5.2", lambda u: u.makes("completed", result={"success": True})),
        ("9.5.2", lambda u: u.makes("passed", result={"success": None})),
        ("9.5.2", lambda u: u.makes("failed", result={"success": True})),
        ("9.5.1", lambda u: u.makes("completed", result={"score": {"scaled": 1}})),
        ("9.5.4", lambda u: u.makes("passed", result={"duration": None})),
        ("9.5.4", lambda u: u.makes("completed", result={"duration": None})),
        ("9.5.4", lambda u: u.makes("failed", result={"duration": None})),
        ("9.5.4", lambda u: u.makes("terminated", result={"duration": None})),
        ("9.3.4", lambda u: u.makes("passed", result={"score": {"scaled": 0.79}})),
        ("9.3.5", lambda u: u.makes("failed", result={"score": {"scaled": 0.8}})),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_refused_by_it(unit: Unit, platform: Platform, section: str, make: Any) -> None:
    assert section in refused(unit, make(unit))
    assert platform.said(unit.registration) == ["launched", "initialized"]


def test_nothing_comes_before_initialized_or_after_terminated(platform: Platform) -> None:
    unit = platform.launches()
    unit.http.headers["Authorization"] = f"Basic {unit.fetches()['auth-token']}"
    unit.template = unit.state(words.LAUNCH_DATA).json()["contextTemplate"]
    assert refused(unit, unit.makes(SAW)) == ["9.3"]
    statements = [unit.makes("initialized"), unit.makes(SAW), unit.makes("terminated")]
    unit.sends(*statements).raise_for_status()
    assert refused(unit, unit.makes(SAW)) == ["9.3.8", "9.3"]
    # A retry, for the answer may have been lost, stores nothing again.
    unit.sends(statements[-1]).raise_for_status()
    assert platform.said(unit.registration).count("terminated") == 1


def test_a_verdict_is_said_once(unit: Unit, platform: Platform) -> None:
    unit.says("completed").raise_for_status()
    unit.says("failed").raise_for_status()
    assert "9.3" in refused(unit, unit.makes("failed"))
    assert "9.3" in refused(unit, unit.makes("passed"))
    assert "9.3" in refused(unit, unit.makes("completed"))
    unit.says("terminated").raise_for_status()
    again = platform.launches(registration=unit.registration).begins()
    assert refused(again, again.makes("completed")) == ["9.3"]
    again.says("passed").raise_for_status()
    again.says("terminated").raise_for_status()
    third = platform.launches(registration=unit.registration).begins()
    assert refused(third, third.makes("failed")) == ["9.3"]
    assert refused(third, third.makes("passed")) == ["9.3"]


def test_of_a_batch_that_breaks_a_rule_nothing_is_stored(unit: Unit, platform: Platform) -> None:
    twice = [unit.makes("completed"), unit.makes("completed")]
    answer = unit.sends(*twice)
    assert (answer.status_code, {each["pointer"] for each in answer.json()["faults"]}) == (403, {"/1"})
    assert platform.said(unit.registration) == ["launched", "initialized"]


def test_nothing_is_judged_while_one_browses(platform: Platform) -> None:
    unit = platform.launches(mode="Review").begins()
    assert refused(unit, unit.makes("completed")) == ["10.2.2"]
    unit.says("terminated").raise_for_status()


def test_a_unit_reads_only_what_is_its_own(unit: Unit, platform: Platform) -> None:
    platform.lrs.post(a_statement())
    other = platform.launches(actor=BOB).registration
    (launched,) = platform.lrs.find(registration=other)
    found = unit.http.get("/statements").raise_for_status().json()["statements"]
    assert {each["context"]["registration"] for each in found} == {unit.registration}
    assert unit.http.get("/statements", params={"registration": other}).status_code == 403
    assert unit.http.get("/statements", params={"agent": json.dumps(BOB)}).status_code == 403
    assert unit.http.get("/statements", params={"statementId": launched["id"]}).status_code == 404
    assert unit.http.get("/statements", params={"statementId": found[0]["id"]}).status_code == 200
    assert unit.http.get("/agents", params={"agent": json.dumps(BOB)}).status_code == 403
    assert unit.http.get("/agents", params={"agent": unit.given["actor"]}).status_code == 200
    assert unit.http.get("/activities", params={"activityId": "http://x.example/a"}).status_code == 403
    assert unit.http.get("/activities", params={"activityId": unit.activity}).status_code == 200


def test_a_unit_keeps_its_own_state_and_leaves_the_launch_data(unit: Unit) -> None:
    assert unit.state("bookmark", "PUT", content=b"7").status_code == 204
    assert unit.state("bookmark").content == b"7"
    assert unit.state("bookmark", "DELETE").status_code == 204
    for change in (
        {"activityId": "http://x.example/a"},
        {"agent": json.dumps(BOB)},
        {"registration": OTHER},
        {"registration": None},
    ):
        assert unit.state("bookmark", **change).status_code == 403
        assert unit.state("bookmark", "PUT", content=b"7", **change).status_code == 403
    for method in ("PUT", "POST", "DELETE"):
        assert unit.state(words.LAUNCH_DATA, method, content=b"{}").status_code == 403
    assert unit.state("", "DELETE").status_code == 403
    assert unit.state(words.LAUNCH_DATA).status_code == 200


def test_a_unit_keeps_learner_preferences(unit: Unit) -> None:
    assert unit.profile(words.PREFERENCES).status_code == 404
    assert unit.profile(words.PREFERENCES, "POST", json=PREFERENCES).status_code == 204
    assert unit.profile(words.PREFERENCES).json() == PREFERENCES
    for wrong in (
        [],
        {"languagePreference": "en"},
        {"audioPreference": "on"},
        PREFERENCES | {"languagePreference": "not comma separated"},
        PREFERENCES | {"languagePreference": ""},
        PREFERENCES | {"audioPreference": "loud"},
    ):
        assert unit.profile(words.PREFERENCES, "POST", json=wrong).status_code == 403
    assert unit.profile(words.PREFERENCES, "PUT", content=json.dumps(PREFERENCES)).status_code == 403
    assert unit.profile(words.PREFERENCES, "DELETE").status_code == 403
    assert unit.profile("others", "PUT", json={}).status_code == 403
    assert unit.profile(words.PREFERENCES, agent=json.dumps(BOB)).status_code == 403
    assert unit.profile(words.PREFERENCES, agent="").status_code == 200


def test_a_unit_only_reads_what_all_learners_share(unit: Unit) -> None:
    asked = {"activityId": unit.activity, "profileId": "p"}
    assert unit.http.get("/activities/profile", params=asked).status_code == 404
    assert unit.http.put("/activities/profile", params=asked, content=b"x").status_code == 403
    assert unit.http.get("/activities/profile", params=asked | {"activityId": "x:y"}).status_code == 403


def test_a_unit_reads_nothing_else(unit: Unit, platform: Platform) -> None:
    root = unit.given["endpoint"].removesuffix("/xapi")
    for path in (
        "/log",
        "/learners",
        "/cmi5/courses",
        f"/cmi5/registrations/{unit.registration}",
        "/catalogue",
    ):
        assert unit.http.get(f"{root}{path}").status_code == 403
    body = {"course": COURSE, "au": f"{COURSE}/sea", "actor": MIRA}
    assert unit.http.post(f"{root}/cmi5/launches", json=body).status_code == 403


def test_keys_of_sessions_are_issued_to_nobody_else(platform: Platform, unit: Unit, database, tenant) -> None:
    from lrs.auth.keys import Keys
    from lrs.errors import OperatorError

    with pytest.raises(OperatorError):
        Keys(database).issue(tenant, scopes=["cmi5 session"], authority=MIRA)
    key = base64.b64decode(unit.http.headers["Authorization"].split()[1]).decode().partition(":")[0]
    listed = {each.key: each for each in Keys(database).all(tenant)}
    assert (listed[key].scopes, listed[key].label) == (
        ["cmi5 session"],
        f"cmi5 session {unit.launched['session']}",
    )
