"""Who is who: an identifier belongs to one learner at most, and why is in the log."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from lrs.database.pool import Database
from lrs.errors import BadRequest, Conflict, NotFound
from lrs.log.events import IdentifierLinked, IdentifierUnlinked, LearnerRegistered
from lrs.registrar import learners
from tests.registrar.samples import REGISTRAR, Json, an_agent, faults_of, recorded

MIRA = "mbox|mailto:mira@mail.example"


def a_link(mbox: str = "mailto:mira@mail.example", reason: str = "her mother says so") -> Json:
    return {"identifier": {"mbox": mbox, "name": "Mira"}, "reason": reason}


@pytest.fixture
def mira(database: Database, tenant: str) -> str:
    learners.register(database, tenant, learner := str(uuid4()), {"name": "Mira"}, by=REGISTRAR)
    return learner


def test_a_learner_is_registered_once(database: Database, tenant: str) -> None:
    learner, body = str(uuid4()), {"name": "Mira", "born": "2015-03-09", "reason": "new"}
    assert learners.register(database, tenant, learner, body, by=REGISTRAR) == 1
    assert learners.register(database, tenant, learner, body, by=REGISTRAR) == 1
    expected = LearnerRegistered(learner, "Mira", "2015-03-09", "", REGISTRAR, "new")
    assert recorded(database, tenant) == [expected]


def test_what_is_revised_is_an_event_unless_nothing_changed(
    database: Database, tenant: str, mira: str
) -> None:
    assert learners.revise(database, tenant, mira, {"name": "Mira", "reason": "again"}, by=REGISTRAR) == 1
    assert learners.revise(database, tenant, mira, {"name": "Mira K."}, by=REGISTRAR) == 2
    with pytest.raises(NotFound):
        learners.revise(database, tenant, str(uuid4()), {"name": "Mira"}, by=REGISTRAR)


def test_every_fault_of_a_learner_is_told(database: Database, tenant: str) -> None:
    with pytest.raises(BadRequest) as error:
        learners.register(database, tenant, str(uuid4()), {"born": "2015-02-30", "x": 1}, by=REGISTRAR)
    assert set(faults_of(error)) == {"/name", "/born", "/x"}
    assert recorded(database, tenant) == []


def test_an_identifier_is_linked_and_unlinked(database: Database, tenant: str, mira: str) -> None:
    assert learners.link(database, tenant, mira, a_link(), by=REGISTRAR) == 2
    assert learners.link(database, tenant, mira, a_link(reason="still"), by="another") == 2
    assert learners.unlink(database, tenant, mira, a_link(reason="a typo"), by=REGISTRAR) == 3
    assert learners.unlink(database, tenant, mira, a_link(reason="again"), by=REGISTRAR) == 3
    assert recorded(database, tenant)[1:] == [
        IdentifierLinked(mira, MIRA, REGISTRAR, "her mother says so"),
        IdentifierUnlinked(mira, MIRA, REGISTRAR, "a typo"),
    ]


def test_what_is_linked_to_another_is_a_conflict_that_names_her(
    database: Database, tenant: str, mira: str
) -> None:
    learners.register(database, tenant, ada := str(uuid4()), {"name": "Ada"}, by=REGISTRAR)
    learners.link(database, tenant, ada, a_link(), by=REGISTRAR)
    for change in (learners.link, learners.unlink):
        with pytest.raises(Conflict, match=f"{ada}, Ada"):
            change(database, tenant, mira, a_link(), by=REGISTRAR)
    learners.unlink(database, tenant, ada, a_link(), by=REGISTRAR)
    assert learners.link(database, tenant, mira, a_link(), by=REGISTRAR) == 5


def test_what_was_never_hers_cannot_be_unlinked(database: Database, tenant: str, mira: str) -> None:
    with pytest.raises(NotFound, match="does not have"):
        learners.unlink(database, tenant, mira, a_link(), by=REGISTRAR)


def test_only_who_is_registered_gets_identifiers(database: Database, tenant: str) -> None:
    with pytest.raises(NotFound, match="is registered"):
        learners.link(database, tenant, str(uuid4()), a_link(), by=REGISTRAR)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, {"/identifier", "/reason"}),
        ([], {""}),
        ({"identifier": "mbox|x", "reason": "x"}, {"/identifier"}),
        ({"identifier": {"mbox": "mira"}, "reason": ""}, {"/identifier/mbox", "/reason"}),
        ({"identifier": {"objectType": "Group", "mbox": "mailto:a@b.c"}, "reason": "x"}, {"/identifier"}),
        ({"identifier": {**an_agent("a"), "mbox": "mailto:a@b.c"}, "reason": "x"}, {"/identifier"}),
    ],
)
def test_every_fault_of_a_link_is_told(
    database: Database, tenant: str, mira: str, body: object, pointers: set[str]
) -> None:
    with pytest.raises(BadRequest) as error:
        learners.link(database, tenant, mira, body, by=REGISTRAR)
    assert set(faults_of(error)) == pointers


def test_of_many_who_link_at_once_one_gets_it(database: Database, tenant: str) -> None:
    everybody = [str(uuid4()) for _ in range(6)]
    for each in everybody:
        learners.register(database, tenant, each, {"name": each}, by=REGISTRAR)

    def link(learner: str) -> bool:
        try:
            learners.link(database, tenant, learner, a_link(), by=REGISTRAR)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(link, everybody)) == 1
    assert len(recorded(database, tenant)) == len(everybody) + 1
