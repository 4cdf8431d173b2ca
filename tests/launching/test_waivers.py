"""What a platform waives is satisfied, said with its reason, and on the transcript."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from lrs.cmi5 import words
from lrs.database.pool import Database
from projections import found, rebuild
from tests.client import Client
from tests.cmi5.samples import COURSE, a_block, an_au
from tests.conftest import a_key
from tests.launching.test_npm import LEARNER, PROJECTIONS, define
from tests.launching.unit import MIRA, Platform


@pytest.fixture
def platform(server_url: str, lrs: Client) -> Platform:
    return Platform(server_url, lrs)


def waives(platform: Platform, au: str = "rocks", **members: Any) -> httpx.Response:
    body = {"course": COURSE, "au": f"{COURSE}/{au}", "actor": MIRA, "reason": "Tested Out", **members}
    return platform.http.post("/cmi5/waivers", json=body)


def test_a_waived_unit_satisfies_what_it_is_in_and_is_on_the_transcript(
    platform: Platform, lrs: Client, database: Database, tenant: str
) -> None:
    platform.imports(a_block("deep", an_au(moveOn="Passed")), an_au("sea", moveOn="Passed"))
    define(platform, lrs)
    registration = waives(platform).raise_for_status().json()["registration"]
    assert platform.said(registration) == ["waived", "satisfied"]
    assert waives(platform, "sea", registration=registration).status_code == 200
    assert platform.said(registration) == ["waived", "satisfied", "waived", "satisfied"]
    for name in PROJECTIONS:
        rebuild.rebuild(database, tenant, found.projection(name), progress=lambda *_: None)
    told = platform.http.get(f"/cmi5/registrations/{registration}").json()
    assert (told["satisfied"], told["aus_satisfied"], told["violations"]) == (True, 2, [])
    (line,) = platform.http.get(f"/learners/{LEARNER}/transcript").json()["lines"]
    assert (line["course"], line["status"]) == ("geology", "Completed")


def test_waived_is_said_once_and_with_why(platform: Platform) -> None:
    platform.imports(an_au(moveOn="Passed"), an_au("sea", moveOn="Passed"))
    registration = str(uuid4())
    for reason in ("Tested Out", "Administrative"):
        waives(platform, registration=registration, reason=reason).raise_for_status()
    (waived,) = platform.lrs.find(registration=registration)
    assert waived["result"] == {
        "success": True,
        "completion": True,
        "extensions": {words.REASON: "Tested Out"},
    }
    assert waived["authority"]["account"]["name"] == platform.lrs.key


def test_what_cannot_be_waived_is_refused(
    platform: Platform, server_url: str, database: Database, tenant: str
) -> None:
    platform.imports(an_au())
    registration = waives(platform).raise_for_status().json()["registration"]
    another = {"account": {"homePage": "https://lms.example", "name": "ada"}}
    for wrong, pointer in (
        ({"reason": ""}, "/reason"),
        ({"reason": None}, "/reason"),
        ({"au": "x:y"}, "/au"),
        ({"mode": "Normal"}, "/mode"),
        ({"registration": registration, "actor": another}, "/registration"),
    ):
        refused = waives(platform, **wrong)
        assert (refused.status_code, refused.json()["faults"][0]["pointer"]) == (400, pointer)
    assert waives(platform, course="x:y").status_code == 404
    auth = a_key(database, tenant, "statements/write")
    assert httpx.post(f"{server_url}/cmi5/waivers", json={}, auth=auth).status_code == 403
