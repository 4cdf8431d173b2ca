"""A tenant that was replayed in another store is there what it was, row by row, and two replays are equal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from lrs.auth import tenants
from lrs.cli import verifying
from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import AuditFailed, OperatorError
from lrs.log.event_log import EventLog
from lrs.replaying.replay import replay
from lrs.store import chains
from tests import tampered
from tests.client import Client, a_statement
from tests.conftest import a_key
from tests.projections.audit.conftest import Story
from tests.replaying.stores import Tables, another, everything

MADE = (
    "log", "statement_term", "statement_ref", "voided", "agent_name", "attachment", "document", "key",
)  # fmt: skip
LARGE = 5_000
DEFINED = {"id": "http://example.com/a", "definition": {"name": {"en": "First"}}}
OTHERWISE = {"id": "http://example.com/a", "definition": {"name": {"en": "Second"}}}


class School(NamedTuple):
    """A tenant, and what was in it at each of some positions."""

    tenant: str
    seen: dict[int, Tables]


def quietly(*_: object) -> None:
    """Nobody looks on."""


@pytest.fixture(scope="module")
def school(server_url: str, database: Database) -> School:
    """Three stages: everything that a school does, then what changes it, then what changes that."""
    tenants.create(database, name := f"t{uuid4().hex[:12]}")
    seen = {}
    with Client(server_url, *a_key(database, name)) as lrs:
        with Client(server_url, *a_key(database, name, "statements/write")) as unheard:
            unheard.post(a_statement(actor=_named("Nobody"), object=OTHERWISE))
        tampered.a_school(lrs, database, name, others=60)
        for stage in (_first, _second):
            seen[EventLog(database, name).head().position] = everything(database, name)
            stage(lrs)
    seen[EventLog(database, name).head().position] = everything(database, name)
    return School(name, seen)


def _first(lrs: Client) -> None:
    """Definitions to and fro, a void of what is there, and one of what comes later."""
    lrs.post(a_statement(object=DEFINED))
    lrs.post([a_statement(object=OTHERWISE), *(a_statement(object=DEFINED) for _ in range(3))])
    told, late = a_statement(actor=_named("Late")), a_statement()
    lrs.post(told)
    lrs.post([a_statement(verb=tampered.VOIDED, object=_to(each)) for each in (told, late)])
    lrs.post(a_statement(object=_to(late), actor=_named("Early")))
    lrs.post(late)


def _second(lrs: Client) -> None:
    lrs.post([a_statement(object=OTHERWISE), a_statement(actor=_named("Late"))])
    asked = {"activityId": "http://example.com/a", "agent": tampered.ADA, "stateId": "new"}
    lrs.http.put("/activities/state", params=asked, content=b"new", headers={"If-None-Match": "*"})


def _named(name: str) -> dict[str, str]:
    return {"mbox": "mailto:somebody@example.com", "name": name}


def _to(statement: dict[str, Any]) -> dict[str, str]:
    return {"objectType": "StatementRef", "id": statement["id"]}


def replayed(database: Database, other: Database, tenant: str, until: int) -> int:
    tenants.create(other, tenant)
    source, target = EventLog(database, tenant), EventLog(other, tenant)
    return replay(source, target, until=until, progress=quietly)


@pytest.fixture
def other(database: Database) -> Iterator[Database]:
    with another(database) as store:
        yield store


@pytest.mark.parametrize("stage", range(3))
def test_every_row_is_what_it_was(school: School, database: Database, other: Database, stage: int):
    position, then = list(school.seen.items())[stage]
    assert replayed(database, other, school.tenant, position) == 0
    now = everything(other, school.tenant)
    for table in MADE:
        assert now[table] == then[table], table
    assert {each[:2] + each[3:] for each in now["activity_definition"]} == {
        each[:2] + each[3:] for each in then["activity_definition"]
    }
    assert EventLog(other, school.tenant).head().position == position
    tampered.build(other, school.tenant)
    wrong, count = verifying.verify(other, school.tenant, progress=quietly)
    assert (wrong, count) == (None, position)


def test_two_replays_are_equal(school: School, database: Database, other: Database):
    position = max(school.seen)
    with another(database) as second:
        for store in (other, second):
            replayed(database, store, school.tenant, position)
            tampered.build(store, school.tenant)
        assert everything(other, school.tenant) == everything(second, school.tenant)


def test_only_an_empty_tenant_is_written_into(school: School, database: Database, other: Database):
    replayed(database, other, school.tenant, 10)
    before = everything(other, school.tenant)
    with pytest.raises(OperatorError, match="in use already"):
        replayed(database, other, school.tenant, 12)
    assert everything(other, school.tenant) == before


def test_a_replay_that_ends_early_leaves_nothing(school: School, database: Database, other: Database):
    tenants.create(other, school.tenant)
    before = everything(other, school.tenant)

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    source, target = EventLog(database, school.tenant), EventLog(other, school.tenant)
    with pytest.raises(KeyboardInterrupt):
        replay(source, target, until=max(school.seen), progress=stop)
    assert everything(other, school.tenant) == before
    assert replayed(database, other, school.tenant, max(school.seen)) == 0


def test_a_document_whose_content_is_gone_is_left_out(
    lrs: Client, database: Database, tenant: str, other: Database
):
    for number in range(2):
        for name in ("kept", "replaced")[number:]:
            asked = {"activityId": "http://example.com/a", "agent": tampered.ADA, "stateId": name}
            content = json.dumps({name: number}).encode()
            lrs.http.post("/activities/state", params=asked, content=content, headers=tampered.JSON)
    assert replayed(database, other, tenant, 3) == 1
    ((_, _, name, *_),) = everything(other, tenant)["document"]
    assert name == "kept"


@pytest.mark.long
def test_references_that_came_bit_by_bit_are_taken_bit_by_bit(
    lrs: Client, database: Database, tenant: str, other: Database
):
    """All at once they lead to more than one append may take over."""
    activities = [{"id": f"http://example.com/{number}"} for number in range(LARGE)]
    large = a_statement(context={"contextActivities": {"other": activities}})
    lrs.post(large)
    count = chains.MOST_TAKEN_OVER // LARGE * 4 // 5
    for _ in range(2):
        lrs.post([a_statement(object=_to(large)) for _ in range(count)])
    replayed(database, other, tenant, 2 * count + 2)
    terms = "SELECT count(*), sum(hashtext(term::text || position)) FROM {tenant}.statement_term"
    sums = []
    for store in (database, other):
        with store.connection() as connection:
            sums.append(connection.execute(sql.filled(terms, tenant).encode()).fetchone())
    assert sums[0] == sums[1]
    assert sums[0][0] > chains.MOST_TAKEN_OVER


def test_a_log_with_a_gap_is_not_replayed(lrs: Client, database: Database, tenant: str, other: Database):
    lrs.post([a_statement() for _ in range(3)])
    Story(database, tenant).change("DELETE FROM {t}.log WHERE notification_id = 3")
    with pytest.raises(AuditFailed, match="gap after position 0"):
        replayed(database, other, tenant, 4)
