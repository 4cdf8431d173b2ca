"""Requests share a commit, and yet each is stored whole or not at all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from lrs.database.pool import Database
from lrs.database.trip import Trip
from lrs.errors import Overloaded, StatementConflict
from lrs.log.event_log import EventLog
from lrs.log.recorder import Recorder
from lrs.log.writer import Entry
from lrs.store.statements import Authority, Statements, prepare
from tests.client import a_statement

Json = dict[str, Any]
AUTHORITY = Authority({"mbox": "mailto:key@example.com"}, b'{"mbox":"mailto:key@example.com"}')


@pytest.fixture
def statements(database: Database) -> Iterator[Statements]:
    rooms = Statements(database, max_waiting=1000)
    yield rooms
    rooms.close()


def entries(*documents: Json) -> list[Entry]:
    return [
        prepare(json.dumps(each).encode(), each, new_id=str(uuid4()), authority=AUTHORITY, version="2.0.0")
        for each in documents
    ]


def ids_in_log(database: Database, tenant: str) -> list[str]:
    return [str(event.originator_id) for event in EventLog(database, tenant).read()]


def together(*requests: Awaitable[None]) -> list[BaseException | None]:
    """Send them at once, so that they wait for the same commit."""

    async def send() -> list[BaseException | None]:
        return await asyncio.gather(*requests, return_exceptions=True)

    return asyncio.run(send())


def test_a_conflict_fails_its_own_request_and_no_other(
    statements: Statements, database: Database, tenant: str
) -> None:
    known, fresh, other = a_statement(), a_statement(), a_statement()
    contradiction = known | {"verb": {"id": "http://example.com/verbs/other"}}
    together(statements.store(tenant, entries(known)))
    outcomes = together(
        statements.store(tenant, entries(fresh)),
        statements.store(tenant, entries(a_statement(), contradiction)),
        statements.store(tenant, entries(other, known)),
    )
    assert [type(each) for each in outcomes] == [type(None), StatementConflict, type(None)]
    assert ids_in_log(database, tenant) == [known["id"], fresh["id"], other["id"]]


def test_equal_statements_in_one_commit_are_stored_once(
    statements: Statements, database: Database, tenant: str
) -> None:
    same = a_statement()
    assert together(*(statements.store(tenant, entries(same)) for _ in range(5))) == [None] * 5
    assert ids_in_log(database, tenant) == [same["id"]]


def test_different_statements_with_one_id_in_one_commit_store_the_first(
    statements: Statements, database: Database, tenant: str
) -> None:
    first = a_statement()
    second = first | {"actor": {"mbox": "mailto:other@example.com"}}
    outcomes = together(statements.store(tenant, entries(first)), statements.store(tenant, entries(second)))
    assert [type(each) for each in outcomes] == [type(None), StatementConflict]
    assert ids_in_log(database, tenant) == [first["id"]]


def test_a_conflict_names_the_statement(statements: Statements, tenant: str) -> None:
    known = a_statement()
    together(statements.store(tenant, entries(known)))
    contradiction = known | {"verb": {"id": "http://example.com/verbs/other"}}
    (outcome,) = together(statements.store(tenant, entries(a_statement(), contradiction)))
    assert isinstance(outcome, StatementConflict)
    assert [fault.pointer for fault in outcome.faults] == ["/1/id"]


def test_a_row_that_the_index_refuses_fails_its_own_request_and_no_other(
    statements: Statements, database: Database, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one fault we have to make: nothing that a client can send should get this far."""
    poisoned = a_statement()
    insert = statements.writer.index.insert

    def refuse(trip: Trip, tenant: str, added: Any) -> None:
        if any(each.statement == UUID(poisoned["id"]).bytes for each in added):
            trip.add(b"SELECT 1 / 0")
        insert(trip, tenant, added)

    monkeypatch.setattr(statements.writer.index, "insert", refuse)
    fine = a_statement()
    outcomes = together(statements.store(tenant, entries(poisoned)), statements.store(tenant, entries(fine)))
    assert isinstance(outcomes[0], Exception)
    assert outcomes[1] is None
    assert ids_in_log(database, tenant) == [fine["id"]]


def test_more_than_may_wait_is_refused(database: Database, tenant: str) -> None:
    rooms = Statements(database, max_waiting=10)
    outcomes = together(*(rooms.store(tenant, entries(*[a_statement() for _ in range(4)])) for _ in range(5)))
    rooms.close()
    refused = [each for each in outcomes if isinstance(each, Overloaded)]
    assert refused
    assert len(ids_in_log(database, tenant)) == 4 * (5 - len(refused))


def test_an_answer_lost_after_the_commit_does_not_store_twice(
    statements: Statements, database: Database, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection dies between the commit and its answer: the writer looks at what is stored."""
    append = Recorder.append_on_loop
    lost: list[Recorder] = []

    async def lose(recorder: Recorder, *arguments: Any) -> Any:
        appended = await append(recorder, *arguments)
        if not lost:
            lost.append(recorder)
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        return appended

    monkeypatch.setattr(Recorder, "append_on_loop", lose)
    document = a_statement()
    assert together(statements.store(tenant, entries(document))) == [None]
    assert lost
    assert ids_in_log(database, tenant) == [document["id"]]
