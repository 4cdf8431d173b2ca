"""`lrs learners` registers people and links their identifiers, with who did it and why."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from lrs.log.events import IdentifierLinked, IdentifierUnlinked, LearnerRegistered
from tests.cli.terminal import facts, rows
from tests.registrar.samples import recorded

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


def test_what_is_wrong_is_told(complaint, tenant, mira):
    options = ["--reason", "x", "--tenant", tenant]
    assert "not JSON" in complaint("learners", "link", mira, "mira", *options)
    assert "/identifier" in complaint("learners", "link", mira, '{"mbox": "mira"}', *options)
    assert "is registered" in complaint("learners", "link", uuid4(), MIRA, *options)
    assert "does not have" in complaint("learners", "unlink", mira, MIRA, *options)
    assert "/born" in complaint("learners", "register", "x", "--born", "yesterday", "--tenant", tenant)
