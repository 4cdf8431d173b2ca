"""A course that the npm package @xapi/cmi5 plays ends satisfied, and stands on the transcript."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from lrs.database.pool import Database
from lrs.xapi import actor
from projections import found, rebuild
from tests.client import Client
from tests.cmi5.samples import COURSE, a_block, an_au
from tests.launching.unit import MIRA, Platform
from tests.registrar.samples import a_catalogue, a_course, a_provider

# The package is made for browsers; xhr2 is what they have and node has not.
PACKAGES = ["@xapi/cmi5@1.4.0", "xhr2@0.2.1"]
PLAY = """
globalThis.XMLHttpRequest = require("xhr2");
const Cmi5 = require("@xapi/cmi5/dist/Cmi5.umd.js");
const given = Object.fromEntries(new URL(process.argv[2]).searchParams);
given.actor = JSON.parse(given.actor);
(async () => {
  const unit = new Cmi5(given);
  await unit.initialize();
  await unit.progress(50);
  await unit.interactionTrueFalse("quiz", "granite", true, true);
  await unit.pass({scaled: 0.9, raw: 9, min: 0, max: 10});
  await unit.complete();
  await unit.terminate();
})().catch((error) => {
  console.error(error.response ? JSON.stringify(error.response.data) : error);
  process.exit(1);
});
"""
PROJECTIONS = ("learners", "catalogue", "cmi5", "transcript")
LEARNER = actor.own_learner(actor.ifi(MIRA) or "")


@pytest.fixture
def play(tmp_path: Path):
    """Play a unit from its launch URL."""
    if not (shutil.which("npm") and shutil.which("node")):
        pytest.skip("npm or node is not installed")
    install = ["npm", "install", "--no-audit", "--no-fund", *PACKAGES]
    done = subprocess.run(install, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        pytest.skip(f"npm cannot install {PACKAGES}: {done.stderr[-200:]}")
    (tmp_path / "play.js").write_text(PLAY)

    def run(url: str) -> None:
        command = ["node", "play.js", url]
        played = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
        )
        assert played.returncode == 0, played.stderr

    return run


@pytest.mark.long
def test_a_course_that_is_played_is_satisfied_and_on_the_transcript(
    play, server_url: str, lrs: Client, database: Database, tenant: str
) -> None:
    platform = Platform(server_url, lrs)
    move_on = {"moveOn": "CompletedAndPassed", "masteryScore": "0.8"}
    platform.imports(a_block("deep", an_au(**move_on)), an_au("sea", **move_on))
    define(platform, lrs)
    first = platform.launches("rocks")
    play(first.launched["url"])
    play(platform.launches("sea", registration=first.registration).launched["url"])
    for name in PROJECTIONS:
        rebuild.rebuild(database, tenant, found.projection(name), progress=lambda *_: None)
    registration = platform.http.get(f"/cmi5/registrations/{first.registration}").json()
    assert (registration["satisfied"], registration["aus_satisfied"]) == (True, 2)
    assert registration["violations"] == []
    assert [len(each["sent"]) for each in registration["nodes"]] == [1, 1]
    (line,) = platform.http.get(f"/learners/{LEARNER}/transcript").json()["lines"]
    assert (line["course"], line["status"], line["credits"]["earned"]) == ("geology", "Completed", "1.00")


def define(platform: Platform, lrs: Client) -> None:
    """A catalogue in which the platform is trusted, and the course is one."""
    agent = {"account": {"homePage": "http://localhost", "name": lrs.key}}
    catalogue = a_catalogue(
        providers={"pathway": a_provider(authorities=[agent])}, courses={"geology": a_course()}, activities={}
    )
    for section in ("providers", "scales", "courses"):
        for name, body in catalogue[section].items():
            platform.http.put(f"/catalogue/{section}/{name}", json=body).raise_for_status()
    mapped = platform.http.put(
        "/catalogue/activities", params={"activity": COURSE}, json={"course": "geology"}
    )
    mapped.raise_for_status()
