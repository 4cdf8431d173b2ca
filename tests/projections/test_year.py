"""A family's year through the engine: followed, made anew and looked back at, it is the same to the byte."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from itertools import groupby
from uuid import uuid4

import orjson
import pytest

from demo import office
from demo.statements import Json
from demo.year import year
from lrs.auth import tenants
from lrs.cli.asking import ask
from lrs.database.pool import Database
from lrs.errors import NotBuilt
from lrs.log.event_log import EventLog
from lrs.registrar import learners
from lrs.replaying.replay import replay
from projections import digest, found
from projections.rebuild import rebuild
from projections.runner import Runner
from projections.view import Views
from tests.demo import expected
from tests.projections.engine import process
from tests.projections.stored import store
from tests.replaying.stores import another

NAMES = tuple(each.name for each in found.projections())
PATHS = (
    f"/learners/{office.MIRA}/transcript", f"/learners/{office.INES_SANTOS}/transcript", "/learners",
    f"/learners/{office.MIRA}/identifiers", "/learners/suggestions", "/catalogue",
    f"/learners/{office.MIRA}/competencies", f"/learners/{office.MIRA}/frontier",
)  # fmt: skip
STAGES = 5
AT_SCHOOL, _ = office.PEOPLE[0][2][2]
LINK = {"identifier": {"account": AT_SCHOOL["account"]}, "reason": "moved to and fro"}

Seen = dict[int, list[Json]]


def said() -> Iterator[tuple[Json, list[Json]]]:
    """All of the year as it went, with whose word it is; one place after the other in each stage of it."""
    everything = [(each, place) for place, several in year().items() for each in several]
    everything.sort(key=lambda one: str(one[0]["timestamp"]))
    for place, several in groupby(everything, key=lambda one: one[1]):
        yield place.authority, [statement for statement, _ in several]


def stages(database: Database, tenant: str) -> Iterator[None]:
    """Fill a tenant with the year, bit by bit; an identifier comes and goes and comes again."""
    office.open_the_year(database, tenant)
    everything = list(said())
    size = len(everything) // STAGES + 1
    for number in range(STAGES):
        store(database, tenant, everything[number * size : (number + 1) * size])
        if number == 2:
            learners.unlink(database, tenant, office.MIRA, LINK, by=office.REGISTRAR)
        if number == 3:
            learners.link(database, tenant, office.MIRA, LINK, by=office.REGISTRAR)
        yield
    office.close_the_year(database, tenant)
    yield


def read(database: Database, tenant: str, as_of: int | None = None) -> list[Json]:
    return [ask(database, tenant, path, as_of=as_of) for path in PATHS]


def await_all(database: Database, tenant: str) -> int:
    """Wait until all have taken in the whole log; where that is."""
    head = EventLog(database, tenant).head().position
    views, until = Views(database, found.projections()), time.monotonic() + 60
    while reached(views, tenant) < head:
        assert time.monotonic() < until
        time.sleep(0.02)
    return head


def reached(views: Views, tenant: str) -> int:
    try:
        return views.position(tenant, NAMES)
    except NotBuilt:
        return 0


@pytest.fixture(scope="module")
def followed(database: Database) -> tuple[str, Seen]:
    """A tenant with the year, and what was read at each stage of it when that was now."""
    tenant = f"t{uuid4().hex[:12]}"
    tenants.create(database, tenant)
    runner = Runner(database, [found.projection(name) for name in NAMES], lambda: [tenant])
    following = threading.Thread(target=runner.run)
    following.start()
    seen = {}
    try:
        for _ in stages(database, tenant):
            position = await_all(database, tenant)
            seen[position] = read(database, tenant)
    finally:
        runner.stop()
        following.join()
    return tenant, seen


def quietly(*_: int) -> None:
    """Nobody looks on."""


def test_what_a_runner_followed_is_what_was_reckoned_by_hand(followed: tuple[str, Seen]):
    _, seen = followed
    mira, ines, *_ = seen[max(seen)]
    assert expected.transcript(mira) == expected.MIRA
    assert expected.transcript(ines) == expected.INES


def test_to_look_back_is_to_see_what_was_seen_then(database: Database, followed: tuple[str, Seen]):
    tenant, seen = followed
    assert len({str(said) for said in seen.values()}) == STAGES + 1
    for position, then in seen.items():
        assert read(database, tenant, position) == then


@pytest.mark.parametrize("name", NAMES)
def test_a_new_build_has_the_same_bytes(database: Database, followed: tuple[str, Seen], name: str):
    tenant, _ = followed
    assert digest.verify(database, tenant, found.projection(name), progress=quietly) == []


def test_what_is_made_anew_tells_the_same_of_every_moment(database: Database, followed: tuple[str, Seen]):
    tenant, seen = followed
    for name in NAMES:
        rebuild(database, tenant, found.projection(name), progress=quietly)
    for position, then in seen.items():
        assert read(database, tenant, position) == then
    assert read(database, tenant) == seen[max(seen)]


def test_a_replay_tells_what_was_told_then(database: Database, followed: tuple[str, Seen]):
    """A store that was replayed to a moment says what as_of that moment says."""
    tenant, seen = followed
    for position in sorted(seen)[1:4:2]:
        with another(database) as other:
            tenants.create(other, tenant)
            replay(EventLog(database, tenant), EventLog(other, tenant), until=position, progress=quietly)
            for name in NAMES:
                rebuild(other, tenant, found.projection(name), progress=quietly)
            assert orjson.dumps(read(other, tenant)) == orjson.dumps(read(database, tenant, position))


@pytest.mark.long
def test_killed_runners_make_what_a_new_build_makes(database: Database, tenant: str):
    """They are killed at random points while the year goes by; the next one goes on."""
    stopping = threading.Event()
    kills = []

    def kill() -> None:
        while not stopping.is_set():
            runner = process.start(database.conninfo, tenant, *NAMES)
            time.sleep(random.random())  # noqa: S311
            runner.kill()
            runner.wait()
            kills.append(runner)

    office.open_the_year(database, tenant)
    killing = threading.Thread(target=kill)
    killing.start()
    try:
        for authority, several in said():
            for each in several:
                store(database, tenant, [(authority, [each])])
                time.sleep(0.02)
        office.close_the_year(database, tenant)
    finally:
        stopping.set()
        killing.join()
    last = process.start(database.conninfo, tenant, *NAMES)
    await_all(database, tenant)
    last.terminate()
    assert last.wait(20) == 0
    assert len(kills) > 3
    mira, ines, *_ = read(database, tenant)
    assert (expected.transcript(mira), expected.transcript(ines)) == (expected.MIRA, expected.INES)
    for name in NAMES:
        assert digest.verify(database, tenant, found.projection(name), progress=quietly) == []
