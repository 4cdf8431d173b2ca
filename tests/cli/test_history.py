"""`lrs audit history` and `lrs audit access`: who did what, and who read what."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from functools import partial
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from lrs.accesses import access_log
from lrs.accesses.access_log import LAST
from lrs.auth import tenants
from lrs.database.pool import Database
from lrs.log.pages import Span
from lrs.registrar import learners
from lrs.xapi import actor
from tests.cli.terminal import Serving
from tests.client import Client, a_statement
from tests.conftest import a_key
from tests.database.embedded.guests import eventually
from tests.tampered import build

Command = Callable[..., str]
ADA = str(actor.own_learner("mbox|mailto:ada@example.com"))
MIRA = "6f1e7e0c-2f5b-4d0e-9a53-0d6f0b6a1c11"


@pytest.fixture(scope="module")
def school(server_url: str, database: Database) -> str:
    tenants.create(database, name := f"t{uuid4().hex[:12]}")
    with Client(server_url, *a_key(database, name)) as lrs:
        lrs.post([a_statement() for _ in range(3)])
    learners.register(database, name, MIRA, {"name": "Mira Kaya"}, by="office")
    build(database, name)
    return name


def test_the_history_is_a_table_or_lines_of_json(said: Command, school: str) -> None:
    ask = partial(said, "audit", "history", "--tenant", school)
    headings, newest, *rest = (line.split("\t") for line in ask().splitlines())
    assert headings == ["position", "stored", "by", "what", "learners", "statement"]
    assert (newest[2:], len(rest)) == (["office", "registered the learner as Mira Kaya", MIRA, ""], 4)
    hers = [json.loads(line) for line in ask(f"learner={ADA}", "--json", "ascending=true").splitlines()]
    assert [each["what"] for each in hers] == ["completed http://example.com/activities/fractions"] * 3
    assert hers[0]["position"] < hers[1]["position"]
    paged = ask(f"learner={ADA}", "limit=1", "--most", 2, "--json", "ascending=true")
    assert [json.loads(line) for line in paged.splitlines()] == hers[:2]


def test_what_is_read_at_the_terminal_is_noted(said: Command, school: str, tmp_path: Path) -> None:
    at = ["--tenant", school]
    begun = said("audit", "access", *at, "--most", 1, "--json")
    since = f"since={json.loads(begun)['number'] if begun else 0}"
    who = ["--by", "Ms. Lee", "--purpose", "moves to another school"]
    said("projections", "as-of", f"/learners/{ADA}/transcript", *at, *who)
    said("projections", "as-of", "/catalogue", *at)
    said("learners", "list", *at)
    said("learners", "suggestions", *at)
    said("export", "--from", 2, *at, *who)
    said("audit", "bundle", tmp_path / "all.zip", *at, *who)
    told = said("audit", "access", since, "ascending=true", "--json", *at)
    noted = [json.loads(line) for line in told.splitlines()]
    assert [(each["by"], each["learner"], each["what"]) for each in noted] == [
        ("Ms. Lee", ADA, f"lrs /learners/{ADA}/transcript"),
        ("command line", None, "lrs learners list"),
        ("command line", None, "lrs /learners/suggestions"),
        ("Ms. Lee", None, "lrs export, positions 2 to 5"),
        ("Ms. Lee", None, "lrs audit bundle, positions 1 to 5"),
    ]
    assert {each["purpose"] for each in noted if each["by"] == "Ms. Lee"} == {"moves to another school"}
    table = said("audit", "access", f"learner={MIRA}", since, *at).splitlines()
    assert (table[0].split("\t")[:3], len(table)) == (["number", "at", "by"], 5)


def test_what_was_answered_is_noted_however_the_server_ended(
    database_url: str, database: Database, school: str
) -> None:
    key = a_key(database, school, "transcripts/read")
    with Serving("--database-url", database_url) as server, ThreadPoolExecutor(4) as threads:
        answered = list[int]()
        reading = [threads.submit(_read_on, server.url, key, answered) for _ in range(4)]
        eventually(lambda: len(answered) > 20)
        server.process.kill()
        wait(reading)
    noted = access_log.page(database, school, Span(0, LAST, True, 100_000), by=key[0])
    assert set(answered) == {200}
    assert len(answered) <= len(noted) <= len(answered) + len(reading)


def _read_on(url: str, key: tuple[str, str], answered: list[int]) -> None:
    """Read until nobody answers any more."""
    with httpx.Client(auth=key, timeout=60) as http, suppress(httpx.TransportError):
        while True:
            answered.append(http.get(f"{url}/learners/{ADA}").status_code)


def test_what_narrows_nothing_is_told(complaint: Command, school: str) -> None:
    at = ["--tenant", school]
    assert "not NAME=VALUE" in complaint("audit", "history", "learner", *at)
    assert "has no parameter whom" in complaint("audit", "history", "whom=x", *at)
    assert "learner: must be the id of a learner" in complaint("audit", "access", "learner=x", *at)
    assert "whom" in complaint("audit", "access", "whom=x", *at)
