"""A projection is made anew while others read and write: the same to the byte, and nobody misses anything."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from lrs.database import sql
from lrs.errors import NotBuilt, NotFound, OperatorError
from projections import builds, digest
from projections.rebuild import making, rebuild
from projections.resource import View
from projections.retry import retry
from projections.view import Views
from tests.projections.engine.conftest import Follow, Story, eventually
from tests.projections.engine.tally import TALLY

NEXT = replace(TALLY, version=2)


def quietly(_: int, __: int) -> None:
    """Nobody looks on."""


@contextmanager
def writing(story: Story) -> Iterator[None]:
    """Somebody writes all the time."""
    stopping = threading.Event()

    def write() -> None:
        while not stopping.wait(0.01):
            story.tell(*[uuid4().hex for _ in range(20)], topic="counted")
            story.tell("unspeakable", uuid4().hex)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def prefixes(story: Story) -> list[str]:
    return [build.prefix for build in story.look().builds]


def texts(view: View) -> list[str]:
    query = "SELECT text FROM {tenant}.{tally}_entry WHERE position <= %s ORDER BY position"
    rows = view.connection.execute(sql.filled(query, view.tenant, **view.tables).encode(), [view.position])
    return [text for (text,) in rows.fetchall()]


def test_a_new_build_has_the_same_bytes_while_others_write(story: Story, following: Follow):
    story.tell(*map(str, range(3000)), topic="counted")
    with following(TALLY), writing(story):
        story.await_position(TALLY, 3000)
        for _ in range(3):
            assert digest.verify(story.database, story.tenant, TALLY, progress=quietly) == []
        assert prefixes(story) == ["tally_v1"]


def test_what_was_only_compared_is_gone_even_if_a_vacuum_was_at_it(story: Story, following: Follow):
    with following(TALLY):
        story.await_position(TALLY, story.tell("a"))
    lock = "LOCK TABLE {tenant}.tally_v2_entry IN SHARE UPDATE EXCLUSIVE MODE"
    with story.database.connection() as other:

        def vacuum(_: int, __: int) -> None:
            other.execute(b"BEGIN")
            other.execute(sql.filled(lock, story.tenant).encode())
            threading.Timer(0.5, other.execute, [b"COMMIT"]).start()

        assert digest.verify(story.database, story.tenant, TALLY, progress=vacuum) == []
        assert prefixes(story) == ["tally_v1"]


def test_what_the_log_does_not_say_is_found(story: Story, following: Follow):
    with following(TALLY):
        story.await_position(TALLY, story.tell("a", "b", topic="counted"))
    with story.database.connection() as connection:
        spoil = "UPDATE {tenant}.tally_v1_entry SET text = 'c' WHERE position = 2"
        connection.execute(sql.filled(spoil, story.tenant).encode())
    assert digest.verify(story.database, story.tenant, TALLY, progress=quietly) == ["entry"]


def test_what_failed_and_was_retried_is_as_if_it_had_never_failed(story: Story, following: Follow):
    def fragile(event):
        if event.position % 7 == 0:
            raise ValueError(event.position)
        return TALLY.fold(event)

    story.tell(*map(str, range(100)), topic="counted")
    with following(replace(TALLY, fold=fragile)):
        story.await_position(TALLY, 100)
    assert len(story.failures()) == 14
    differing = digest.verify(story.database, story.tenant, TALLY, progress=quietly)
    assert differing == ["count", "entry", digest.FAILURES]
    assert retry(story.database, story.tenant, TALLY) == (14, 0)
    assert digest.verify(story.database, story.tenant, TALLY, progress=quietly) == []


def test_two_retries_at_once_take_each_event_once(story: Story, following: Follow):
    """The second one folds nothing that the first has taken."""
    held, go = threading.Event(), threading.Event()

    def lame(event):
        held.set()
        go.wait(10)
        return TALLY.fold(event)

    def broken(event):
        raise ValueError

    with following(replace(TALLY, fold=broken)):
        story.await_position(TALLY, story.tell("a", "b", topic="counted"))
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(retry, story.database, story.tenant, replace(TALLY, fold=lame))
        held.wait(10)
        second = threads.submit(retry, story.database, story.tenant, TALLY)
        eventually(lambda: waiting(story) == 1)
        go.set()
        assert (first.result(10), second.result(10)) == ((2, 0), (0, 0))
    assert story.failures() == []
    assert digest.verify(story.database, story.tenant, TALLY, progress=quietly) == []


def waiting(story: Story) -> int:
    """How many wait for a lock to retry."""
    query = (
        b"SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FOR UPDATE%'"
    )
    with story.database.connection() as connection:
        return connection.execute(query).fetchall()[0][0]  # type: ignore[no-any-return]


def test_where_order_matters_a_retry_is_refused_and_names_the_rebuild(story: Story):
    with pytest.raises(OperatorError, match="lrs projections rebuild tally"):
        retry(story.database, story.tenant, replace(TALLY, ordered=True))


def test_a_switch_under_load_loses_no_read_and_no_event(
    story: Story, following: Follow, monkeypatch: pytest.MonkeyPatch
):
    """Readers come and go while builds are made, switched to and dropped; each sees all that it should."""
    monkeypatch.setattr(builds, "KEPT_SECONDS", 0.1)
    views = Views(story.database, [TALLY])
    stopping = threading.Event()
    seen: list[int] = []
    wrong: list[object] = []

    def read() -> None:
        last = 0
        try:
            while not stopping.is_set():
                with views.open(story.tenant, ["tally"]) as view:
                    time.sleep(0.005)
                    count, failed = len(texts(view)), story.failed_until(view.position)
                if view.position < last or count + failed != view.position:
                    wrong.append((last, view.position, count, failed))
                last = view.position
                seen.append(last)
        except Exception as error:
            wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    with following(TALLY), writing(story):
        story.await_position(TALLY, story.tell("first"))
        for each in readers:
            each.start()
        for _ in range(5):
            rebuild(story.database, story.tenant, TALLY, progress=quietly)
            time.sleep(0.2)
        stopping.set()
        for each in readers:
            each.join()
        eventually(lambda: prefixes(story) == ["tally_v6"])
    assert wrong == []
    assert len(seen) > 50


def test_tables_that_a_reader_has_chosen_are_not_dropped(
    story: Story, following: Follow, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(builds, "KEPT_SECONDS", -1.0)
    with following(TALLY):
        story.await_position(TALLY, story.tell("a"))
    views = Views(story.database, [TALLY])
    with views.open(story.tenant, ["tally"]) as view:
        rebuild(story.database, story.tenant, TALLY, progress=quietly)
        assert tidied(story) == []
        assert texts(view) == ["a"]
    assert tidied(story) == ["tally_v1"]
    assert prefixes(story) == ["tally_v2"]
    with views.open(story.tenant, ["tally"]) as view:  # what it read last is gone
        assert (view.tables["tally"], texts(view)) == ("tally_v2", ["a"])


def tidied(story: Story) -> list[str]:
    with story.database.connection() as connection:
        look = builds.look(connection, story.tenant)
        return [build.prefix for build in builds.tidy(connection, story.tenant, TALLY, look)]


def test_a_build_that_was_interrupted_is_gone_on_with(story: Story, following: Follow):
    story.tell(*map(str, range(2500)))
    with following(TALLY):
        story.await_position(TALLY, 2500)

    def interrupt(_: int, __: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(story.database, story.tenant, TALLY, progress=interrupt)
    newest, read = story.look().builds
    assert (newest.position, newest.finished, read.finished) == (1000, False, True)
    built = rebuild(story.database, story.tenant, TALLY, progress=quietly)
    assert (built.version, built.position) == (2, 2500)


def test_nobody_else_makes_the_same_build_meanwhile(story: Story, following: Follow):
    story.tell("a")
    with making(story.database, story.tenant, TALLY, until=lambda: 1, progress=quietly) as (follower, build):
        with pytest.raises(OperatorError, match="tally_v1 is being built by somebody else"):
            rebuild(story.database, story.tenant, TALLY, progress=quietly)
        follower.switch(build)
    assert story.position(TALLY) == 1


def test_programs_with_old_and_new_code_each_read_their_own(story: Story, following: Follow):
    """While servers are replaced one after the other, both are kept up to date."""
    with following(TALLY):
        story.await_position(TALLY, story.tell("a"))
        with following(NEXT):
            last = story.tell("b")
            for code in (TALLY, NEXT):
                story.await_position(code, last)
            last = story.tell("c")
            for code in (TALLY, NEXT):
                story.await_position(code, last)
    for code, prefix in ((TALLY, "tally_v1"), (NEXT, "tally_v2")):
        with Views(story.database, [code]).open(story.tenant, ["tally"]) as view:
            assert (view.tables["tally"], view.position) == (prefix, 3)


def test_programs_with_old_code_keep_their_build_where_nothing_happens(story: Story, following: Follow):
    with following(TALLY):
        story.await_position(TALLY, story.tell("a"))
        with following(NEXT):
            story.await_position(NEXT, 1)
            superseded(story, "tally_v1", hours=23)
            eventually(lambda: story.look().builds[1].superseded in (None, pytest.approx(0, abs=60)))
    superseded(story, "tally_v1", hours=25)
    with following(NEXT):
        eventually(lambda: prefixes(story) == ["tally_v2"])


def superseded(story: Story, prefix: str, *, hours: int) -> None:
    """It was not moved for so long."""
    query = (
        "UPDATE {tenant}.projection SET superseded = clock_timestamp() - %s * interval '1 hour'"
        " WHERE name || '_v' || version = %s"
    )
    with story.database.connection() as connection:
        connection.execute(sql.filled(query, story.tenant).encode(), [hours, prefix])


def test_a_view_is_at_a_position_that_all_have_reached(story: Story, following: Follow):
    other = replace(TALLY, name="slow")
    with following(TALLY, other):
        for code in (TALLY, other):
            story.await_position(code, 0)
        story.tell("a")
        for code in (TALLY, other):
            story.await_position(code, 1)
    with following(TALLY):
        story.await_position(TALLY, story.tell("b"))
    views = Views(story.database, [TALLY, other])
    assert (views.position(story.tenant, ["tally"]), views.position(story.tenant, ["tally", "slow"])) == (
        2,
        1,
    )
    first, second = story.log.read()
    with views.open(story.tenant, ["tally", "slow"]) as view:
        assert (view.position, view.time) == (1, first.stored)
    between = first.stored + timedelta(microseconds=1)
    for as_of, position in ((0, 0), (1, 1), (9, 2), (first.stored, 1), (between, 1), (second.stored, 2)):
        with views.open(story.tenant, ["tally"], as_of=as_of) as view:
            assert view.position == position


def test_what_is_not_built_or_not_there_says_so(story: Story):
    views = Views(story.database, [TALLY])
    with pytest.raises(NotBuilt, match="tally"):
        views.position(story.tenant, ["tally"])
    with pytest.raises(NotBuilt, match="tally"), views.open(story.tenant, ["tally"]):
        pass
    with pytest.raises(NotFound), views.open(story.tenant, ["nothing"]):
        pass
