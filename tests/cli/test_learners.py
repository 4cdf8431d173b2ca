"""`lrs learners` registers people and links their identifiers, with who and why, and suggests links."""

from __future__ import annotations

import json
from hashlib import sha1
from uuid import uuid4

import pytest

from lrs.log.events import IdentifierLinked, IdentifierUnlinked, LearnerRegistered, RegistrarDecided
from lrs.registrar import catalogue
from projections import found, rebuild
from projections.learners.resources import MOST
from tests.cli.terminal import facts, rows
from tests.client import a_statement
from tests.registrar.samples import a_catalogue, recorded

MIRA = json.dumps({"mbox": "mailto:mira@mail.example"})


@pytest.fixture
def mira(said, tenant):
    return facts(said("learners", "register", "Mira", "--born", "2015-03-09", "--tenant", tenant))["learner"]


def test_a_learner_is_registered_and_linked_and_unlinked(said, database, tenant, mira):
    link = [mira, MIRA, "--reason", "her mother says so", "--tenant", tenant]
    assert said("learners", "link", *link, "--by", "Ms Ode") == ""
    assert said("learners", "link", *link) == ""
    said("learners", "unlink", mira, MIRA, "--reason", "a typo", "--tenant", tenant)
    ifi = "mbox|mailto:mira@mail.example"
    assert recorded(database, tenant) == [
        LearnerRegistered(mira, "Mira", "2015-03-09", "", "command line", ""),
        IdentifierLinked(mira, ifi, "Ms Ode", "her mother says so"),
        IdentifierUnlinked(mira, ifi, "command line", "a typo"),
    ]


def test_a_learner_is_revised_and_decided_about(said, complaint, database, tenant, mira):
    catalogue.adopt(database, tenant, a_catalogue(), by="office")
    said("learners", "revise", mira, '{"name": "Mira Kaya", "number": "7"}', "--tenant", tenant)
    waive = {"kind": "waive", "course": "math-7", "reason": "her log-book was seen"}
    made = facts(said("learners", "decide", mira, json.dumps(waive), "--tenant", tenant, "--by", "Ms Ode"))
    *_, revised, decided = recorded(database, tenant)
    assert revised == LearnerRegistered(mira, "Mira Kaya", "", "7", "command line", "")
    assert decided == RegistrarDecided(
        made["decision"], mira, "waive", "math-7", "", {}, "her log-book was seen", "Ms Ode"
    )
    assert "/kind" in complaint("learners", "decide", mira, "{}", "--tenant", tenant)
    assert "not JSON" in complaint("learners", "decide", mira, "waive", "--tenant", tenant)


def test_learners_are_listed_with_their_identifiers(said, tenant, mira):
    said("learners", "link", mira, MIRA, "--reason", "x", "--tenant", tenant)
    ada = facts(said("learners", "register", "Ada", "--tenant", tenant))["learner"]
    listed = rows(said("learners", "list", "--tenant", tenant))
    assert [(each["learner"], each["name"], each["identifiers"]) for each in listed] == [
        (mira, "Mira", "mbox|mailto:mira@mail.example"),
        (ada, "Ada", ""),
    ]
    said("learners", "unlink", mira, MIRA, "--reason", "x", "--tenant", tenant)
    assert rows(said("learners", "list", "--tenant", tenant))[0]["identifiers"] == ""


def test_suggestions_can_be_taken_up(lrs, said, complaint, database, tenant, mira):
    ask = ["learners", "suggestions", "--tenant", tenant]
    assert "not built from the log yet" in complaint(*ask)
    maths = {"account": {"homePage": "https://maths.example", "name": "m7"}}
    lrs.post(a_statement(actor={**maths, "name": "MIRA"}))
    build(database, tenant)
    (row,) = rows(said(*ask))
    assert row | {"identifier": json.loads(row["identifier"])} == {
        "identifier": maths,
        "called": "MIRA",
        "learner": mira,
        "name": "Mira",
        "registered": "yes",
        "because": "name",
    }
    said("learners", "link", row["learner"], row["identifier"], "--reason", "hers", "--tenant", tenant)
    build(database, tenant)
    assert rows(said(*ask)) == []


def test_names_that_others_gave_stay_in_their_cells(lrs, said, database, tenant):
    lrs.post(a_statement(actor={"mbox": "mailto:ada@mail.example", "name": "A\tda\n\x1b[31m"}))
    ada = sha1(b"mailto:ada@mail.example").hexdigest()  # noqa: S324
    lrs.post(a_statement(actor={"mbox_sha1sum": ada}))
    build(database, tenant)
    (row,) = rows(said("learners", "suggestions", "--tenant", tenant))
    assert {row["called"], row["name"]} == {"A da  [31m", ""}
    assert (row["registered"], row["because"]) == ("no", "mail")


def test_suggestions_are_listed_whole(lrs, said, database, tenant):
    named = [(name, number) for name in ("Ada", "Bea", "Cem") for number in range(20)]
    lrs.post([a_statement(actor={"mbox": f"mailto:{a}{n}@mail.example", "name": a}) for a, n in named])
    build(database, tenant)
    pairs = [
        (each["identifier"], each["learner"])
        for each in rows(said("learners", "suggestions", "--tenant", tenant))
    ]
    assert len(pairs) == len(set(pairs)) == 3 * 20 * 19 / 2 > MOST


def build(database, tenant) -> None:
    """Let the projection know what the log knows."""
    rebuild.rebuild(database, tenant, found.projection("learners"), progress=lambda *_: None)


def test_what_is_wrong_is_told(complaint, tenant, mira):
    options = ["--reason", "x", "--tenant", tenant]
    assert "not JSON" in complaint("learners", "link", mira, "mira", *options)
    assert "/identifier" in complaint("learners", "link", mira, '{"mbox": "mira"}', *options)
    assert "is registered" in complaint("learners", "link", uuid4(), MIRA, *options)
    assert "does not have" in complaint("learners", "unlink", mira, MIRA, *options)
    assert "/born" in complaint("learners", "register", "x", "--born", "yesterday", "--tenant", tenant)
