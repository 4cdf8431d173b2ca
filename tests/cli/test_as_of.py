"""`lrs projections as-of` tells what GET of a resource tells, now or as of a moment, without a server."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from uuid import uuid4

import pytest

from lrs.cli import asking
from lrs.registrar import learners
from projections import found, rebuild
from tests.cli.terminal import LRS, environment

ACTIVITY = "https://pathway.example/math-7"


def build(database, tenant, *names: str) -> None:
    """Build projections as far as the log is."""
    for name in names:
        rebuild.rebuild(database, tenant, found.projection(name), progress=lambda *_: None)


@pytest.fixture
def mira(database, tenant):
    """A learner who was Mira at first, and the position at which she was."""
    learner = str(uuid4())
    first = learners.register(database, tenant, learner, {"name": "Mira"}, by="office")
    learners.revise(database, tenant, learner, {"name": "Mira Kaya"}, by="office")
    return learner, first


@pytest.fixture
def as_of(said, tenant):
    return lambda *words: json.loads(said("projections", "as-of", *words, "--tenant", tenant))


def test_it_tells_what_is_known_and_what_was(as_of, database, tenant, mira):
    learner, first = mira
    build(database, tenant, "learners", "catalogue", "cmi5", "transcript")
    now, then = as_of(f"/learners/{learner}"), as_of(f"/learners/{learner}", "--at", first)
    assert (now["name"], now["position"]) == ("Mira Kaya", first + 1)
    assert (then["name"], then["position"]) == ("Mira", first)
    assert as_of(f"/learners/{learner}", "--at", then["as_of"]) == then
    transcript = as_of(f"/learners/{learner}/transcript", "--at", first)
    assert (transcript["learner"]["name"], transcript["position"]) == ("Mira", first)


def test_programs_get_the_very_line_that_http_answers(lrs, server_url, said, database, tenant, mira):
    build(database, tenant, "learners")
    for path in ("/learners?limit=1", f"/learners/{mira[0]}"):
        answered = lrs.http.get(f"{server_url}{path}").raise_for_status().text
        assert said("projections", "as-of", path, "--tenant", tenant) == f"{answered}\n"


def test_what_has_the_form_of_another_standard_is_told_as_it_is(database, tenant):
    build(database, tenant, "frameworks")
    assert asking.ask(database, tenant, "/ims/case/v1p1/CFDocuments?limit=1") == {"CFDocuments": []}


def test_people_get_lines_that_they_can_read(database_url, database, tenant, mira):
    build(database, tenant, "learners")
    words = ["projections", "as-of", f"/learners/{mira[0]}", "--tenant", tenant]
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [LRS, *words, "--database-url", database_url], env=environment(), stdout=theirs, check=False
    )
    os.close(theirs)
    printed = os.read(ours, 65536).decode()
    os.close(ours)
    assert done.returncode == 0
    assert '\r\n  "name": "Mira Kaya",\r\n' in printed


def test_a_moment_that_is_not_known_is_not_answered_with_an_earlier_one(complaint, database, tenant, mira):
    learner, first = mira
    build(database, tenant, "learners")
    ask = ["projections", "as-of", f"/learners/{learner}", "--tenant", tenant, "--at"]
    assert f"after the last one of the log, {first + 1}" in complaint(*ask, first + 2)
    assert "is not over" in complaint(*ask, "2999-01-01T00:00:00Z")
    assert "--at is a position" in complaint(*ask, "yesterday")
    learners.register(database, tenant, str(uuid4()), {"name": "Ada"}, by="office")
    assert f"not known here yet, only {first + 1}" in complaint(*ask, first + 2)


def test_what_is_wrong_is_told(complaint, database, tenant):
    def ask(path: str) -> str:
        return complaint("projections", "as-of", path, "--tenant", tenant)

    assert "not built from the log yet" in ask("/catalogue")
    build(database, tenant, "learners", "catalogue")
    unknown = ask("/transcripts")
    assert [each.path for each in found.resources() if f"\n  {each.path} " not in unknown] == []
    assert "There is no learner" in ask(f"/learners/{uuid4()}")
    assert "There is no ''" in ask("")
    assert "NUL" in ask("/catalogue/courses/%00")
    assert "no parameter as_of, only: limit, from" in ask("/learners?as_of=1")
    assert "needs ?activity=" in ask("/catalogue/activities")
    assert "belongs to no course" in ask(f"/catalogue/activities?activity={ACTIVITY}")
