"""The runner takes in every event once, sets aside what it cannot, and shares the work with others."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest

from lrs.auth import tenants
from lrs.database import sql
from lrs.database.listener import Listener
from lrs.database.pool import Database
from lrs.log import event_log
from lrs.log.event_log import Recorded
from projections import retry
from projections.builds import LEASE_SECONDS
from projections.projection import Change, Insert, Projection, Run
from tests.projections.engine import process
from tests.projections.engine.conftest import Follow, Story, eventually
from tests.projections.engine.tally import TALLY, fold

ENTRIES = "SELECT position, topic, text FROM {t}_entry ORDER BY position"
COUNTS = "SELECT topic, events FROM {t}_count ORDER BY topic"


def everything(story: Story) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    return story.ask(ENTRIES, TALLY), story.ask(COUNTS, TALLY)


def expected(story: Story) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """What the log says."""
    wanted = [each for each in story.log.read() if each.topic in TALLY.topics]
    counted = sum(each.topic == "counted" for each in wanted)
    entries = [(each.position, each.topic, each.state.decode()) for each in wanted]
    return entries, [("counted", counted)] if counted else []


def test_what_was_there_before_and_what_comes_later_is_taken_in(story: Story, following: Follow):
    story.tell("a", "b")
    with following(TALLY):
        story.await_position(TALLY, 2)
        story.tell("c", topic="counted")
        story.tell("of no interest", topic="other")
        story.await_position(TALLY, 4)
    assert story.ask(ENTRIES, TALLY) == [(1, "said", "a"), (2, "said", "b"), (3, "counted", "c")]
    assert story.ask(COUNTS, TALLY) == [("counted", 1)]


def test_what_is_to_run_once_runs_once_in_a_batch(story: Story, following: Follow):
    def first_of_each_topic(event: Recorded) -> Iterator[Change]:
        yield Run("count", {"topic": event.topic}, once=event.topic)

    story.tell("a", "b", "c")
    story.tell("d", topic="counted")
    with following(replace(TALLY, fold=first_of_each_topic)):
        story.await_position(TALLY, 4)
    assert story.ask(COUNTS, TALLY) == [("counted", 1), ("said", 1)]


def test_a_stop_lets_others_take_over_at_once(story: Story, following: Follow):
    with following(TALLY):
        story.await_position(TALLY, story.tell("a"))
    assert [build.holder for build in story.look().builds] == [None]
    with following(TALLY):
        began = time.monotonic()
        story.await_position(TALLY, story.tell("b"))
        assert time.monotonic() - began < LEASE_SECONDS / 2


def test_new_events_are_noticed_soon_after_a_notification(story: Story, following: Follow):
    with following(TALLY):
        story.await_position(TALLY, story.tell("first"))
        time.sleep(0.3)
        took = []
        for number in range(5):
            began = time.monotonic()
            story.await_position(TALLY, story.tell(str(number)))
            took.append(time.monotonic() - began)
            time.sleep(0.1)
    assert sorted(took)[2] < 0.5


def test_a_lost_notification_costs_a_second_and_no_event(
    story: Story, following: Follow, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Listener, "_listen", lambda self: self._stopped.wait(1))
    with following(TALLY):
        story.await_position(TALLY, story.tell("first"))
        for number in range(3):
            began = time.monotonic()
            story.await_position(TALLY, story.tell(str(number)))
            assert time.monotonic() - began < 3
    assert everything(story) == expected(story)


def test_many_tenants_each_get_their_turn(database: Database, story: Story, following: Follow):
    """A long log does not keep a short one waiting."""
    other = Story(database, f"t{uuid4().hex[:12]}")
    tenants.create(database, other.tenant)
    story.tell(*map(str, range(20 * event_log.PAGE)))
    other.tell("short")
    with following(TALLY, tenants=[story.tenant, other.tenant]):
        other.await_position(TALLY, 1)
        assert story.position(TALLY) == 0
        story.await_position(TALLY, 20 * event_log.PAGE, seconds=60)


def test_two_runners_do_the_work_of_one(story: Story, following: Follow):
    with following(TALLY), following(TALLY):
        for number in range(100):
            story.tell(*[f"{number}/{each}" for each in range(20)], topic="counted")
        story.await_position(TALLY, 2000)
        assert len({build.holder for build in story.look().builds}) == 1
    assert everything(story) == expected(story)


def test_another_one_takes_over_within_seconds_when_one_is_killed(story: Story, database: Database):
    first = process.start(database.conninfo, story.tenant)
    story.await_position(TALLY, story.tell("a"))
    second = process.start(database.conninfo, story.tenant)
    try:
        story.tell("b")
        first.kill()
        first.wait()
        began = time.monotonic()
        story.await_position(TALLY, story.tell("c"))
        assert time.monotonic() - began < LEASE_SECONDS + 2
    finally:
        second.terminate()
        assert second.wait(10) == 0
    assert [build.holder for build in story.look().builds] == [None]
    assert everything(story) == expected(story)


# A log that grows faster than anybody follows it would be caught up with for minutes.
FAR_AHEAD = 50_000


def killed(story: Story, kills: int) -> None:
    """Kill runners at random points of their work while the log grows; the next one goes on."""
    stopping = threading.Event()

    def write() -> None:
        ahead = 0
        while not stopping.wait(0.05 if ahead > FAR_AHEAD else 0):
            story.tell(*[uuid4().hex for _ in range(300)], topic="counted")
            ahead = story.tell(*[uuid4().hex for _ in range(300)]) - moved(story)

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for _ in range(kills):
            before = moved(story)
            runner = process.start(story.database.conninfo, story.tenant)
            eventually(lambda: moved(story) > before)  # noqa: B023
            time.sleep((uuid4().int % 300) / 1000)
            runner.kill()
            runner.wait()
    finally:
        stopping.set()
        writing.join()
    runner = process.start(story.database.conninfo, story.tenant)
    try:
        story.await_position(TALLY, story.log.head().position, seconds=120)
    finally:
        runner.terminate()
        assert runner.wait(10) == 0
    assert everything(story) == expected(story)


def moved(story: Story) -> int:
    return max([build.position for build in story.look().builds], default=0)


def test_two_kills_take_in_each_event_once(story: Story):
    killed(story, kills=2)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_thirty_kills_take_in_each_event_once(story: Story):
    killed(story, kills=30)


def test_a_connection_that_breaks_again_and_again_costs_no_event(story: Story, following_through: Follow):
    stopping = threading.Event()

    def write() -> None:
        while not stopping.is_set():
            story.tell(*[uuid4().hex for _ in range(50)], topic="counted")

    writing = threading.Thread(target=write)
    writing.start()
    with following_through(TALLY) as proxy:
        for _ in range(2):
            before = moved(story)
            eventually(lambda: moved(story) > before)  # noqa: B023
            proxy.cut()
            time.sleep(0.2)
            proxy.open()
        stopping.set()
        writing.join()
        story.await_position(TALLY, story.log.head().position)
    assert everything(story) == expected(story)


@pytest.mark.parametrize(
    "poison",
    [
        pytest.param("unspeakable", id="the fold raises"),
        pytest.param("nul", id="the driver refuses"),
        pytest.param("null", id="the database refuses a row"),
        pytest.param("twice", id="the database refuses a second row"),
        pytest.param("table", id="a table that is not there"),
        pytest.param("query", id="a query that is not there"),
        pytest.param("columns", id="too many columns"),
        pytest.param("halfway", id="a good row, and then the fold raises"),
    ],
)
def test_an_event_that_cannot_be_taken_stops_no_other(story: Story, following: Follow, poison: str):
    changes: dict[str, list[Change]] = {
        "nul": [Insert("entry", (2, "said", "\0"))],
        "null": [Insert("entry", (2, None, "x"))],
        "twice": [Insert("entry", (1, "said", "x"))],
        "table": [Insert("nowhere", (2, "said", "x"))],
        "query": [Run("unasked", {})],
        "columns": [Insert("entry", (2, "said", "x", 4))],
    }

    def fragile(event):
        if event.position == 2:
            yield from changes.get(poison, [Insert("entry", (2, "said", "x"))])
            if poison not in changes:
                raise ValueError("nobody says that")
        else:
            yield from fold(event)

    story.tell("a", "b", "c", "d")
    with following(replace(TALLY, fold=fragile)):
        story.await_position(TALLY, story.tell("e"))
    assert [position for position, *_ in story.ask(ENTRIES, TALLY)] == [1, 3, 4, 5]
    ((position, error),) = story.failures()
    assert position == 2
    assert error
    assert retry.retry(story.database, story.tenant, TALLY) == (1, 0)
    assert [each.amended for each in story.look().builds] == [1]
    assert story.failures() == []
    assert everything(story) == expected(story)


def test_what_fails_again_stays_set_aside(story: Story, following: Follow):
    story.tell("a", "unspeakable", "b", "unspeakable")
    with following(TALLY):
        story.await_position(TALLY, 4)
    assert story.failures() == [
        (2, "ValueError: nobody says that"),
        (4, "ValueError: nobody says that"),
    ]
    assert retry.retry(story.database, story.tenant, TALLY) == (0, 2)
    assert len(story.failures()) == 2


def test_a_missing_right_is_nobodys_fault_and_sets_nothing_aside(story: Story, following: Follow):
    """An event is to blame only where others pass."""
    with following(TALLY):
        story.await_position(TALLY, story.tell("a"))
    table = f"{sql.schema(story.tenant)}.tally_v1_entry"
    with story.database.connection() as connection:
        connection.execute(
            f"CREATE FUNCTION {sql.schema(story.tenant)}.refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RAISE insufficient_privilege; END $$".encode()
        )
        connection.execute(
            f"CREATE TRIGGER refuse BEFORE INSERT ON {table} EXECUTE FUNCTION"
            f" {sql.schema(story.tenant)}.refuse()".encode()
        )
    with following(TALLY):
        story.tell("b")
        time.sleep(1.5)
    assert (story.position(TALLY), story.failures()) == (1, [])
    with story.database.connection() as connection:
        connection.execute(f"DROP TRIGGER refuse ON {table}".encode())
    with following(TALLY):
        story.await_position(TALLY, 2)
    assert everything(story) == expected(story)


def test_a_projection_that_cannot_be_built_stops_no_other(story: Story, following: Follow, tmp_path):
    broken = Projection("broken", 1, TALLY.topics, fold, tmp_path)
    with following(broken, TALLY):
        story.await_position(TALLY, story.tell("a"))


def test_rare_topics_are_found_among_many_others(
    story: Story, following: Follow, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(event_log, "SPAN", 50)
    for number in range(5):
        story.tell(*["of no interest"] * 333, topic="other")
        story.tell(str(number))
    with following(TALLY):
        story.await_position(TALLY, story.log.head().position)
    assert everything(story) == expected(story)
