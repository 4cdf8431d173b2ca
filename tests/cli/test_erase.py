"""`lrs erase` tells what would go, and erases it when that is confirmed."""

from __future__ import annotations

import json

import pytest

from lrs.erasure import erasing, plan
from lrs.erasure.erasing import Order
from lrs.log.event_log import EventLog
from projections import builds, found
from projections.forget import forget
from projections.rebuild import rebuild
from tests.cli.terminal import facts
from tests.client import a_statement

ADA = {"mbox": "mailto:ada@example.com"}
WHY = ["--reason", "asked for it", "--authority", "GDPR 17"]


@pytest.fixture
def ada(said, lrs, tenant):
    """A learner with two statements, beside one of somebody else."""
    lrs.post([a_statement(), a_statement(), a_statement(actor={"mbox": "mailto:ben@example.com"})])
    learner = facts(said("learners", "register", "Ada", "--tenant", tenant))["learner"]
    said("learners", "link", learner, json.dumps(ADA), "--reason", "known", "--tenant", tenant)
    return learner


def test_nothing_is_erased_before_it_is_confirmed(said, lrs, database, tenant, ada):
    command = ["erase", "learner", ada, *WHY, "--tenant", tenant]
    planned = facts(said(*command))
    assert (planned["statements"], planned["shared"], planned["events"]) == ("2", "0", "2")
    assert len(lrs.find()) == 3
    done = facts(said(*command, "--confirm", planned["token"], "--by", "the head"))
    assert [each["actor"]["mbox"] for each in lrs.find()] == ["mailto:ben@example.com"]
    *_, last = EventLog(database, tenant).read()
    erased = json.loads(last.state)
    assert (erased["erasure"], erased["by"]) == (done["erasure"], "the head")
    assert facts(said(*command[:1], "statements", lrs.find()[0]["id"], *command[3:]))["statements"] == "1"


def test_who_orders_it_again_finishes_it(said, complaint, database, tenant, ada):
    """The first order was killed when it had erased her, and before anything else."""
    tell = ["learner", ada, *WHY, "--tenant", tenant]
    log = EventLog(database, tenant)
    for each in found.projections():
        rebuild(database, tenant, each, progress=lambda *_: None)
    with database.connection() as connection:
        subject = plan.of_learner(log, connection, ada)
        token = plan.make(log, connection, subject).token
    erasure, _ = erasing.erase(
        database, tenant, subject, Order("asked", "GDPR 17", "me"), token=token, forget=forget
    )
    assert f"{ada} has been erased already, by erasure {erasure}" in complaint("erase", *tell)
    with database.connection() as connection:
        standing = builds.look(connection, tenant).builds
        assert erasing.is_vacuumed(connection, tenant)
    assert len(standing) == len(found.projections())
    assert all(each.finished for each in standing)


def test_a_token_of_something_else_erases_nothing(complaint, lrs, tenant, ada):
    told = complaint("erase", "learner", ada, *WHY, "--tenant", tenant, "--confirm", "0" * 16)
    assert "look at it again" in told
    assert len(lrs.find()) == 3


def test_an_identifier_that_is_linked_is_its_learners(said, complaint, lrs, tenant, ada):
    assert ada in complaint("erase", "identifier", json.dumps(ADA), *WHY, "--tenant", tenant)
    ben = json.dumps({"mbox": "mailto:ben@example.com"})
    assert facts(said("erase", "identifier", ben, *WHY, "--tenant", tenant))["statements"] == "1"


@pytest.mark.parametrize(
    "what", [["learner", "0" * 32], ["statements", "x"], ["identifier", "{"], ["identifier", "{}"]]
)
def test_what_is_not_there_or_no_id_is_told(complaint, tenant, what):
    assert complaint("erase", *what, *WHY, "--tenant", tenant)
