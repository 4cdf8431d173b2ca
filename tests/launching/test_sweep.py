"""What nobody ended is abandoned, and what a crash kept from being said is said later, once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from lrs.auth.keys import Keys
from lrs.database.pool import Database
from lrs.errors import NotAllowed
from lrs.launching.launching import Launching
from lrs.launching.sweep import Sweep
from lrs.store.documents import Documents
from lrs.store.statements import Statements
from tests.client import Client
from tests.cmi5.samples import an_au
from tests.launching.unit import Platform


@contextmanager
def launching(database: Database) -> Iterator[Launching]:
    """Another process of the store."""
    statements = Statements(database, max_waiting=100)
    try:
        yield Launching(database, Keys(database), statements, Documents(database, keep_replaced=False))
    finally:
        statements.close()


@pytest.fixture
def platform(server_url: str, lrs: Client) -> Platform:
    made = Platform(server_url, lrs)
    made.imports(an_au(moveOn="Passed"))
    return made


@pytest.fixture
def sweep(database: Database, tenant: str) -> Callable[..., None]:
    """Look after the sessions, as if so many seconds had passed."""

    def look(*, silent: int = 3600, half_done: int = 0) -> None:
        with launching(database) as found:
            asyncio.run(Sweep(found, session_seconds=silent).once(tenant, half_done_seconds=half_done))

    return look


def until(so: Callable[[], bool]) -> None:
    """Servers hear of a revoked key a moment later."""
    end = time.monotonic() + 10
    while not so():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_silent_session_is_abandoned_once(platform: Platform, sweep: Any) -> None:
    unit = platform.launches().begins()
    sweep()
    assert platform.said(unit.registration) == ["launched", "initialized"]
    for _ in range(2):
        sweep(silent=0)
    assert platform.said(unit.registration) == ["launched", "initialized", "abandoned"]
    until(lambda: unit.says("passed").status_code == 401)
    assert unit.fetches()["error-code"] == "1"


def test_a_terminated_session_keeps_its_key_for_a_while_only(
    platform: Platform, sweep: Any, database: Database, tenant: str, monkeypatch: Any
) -> None:
    unit = platform.launches().begins()
    unit.says("terminated").raise_for_status()
    sweep(silent=0)
    assert unit.state("bookmark").status_code == 404
    monkeypatch.setattr("lrs.launching.sweep.GRACE_SECONDS", 0)
    sweep(silent=0)
    until(lambda: unit.state("bookmark").status_code == 401)
    assert platform.said(unit.registration) == ["launched", "initialized", "terminated"]


def test_what_a_crash_kept_from_being_said_is_said_later(
    platform: Platform, sweep: Any, database: Database, tenant: str
) -> None:
    unit = platform.launches().begins()
    passed = unit.makes("passed")
    with launching(database) as found:
        session = unit.launched["session"]
        found.sessions.hear(tenant, session)
        platform.lrs.post(passed)
    assert platform.said(unit.registration)[-1] == "passed"
    for _ in range(2):
        sweep()
    assert platform.said(unit.registration) == ["launched", "initialized", "passed", "satisfied"]


def test_an_abandonment_that_a_crash_kept_from_being_said_is_said_later(
    platform: Platform, sweep: Any, database: Database, tenant: str
) -> None:
    unit = platform.launches().begins()
    with launching(database) as found:
        assert found.sessions.abandon_silent(tenant, seconds=0) == [unit.launched["session"]]
        with pytest.raises(NotAllowed):
            found.sessions.hear(tenant, unit.launched["session"])
    assert unit.says("passed").status_code == 403
    sweep()
    assert platform.said(unit.registration) == ["launched", "initialized", "abandoned"]


def test_two_processes_that_settle_at_once_say_it_once(
    platform: Platform, database: Database, tenant: str
) -> None:
    unit = platform.launches().begins()
    platform.lrs.post(unit.makes("passed"))

    async def both() -> None:
        with launching(database) as one, launching(database) as other:
            session = unit.launched["session"]
            await asyncio.gather(*(each.settle(tenant, session) for each in (one, other, one)))

    asyncio.run(both())
    assert platform.said(unit.registration).count("satisfied") == 1
