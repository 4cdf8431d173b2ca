"""The recorder keeps the event sourcing library's own contract, and adds dense positions to it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent
from eventsourcing.tests.persistence import (
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
)

from lrs.auth import tenants
from lrs.database import sql
from lrs.database.pool import Database
from lrs.log.event_log import EventLog
from lrs.log.recorder import Recorder


@pytest.fixture
def _recorder(request: pytest.FixtureRequest, database: Database, tenant: str) -> None:
    request.instance.recorder = Recorder(database, tenant)


@pytest.mark.usefixtures("_recorder")
class TestApplicationRecorder(ApplicationRecorderTestCase[Any]):
    def create_recorder(self) -> Recorder:
        return self.recorder  # type: ignore[attr-defined,no-any-return]


@pytest.mark.usefixtures("_recorder")
class TestNonInterleaving(NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> Recorder:
        return self.recorder  # type: ignore[attr-defined,no-any-return]


del ApplicationRecorderTestCase, NonInterleavingNotificationIDsBaseCase


@pytest.fixture
def log(database: Database, tenant: str) -> EventLog:
    return EventLog(database, tenant)


def some_events(count: int) -> list[StoredEvent]:
    return [StoredEvent(uuid4(), 1, "something", b"{}") for _ in range(count)]


def test_positions_are_dense_although_appends_fail(log: EventLog) -> None:
    first = some_events(2)
    log.recorder.insert_events(first)
    with pytest.raises(Exception, match="duplicate key"):
        log.recorder.insert_events([*some_events(3), first[0]])
    assert log.recorder.insert_events(some_events(2)) == [3, 4]


def test_stored_grows_with_the_position(log: EventLog) -> None:
    for size in (1, 3, 50, 1):
        log.recorder.insert_events(some_events(size))
    times = [event.stored for event in log.read()]
    assert times == sorted(set(times))


def test_a_reader_who_has_seen_a_position_has_seen_everything_before_it(
    database: Database, tenant: str
) -> None:
    """Several writers with connections of their own, as several processes have."""
    stop = Event()

    def write(_: int) -> None:
        with Database(database.conninfo, pool_size=2) as own:
            recorder = Recorder(own, tenant)
            for number in range(60):
                recorder.insert_events(some_events(1 + number % 7))

    def read() -> list[int]:
        seen: list[int] = []
        log = EventLog(database, tenant)
        while not stop.is_set() or log.head().position > len(seen):
            seen += [event.position for event in log.read(after=seen[-1] if seen else 0)]
        return seen

    with ThreadPoolExecutor(5) as threads:
        reader = threads.submit(read)
        list(threads.map(write, range(4)))
        stop.set()
        assert reader.result() == list(range(1, 4 * sum(1 + n % 7 for n in range(60)) + 1))


@pytest.mark.parametrize("statement", ["UPDATE {log} SET state = ''", "DELETE FROM {log}", "TRUNCATE {log}"])
def test_the_log_refuses_to_be_rewritten(log: EventLog, statement: str) -> None:
    log.recorder.insert_events(some_events(1))
    table = f"{sql.schema(log.tenant)}.log"
    with (
        log.database.connection() as connection,
        pytest.raises(psycopg.errors.RestrictViolation, match="append-only"),
    ):
        connection.execute(statement.replace("{log}", table).encode())


def test_a_vacuum_does_not_hold_up_the_writers(log: EventLog) -> None:
    log.recorder.insert_events(some_events(10))
    table = f"{sql.schema(log.tenant)}.log"
    with log.database.connection() as connection:
        connection.execute(f"VACUUM ANALYZE {table}".encode())
    assert log.recorder.insert_events(some_events(1)) == [11]


def test_tenants_have_logs_of_their_own(database: Database, log: EventLog) -> None:
    other = f"t{uuid4().hex[:12]}"
    tenants.create(database, other)
    log.recorder.insert_events(some_events(3))
    assert EventLog(database, other).recorder.insert_events(some_events(1)) == [1]
