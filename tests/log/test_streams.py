"""Events of one thing follow each other without a gap, however many write at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import StoredEvent

from lrs.database import sql
from lrs.database.pool import Database
from lrs.log import streams
from lrs.log.event_log import EventLog
from lrs.log.events import STATEMENT_STORED, ActivityMapped, Event, KeyRevoked, ProviderRevoked


@pytest.fixture
def log(database: Database, tenant: str) -> EventLog:
    return EventLog(database, tenant)


def append(log: EventLog, *happened: tuple[UUID, Event]) -> int:
    with log.locked() as connection:
        return streams.append(log, connection, happened)


def lasts(log: EventLog, *asked: UUID) -> dict[UUID, streams.Place]:
    with log.database.connection() as connection:
        return streams.lasts(log, connection, asked)


def mapped(course: str) -> ActivityMapped:
    return ActivityMapped("http://a", course, "test")


def test_each_stream_counts_by_itself(log: EventLog) -> None:
    one, other = uuid4(), uuid4()
    assert append(log, (one, mapped("1"))) == 1
    assert append(log, (one, mapped("2")), (other, mapped("3")), (one, mapped("4"))) == 4
    found = [(each.originator_id, each.version) for each in log.read()]
    assert found == [(one, 1), (one, 2), (other, 1), (one, 3)]


def test_the_last_event_says_how_it_is(log: EventLog) -> None:
    one, other = uuid4(), uuid4()
    append(log, (one, mapped("1")), (other, mapped("2")), (one, mapped("3")))
    assert lasts(log, one, other, uuid4()) == {
        one: streams.Place(2, 3, mapped("3")),
        other: streams.Place(1, 2, mapped("2")),
    }


def test_a_statement_that_took_the_id_of_a_stream_is_no_event_of_it(log: EventLog) -> None:
    stream = uuid4()
    with log.locked() as connection:
        log.append(connection, [StoredEvent(stream, 1, STATEMENT_STORED, b"{}")])
    assert lasts(log, stream) == {}
    append(log, (stream, mapped("1")))
    assert lasts(log, stream) == {stream: streams.Place(2, 2, mapped("1"))}


def test_the_newest_of_a_kind_come_in_the_order_of_the_log(log: EventLog) -> None:
    one, other = uuid4(), uuid4()
    revoked = ProviderRevoked("p", "test", "closed")
    append(log, (one, mapped("1")), (other, revoked), (uuid4(), KeyRevoked("k", "")), (one, mapped("2")))
    with log.database.connection() as connection:
        found = streams.newest(log, connection, ActivityMapped, ProviderRevoked)
    assert [(each.position, each.event) for each in found] == [(2, revoked), (4, mapped("2"))]


def test_who_writes_at_once_gets_versions_one_after_the_other(log: EventLog) -> None:
    stream = uuid4()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: append(log, (stream, mapped(str(number)))), range(40)))
    assert [each.version for each in log.read()] == list(range(1, 41))


def test_the_newest_are_found_without_reading_the_log(log: EventLog) -> None:
    with log.locked() as connection:
        log.append(connection, [StoredEvent(uuid4(), 1, STATEMENT_STORED, b"{}") for _ in range(20_000)])
    append(log, (uuid4(), mapped("1")))
    with log.database.connection() as connection:
        connection.execute(f"ANALYZE {sql.schema(log.tenant)}.log".encode())
        query = b"EXPLAIN " + streams.QUERIES(log.tenant, "newest")
        plan = connection.execute(query, {"topics": [ActivityMapped.topic, KeyRevoked.topic]}).fetchall()
    assert "log_topic" in str(plan)
    assert "Seq Scan" not in str(plan)
