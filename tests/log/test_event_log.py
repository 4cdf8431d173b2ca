"""The log is read in order, and what it says about the future is true."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event as Flag
from time import monotonic, sleep
from uuid import uuid4

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent

from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import TooLarge
from lrs.log import event_log, events
from lrs.log.event_log import PAGE, EventLog
from lrs.log.events import DocumentDeleted, DocumentStored, KeyIssued, KeyRevoked
from lrs.log.recorder import QUERIES, Ending, NewEvent


@pytest.fixture
def log(database: Database, tenant: str) -> EventLog:
    return EventLog(database, tenant)


def some_events(count: int) -> list[StoredEvent]:
    return [StoredEvent(uuid4(), 1, "something", str(number).encode()) for number in range(count)]


def append(log: EventLog, events: list[StoredEvent]) -> None:
    with log.database.connection() as connection:
        log.append(connection, events)


def test_an_empty_log_is_at_position_0(log: EventLog) -> None:
    assert log.head().position == 0
    assert list(log.read()) == []


@pytest.mark.parametrize("count", [1, PAGE, PAGE + 1])
def test_events_are_read_in_order_page_by_page(log: EventLog, count: int) -> None:
    appended = some_events(count)
    append(log, appended)
    read = list(log.read())
    assert [each.position for each in read] == list(range(1, count + 1))
    assert [(each.originator_id, each.state) for each in read] == [
        (each.originator_id, each.state) for each in appended
    ]
    assert log.head() == (count, read[-1].stored)


def test_a_part_of_the_log_is_what_lies_after_one_position_up_to_another(log: EventLog) -> None:
    append(log, some_events(10))
    positions = [[each.position for each in log.read(after=3, until=until)] for until in (3, 4, 7, None, 99)]
    assert positions == [[], [4], [4, 5, 6, 7], [4, 5, 6, 7, 8, 9, 10], [4, 5, 6, 7, 8, 9, 10]]


def test_a_time_has_a_position(log: EventLog) -> None:
    append(log, some_events(3))
    append(log, some_events(1))
    times = [each.stored for each in log.read()]
    with log.database.connection() as connection:
        found = [log.position_at(connection, time) for time in times]
        before = log.position_at(connection, times[0] - timedelta(microseconds=1))
        after = log.position_at(connection, times[-1] + timedelta(days=1))
    assert (before, found, after) == (0, [1, 2, 3, 4], 4)


@pytest.mark.parametrize(
    ("ending", "closed"),
    [
        (Ending.NOTHING, '{{"a":1}}'),
        (Ending.STORED, '{{"a":1,"stored":"{stored}"}}'),
        (Ending.TIMESTAMP_AND_STORED, '{{"a":1,"timestamp":"{stored}","stored":"{stored}"}}'),
    ],
)
def test_the_clock_of_the_database_closes_an_open_state(log: EventLog, ending: Ending, closed: str) -> None:
    state = b'{"a":1}' if ending is Ending.NOTHING else b'{"a":1'
    with log.database.connection() as connection:
        log.recorder.append(connection, [NewEvent(uuid4().bytes, 1, "something", state, ending)])
    (recorded,) = log.read()
    stored = recorded.stored.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert recorded.state.decode() == closed.format(stored=stored)


def test_what_is_decided_under_the_lock_stays_true_until_the_commit(log: EventLog) -> None:
    append(log, some_events(1))
    with ThreadPoolExecutor(1) as threads:
        with log.locked() as connection:
            appending = threads.submit(append, log, some_events(1))
            sleep(0.1)
            assert log.head_of(connection).position == 1
            assert not appending.done()
        appending.result()
    assert log.head().position == 2


def test_a_transaction_that_fails_leaves_no_gap(log: EventLog) -> None:
    append(log, some_events(2))
    with log.locked() as connection:
        log.append(connection, some_events(3))
        with pytest.raises(psycopg.errors.DivisionByZero):
            connection.execute(b"SELECT 1 / 0")
        raise psycopg.Rollback()
    append(log, some_events(1))
    assert [each.position for each in log.read()] == [1, 2, 3]


def test_the_clock_of_the_log_never_steps_back(log: EventLog) -> None:
    """As if the machine's clock had been an hour ahead for a while."""
    ahead = f"UPDATE {sql.schema(log.tenant)}.head SET began = began + interval '1 hour'"  # noqa: S608
    append(log, some_events(2))
    with log.database.connection() as connection:
        connection.execute(ahead.encode())
    append(log, some_events(3))
    append(log, some_events(1))
    times = [each.stored for each in log.read()]
    assert times == sorted(set(times))
    assert log.consistent_through() >= times[-1]


def test_the_bound_of_an_idle_log_is_the_time_now(log: EventLog) -> None:
    append(log, some_events(3))
    last = list(log.read())[-1].stored
    first, second = log.consistent_through(), log.consistent_through()
    assert last < first < second


def test_the_bound_of_a_busy_log_is_what_was_stored_last(log: EventLog) -> None:
    append(log, some_events(3))
    with log.locked() as connection:
        log.append(connection, some_events(1))
        assert log.consistent_through() == list(log.read())[-1].stored


def test_what_waits_for_a_reader_of_the_bound_is_stored_after_it(log: EventLog) -> None:
    """A writer that has begun must not keep a time that it took before it had the lock."""
    append(log, some_events(1))
    with (
        ThreadPoolExecutor(1) as threads,
        psycopg.connect(log.database.conninfo, options="-c timezone=UTC") as reader,
    ):
        reader.execute(QUERIES(log.tenant, "idle_clock"))
        appending = threads.submit(append, log, some_events(1))
        _wait_for_a_waiting_writer(log)
        bound = reader.execute(QUERIES(log.tenant, "idle_clock")).fetchall()[0][0]
        assert not appending.done()
        reader.commit()
        appending.result()
    assert list(log.read())[-1].stored > bound


@pytest.fixture
def clock(database: Database, log: EventLog) -> Iterator[tuple[EventLog, Callable[[str], None]]]:
    """The log as a database sees it whose clock can be set, and how to set it so far ahead."""
    schema = sql.schema(log.tenant)
    ours = (
        f"CREATE FUNCTION {schema}.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS"
        " $$ SELECT pg_catalog.clock_timestamp() + current_setting('test.ahead')::interval $$"
    )
    with Database(database.conninfo, pool_size=1) as other:
        with other.connection() as connection:
            connection.execute(ours.encode())
            connection.execute(f"SET search_path = {schema}, pg_catalog".encode())

        def ahead(interval: str) -> None:
            with other.connection() as connection:
                connection.execute("SELECT set_config('test.ahead', %s, false)", [interval])

        ahead("0")
        yield EventLog(other, log.tenant), ahead


@pytest.mark.parametrize("before", [0, 3])
def test_what_comes_after_a_bound_is_stored_later_though_the_clock_has_stepped_back(
    clock: tuple[EventLog, Callable[[str], None]], before: int
) -> None:
    log, ahead = clock
    if before:
        append(log, some_events(before))
    ahead("1 hour")
    bound = log.consistent_through()
    assert bound > datetime.now(UTC) + timedelta(minutes=59)
    ahead("0")
    assert log.consistent_through() == bound
    head = log.head()
    append(log, some_events(2))
    times = [each.stored for each in log.read()]
    assert times == sorted(set(times))
    assert times[before] > bound
    assert head.stored < bound - timedelta(minutes=59), "which is not when something was stored"


def test_a_database_that_can_only_be_read_tells_a_bound(database: Database, log: EventLog) -> None:
    append(log, some_events(1))
    told = log.consistent_through()
    with Database(database.conninfo, pool_size=1) as standby:
        with standby.connection() as connection:
            connection.execute("SET default_transaction_read_only = on")
        assert EventLog(standby, log.tenant).consistent_through() == told


def _wait_for_a_waiting_writer(log: EventLog) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE %s"
    deadline = monotonic() + 10
    with log.database.connection() as connection:
        while not connection.execute(waiting.encode(), [f"%{log.tenant}%"]).fetchall()[0][0]:
            assert monotonic() < deadline
            sleep(0.01)


def test_no_bound_is_ever_passed_by_what_comes_later(database: Database, log: EventLog) -> None:
    """Writers and readers of the bound at once: whatever a reader had not seen is stored after its bound."""
    stop = Flag()

    def write() -> None:
        while not stop.is_set():
            append(log, some_events(2))

    def read() -> list[tuple[int, datetime]]:
        told = []
        while not stop.is_set():
            bound = log.consistent_through()
            told.append((log.head().position, bound))
        return told

    with ThreadPoolExecutor(4) as threads:
        writing = [threads.submit(write) for _ in range(2)]
        reading = [threads.submit(read) for _ in range(2)]
        sleep(1)
        stop.set()
        for each in writing:
            each.result()
        told = [each for one in reading for each in one.result()]
    stored = {each.position: each.stored for each in log.read()}
    passed = [bound for position, bound in told if position + 1 in stored and stored[position + 1] <= bound]
    assert len(told) > 10
    assert passed == []


EVENTS = [
    DocumentStored("state", "http://a", {"mbox": "mailto:a@b.c"}, None, "id", "text/plain", 3, "00", "key"),
    DocumentDeleted("agent_profile", None, {"mbox": "mailto:a@b.c"}, None, "id", "key"),
    KeyIssued("key", "00", "11", ["all"], {"mbox": "mailto:a@b.c"}, "label"),
    KeyRevoked("key", "lost"),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.topic)
def test_an_event_comes_back_from_the_log(log: EventLog, event: events.Event) -> None:
    stream = uuid4()
    append(log, [events.to_stored(event, stream, 1)])
    (recorded,) = log.read()
    assert (recorded.topic, recorded.originator_id, recorded.version) == (event.topic, stream, 1)
    assert events.from_state(recorded.topic, recorded.state) == event


def test_members_that_a_newer_program_wrote_are_left_out() -> None:
    state = b'{"key":"k","reason":"","by":"somebody"}'
    assert events.from_state("key-revoked", state) == KeyRevoked("k", "")


def test_topics_never_change() -> None:
    assert {event.topic for event in EVENTS} | {events.STATEMENT_STORED} == {
        "statement-stored", "document-stored", "document-deleted", "key-issued", "key-revoked",
    }  # fmt: skip


def test_what_is_large_is_read_in_small_pages(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "PAGE_BYTES", 10)
    large = [StoredEvent(uuid4(), 1, "something", b"x" * 8) for _ in range(5)]
    append(log, large)
    assert [each.originator_id for each in log.read()] == [each.originator_id for each in large]
    assert len(log.page(after=0, until=5).events) == 2


def test_no_more_is_compared_than_others_can_wait_for(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "MOST_COMPARED", 10)
    few = [uuid4() for _ in range(5)]
    append(log, [StoredEvent(each, 1, "something", b"x" * 2) for each in few])
    one_more = uuid4()
    append(log, [StoredEvent(one_more, 1, "something", b"x")])
    with log.locked() as connection:
        assert len(log.states(connection, [each.bytes for each in few])) == 5
        with pytest.raises(TooLarge):
            log.states(connection, [each.bytes for each in [*few, one_more]])
