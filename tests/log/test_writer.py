"""Many requests share a commit, each all or nothing; what a commit takes and what it tells."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import Connection

from lrs.auth import tenants
from lrs.database.pool import Database
from lrs.database.trip import Trip
from lrs.errors import StatementConflict
from lrs.log import writer as writer_module
from lrs.log.event_log import EventLog
from lrs.log.recorder import QUERIES
from lrs.log.writer import MOST_STATEMENTS, Entry, Request, Writer, new_statement, sort_out

Json = dict[str, Any]


class NoIndex:
    """The log alone: what the index adds is the store's matter."""

    def reads(self, added: Sequence[Any], /) -> bool:
        return False

    def insert(self, trip: Trip, tenant: str, added: Sequence[Any], /) -> None:
        """Nothing."""

    def committed(self, tenant: str, added: Sequence[Any], /) -> None:
        """Nothing."""


@pytest.fixture
def writer(database: Database) -> Iterator[Writer]:
    writer = Writer(database, NoIndex())
    yield writer
    writer.close()


def an_entry(statement_id: UUID | None = None, verb: str = "did") -> Entry:
    statement_id = statement_id or uuid4()
    statement = {
        "id": str(statement_id),
        "actor": {"mbox": "mailto:ada@example.com"},
        "verb": {"id": f"http://example.com/verbs/{verb}"},
        "object": {"id": "http://example.com/activities/1"},
    }
    opened = json.dumps(statement).encode()[:-1]
    return Entry(str(statement_id), new_statement(statement_id.bytes, opened, timestamped=False), None)


def append(writer: Writer, tenant: str, *requests: list[Entry]) -> list[datetime | BaseException]:
    """All requests at once."""

    async def send() -> list[datetime | BaseException]:
        sent = [writer.append(tenant, entries) for entries in requests]
        return await asyncio.gather(*sent, return_exceptions=True)

    return asyncio.run(send())


def times(database: Database, tenant: str) -> dict[str, datetime]:
    return {str(each.originator_id): each.stored for each in EventLog(database, tenant).read()}


def test_what_waits_shares_a_commit(writer: Writer, database: Database, tenant: str) -> None:
    """Events of one commit are a microsecond apart; while the first commits, all others gather."""
    requests = [[an_entry()] for _ in range(50)]
    append(writer, tenant, *requests)
    stored = list(times(database, tenant).values())
    together = [b - a == timedelta(microseconds=1) for a, b in itertools.pairwise(stored)]
    assert len(stored) == 50
    assert together.count(False) <= 1


def test_requests_are_stored_in_the_order_of_their_coming(
    writer: Writer, database: Database, tenant: str
) -> None:
    requests = [[an_entry() for _ in range(3)] for _ in range(10)]
    append(writer, tenant, *requests)
    assert list(times(database, tenant)) == [each.id for request in requests for each in request]


def test_everybody_is_told_a_time_at_which_theirs_was_stored(
    writer: Writer, database: Database, tenant: str
) -> None:
    requests = [[an_entry(), an_entry()] for _ in range(20)]
    told = append(writer, tenant, *requests)
    stored = times(database, tenant)
    for request, time in zip(requests, told, strict=True):
        assert isinstance(time, datetime)
        assert max(stored[each.id] for each in request) <= time <= max(stored.values())


@pytest.mark.parametrize("size", [1, MOST_STATEMENTS, MOST_STATEMENTS + 1, 2 * MOST_STATEMENTS])
def test_a_request_of_any_size_is_one_commit(
    writer: Writer, database: Database, tenant: str, size: int
) -> None:
    append(writer, tenant, [an_entry() for _ in range(size)])
    stored = list(times(database, tenant).values())
    assert stored[-1] - stored[0] == timedelta(microseconds=size - 1)


def test_who_is_cancelled_leaves_the_others_alone(writer: Writer, database: Database, tenant: str) -> None:
    entries = [an_entry() for _ in range(10)]

    async def send() -> list[datetime]:
        sent = [asyncio.create_task(writer.append(tenant, [each])) for each in entries]
        await asyncio.sleep(0)
        for each in sent[::2]:
            each.cancel()
        return [await each for each in sent[1::2]]

    assert len(asyncio.run(send())) == 5
    assert {each.id for each in entries[1::2]} <= set(times(database, tenant))


def test_tenants_do_not_wait_for_each_other(writer: Writer, database: Database, tenant: str) -> None:
    """Somebody holds one tenant's lock; the other's statements are stored meanwhile."""
    tenants.create(database, other := f"{tenant}_other")

    async def send(connection: Connection[Any]) -> None:
        waiting = asyncio.create_task(writer.append(tenant, [an_entry()]))
        await asyncio.wait_for(writer.append(other, [an_entry()]), 10)
        assert not waiting.done()
        connection.rollback()
        await waiting

    with psycopg.connect(database.conninfo) as connection:
        connection.execute(QUERIES(tenant, "lock"))
        asyncio.run(send(connection))
    assert len(times(database, tenant)) == len(times(database, other)) == 1


IDS = [UUID(int=number, version=4) for number in range(4)]
requests_of_ids = st.lists(
    st.dictionaries(st.sampled_from(IDS), st.sampled_from(["did", "saw"]), max_size=3), max_size=6
)


@given(known=st.dictionaries(st.sampled_from(IDS), st.sampled_from(["did", "saw"])), sent=requests_of_ids)
def test_sorting_out_is_what_storing_one_by_one_would_do(
    known: dict[UUID, str], sent: list[dict[UUID, str]]
) -> None:
    existing = {each.bytes: an_entry(each, verb).event.state + b"}" for each, verb in known.items()}
    requests = [
        Request([an_entry(each, verb) for each, verb in request.items()], asyncio.Future(loop=_LOOP))
        for request in sent
    ]
    accepted, conflicts = sort_out(requests, existing)
    stored = dict(known)
    for request, conflict in zip(sent, conflicts, strict=True):
        fails = any(stored.get(each, verb) != verb for each, verb in request.items())
        assert isinstance(conflict, StatementConflict) == fails
        if not fails:
            stored |= request
    ids = [UUID(each.id) for each in accepted]
    assert len(set(ids)) == len(ids)
    assert set(ids) == set(stored) - set(known)
    assert all(f"verbs/{stored[UUID(each.id)]}".encode() in each.event.state for each in accepted)


def test_a_commit_takes_no_more_than_fits_and_at_least_one(monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(an_entry().event.state)
    monkeypatch.setattr(writer_module, "MOST_BYTES", 3 * size)
    waiting = deque(Request([an_entry()] * many, asyncio.Future(loop=_LOOP)) for many in (5, 2, 1, 1))
    assert [[len(each.entries) for each in writer_module._take(waiting)] for _ in range(3)] == [
        [5],
        [2, 1],
        [1],
    ]


_LOOP = asyncio.new_event_loop()
