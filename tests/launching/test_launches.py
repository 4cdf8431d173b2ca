"""A launch gives a unit all that it needs, its key once, and says what a launching system says."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import pytest

from lrs.cmi5 import nodes, words
from lrs.database.pool import Database
from tests.client import Client
from tests.cmi5.samples import COURSE, a_block, a_course, a_zip, an_au
from tests.cmi5.statements import Session
from tests.conftest import a_key
from tests.launching.unit import MIRA, Platform


@pytest.fixture
def platform(server_url: str, lrs: Client) -> Platform:
    return Platform(server_url, lrs)


def test_a_launch_gives_a_unit_what_it_needs(platform: Platform, server_url: str) -> None:
    key = "<entitlementKey>k-1</entitlementKey>"
    further = f"<launchParameters>a=1</launchParameters>{key}"
    platform.imports(
        an_au(url="https://x.example/a?b=1#c", moveOn="Passed", masteryScore="0.8", further=further)
    )
    unit = platform.launches(returnURL="https://lms.example/back")
    parts = urlsplit(unit.launched["url"])
    assert (parts.netloc, parts.path, parts.fragment) == ("x.example", "/a", "c")
    assert unit.given["b"] == "1"
    assert unit.given["endpoint"] == f"{server_url}/xapi"
    assert unit.activity == nodes.activity_id(COURSE, f"{COURSE}/rocks") == unit.launched["activityId"]
    assert UUID(unit.registration)
    unit.begins()
    data = unit.state(words.LAUNCH_DATA).json()
    assert data == {
        "contextTemplate": {
            "contextActivities": {"grouping": [{"objectType": "Activity", "id": f"{COURSE}/rocks"}]},
            "extensions": {words.SESSION: unit.launched["session"]},
        },
        "launchMode": "Normal",
        "moveOn": "Passed",
        "masteryScore": 0.8,
        "launchMethod": "AnyWindow",
        "launchParameters": "a=1",
        "entitlementKey": {"courseStructure": "k-1"},
        "returnURL": "https://lms.example/back",
    }


def test_launched_is_said_with_what_holds(platform: Platform) -> None:
    platform.imports(an_au(moveOn="Passed", masteryScore="0.8"))
    unit = platform.launches(mode="Browse", moveOn="Completed", masteryScore=0.5)
    (launched,) = platform.lrs.find(registration=unit.registration)
    assert launched["verb"]["id"] == words.IRIS["launched"]
    assert launched["actor"] == MIRA
    assert launched["context"]["extensions"] == {
        words.SESSION: unit.launched["session"],
        words.LAUNCH_MODE: "Browse",
        words.LAUNCH_URL: "https://content.example/rocks.html",
        words.MOVE_ON: "Completed",
        words.MASTERY_SCORE: 0.5,
    }
    assert launched["authority"]["account"]["name"] == platform.lrs.key


def test_the_token_is_handed_out_once(platform: Platform) -> None:
    platform.imports(an_au())
    unit = platform.launches()
    assert set(unit.fetches()) == {"auth-token"}
    again = httpx.post(unit.given["fetch"])
    assert (again.status_code, again.json()["error-code"]) == (200, "1")
    assert again.headers["content-type"] == "application/json"
    assert httpx.get(unit.given["fetch"]).status_code == 405
    for wrong in ("x", "default-x", "no such tenant-x", "%00"):
        answer = httpx.post(unit.given["fetch"].rpartition("/")[0] + f"/{wrong}")
        assert (answer.status_code, answer.json()["error-code"]) == (200, "2")


def test_browsers_of_other_origins_may_fetch(platform: Platform) -> None:
    platform.imports(an_au())
    answer = httpx.post(platform.launches().given["fetch"], headers={"Origin": "https://content.example"})
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_unit_of_a_package_is_launched_where_it_is_served(platform: Platform) -> None:
    package = a_zip({"cmi5.xml": a_course(an_au(url="a/b.html?c=1")), "a/b.html": b""}).read()
    platform.http.post("/cmi5/courses", content=package).raise_for_status()
    assert platform.asks().json()["faults"][0]["pointer"] == "/base"
    unit = platform.launches(base="https://content.example/geology")
    assert unit.launched["url"].startswith("https://content.example/geology/a/b.html?c=1&endpoint=")


def test_every_fault_of_a_launch_is_told(platform: Platform) -> None:
    platform.imports(an_au())
    wrong = {
        "actor": {"mbox": "mailto:a@b.example"}, "registration": "x", "mode": "Exam", "moveOn": "Never",
        "masteryScore": 0.12345, "returnURL": "javascript:x", "base": 7, "colour": "red",
    }  # fmt: skip
    refused = platform.asks(**wrong)
    assert refused.status_code == 400
    assert {each["pointer"] for each in refused.json()["faults"]} == {f"/{name}" for name in wrong}
    assert platform.asks(au="x:y").json()["faults"][0]["pointer"] == "/au"
    assert platform.asks(course="x:y").status_code == 404
    assert platform.http.post("/cmi5/launches", json=[]).status_code == 400
    assert platform.said(str(uuid4())) == []


def test_launching_needs_its_scope(
    platform: Platform, server_url: str, database: Database, tenant: str
) -> None:
    platform.imports(an_au())
    for scope, status in (("cmi5/launch", 400), ("registrar", 403), ("statements/write", 403)):
        auth = a_key(database, tenant, scope)
        assert httpx.post(f"{server_url}/cmi5/launches", json={}, auth=auth).status_code == status


@pytest.mark.parametrize(
    ("move_on", "verbs"),
    [
        ("Passed", ["passed"]),
        ("Completed", ["completed"]),
        ("CompletedAndPassed", ["completed", "passed"]),
        ("CompletedOrPassed", ["passed"]),
        ("NotApplicable", []),
    ],
)
def test_satisfied_is_said_of_each_node_once_all_of_it_is(
    platform: Platform, move_on: str, verbs: list[str]
) -> None:
    platform.imports(a_block("deep", an_au(moveOn=move_on)))
    unit = platform.launches().begins()
    for verb in verbs:
        assert platform.said(unit.registration).count("satisfied") == 0
        unit.says(verb).raise_for_status()
    unit.says("terminated").raise_for_status()
    found = platform.lrs.find(registration=unit.registration, verb=words.IRIS["satisfied"])
    assert {each["object"]["id"] for each in found} == {
        nodes.activity_id(COURSE, COURSE),
        nodes.activity_id(COURSE, f"{COURSE}/deep"),
    }
    session = unit.launched["session"]
    assert {each["context"]["extensions"][words.SESSION] for each in found} == {session}
    # Nor are they said again by what comes later.
    platform.launches(registration=unit.registration).begins().says("terminated").raise_for_status()
    assert platform.said(unit.registration).count("satisfied") == 2


def test_a_registration_goes_on_over_several_sessions(platform: Platform) -> None:
    platform.imports(an_au(moveOn="CompletedAndPassed"))
    first = platform.launches().begins()
    first.says("completed").raise_for_status()
    first.says("terminated").raise_for_status()
    again = platform.launches(registration=first.registration).begins()
    assert again.activity == first.activity
    again.says("passed").raise_for_status()
    assert platform.said(first.registration)[-1] == "satisfied"


def test_a_new_launch_abandons_the_session_before(platform: Platform) -> None:
    platform.imports(an_au(moveOn="Passed"))
    first = platform.launches().begins()
    again = platform.launches(registration=first.registration)
    assert platform.said(first.registration) == ["launched", "initialized", "abandoned", "launched"]
    (abandoned,) = platform.lrs.find(registration=first.registration, verb=words.IRIS["abandoned"])
    assert abandoned["context"]["extensions"][words.SESSION] == first.launched["session"]
    assert abandoned["result"]["duration"].startswith("PT")
    assert first.says("passed").status_code in (401, 403)
    assert first.state("bookmark", "PUT", content=b"1").status_code in (401, 403)
    again.begins().says("passed").raise_for_status()


def test_what_was_launched_but_never_fetched_cannot_be_fetched_once_abandoned(platform: Platform) -> None:
    platform.imports(an_au())
    first = platform.launches()
    platform.launches(registration=first.registration)
    assert first.fetches()["error-code"] == "1"


def test_what_the_platform_waives_counts(platform: Platform) -> None:
    platform.imports(a_block("deep", an_au(moveOn="Passed")), an_au("sea", moveOn="Passed"))
    waived = Session("w", registration=str(uuid4()))
    platform.lrs.post(waived.says("waived", name=str(uuid4())))
    unit = platform.launches("sea", registration=waived.registration).begins()
    assert platform.said(unit.registration).count("satisfied") == 1
    unit.says("passed").raise_for_status()
    assert platform.said(unit.registration).count("satisfied") == 2
