"""Whatever is killed while a learner is erased: she is, or she is not, and the same order finishes it."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import pytest

from lrs.auth import tenants
from lrs.database import embedded
from lrs.database.pool import Database
from projections import digest, found
from tests.client import Client
from tests.conftest import a_key
from tests.crash.erasing import Command, Learner, Post, School
from tests.crash.store import KEY, KILLS, SECRET, Kill, Store
from tests.erasure.test_learner import build_all, quietly

LOG = logging.getLogger("tests.crash")
# How long an erasure lasts here, and what comes after it.
MOST_SECONDS = 0.4


def test_a_killed_command_has_erased_all_or_nothing(lrs, database, database_url, tenant, seed):
    """Three kills, in the first, the second and the last third of the time that it takes."""
    school = School(lrs, database, tenant, ["--database-url", database_url])
    build_all(database, tenant)
    seconds, random = undisturbed(school), Random(seed)  # noqa: S311  not a secret
    for third in range(3):
        school.plan(learner := school.admit())
        command = Command(school.command(learner))
        command.begin()
        time.sleep((third + random.random()) / 3 * seconds)
        command.kill()
        LOG.warning("killed in third %d of %.2f s: %s", third, seconds, school.is_erased(learner))
        school.check()
        school.order_again(learner)
    check_all(school)


def undisturbed(school: School) -> float:
    """How long it takes when nobody is killed."""
    school.plan(learner := school.admit())
    command = Command(school.command(learner))
    began = time.monotonic()
    command.begin()
    command.end()
    assert school.is_erased(learner)
    return time.monotonic() - began


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_twenty_kills_of_everything_erase_all_or_nothing(folder, seed, monkeypatch):
    """Of the command, the server and PostgreSQL, while both order it, and a runner follows."""
    monkeypatch.setenv("LRS_PROJECT", "true")
    random, store, seen = Random(seed), Store(folder), Counter[tuple[str, bool]]()  # noqa: S311
    try:
        store.start()
        store.await_ready()
        with opened(store) as school:
            key = a_key(school.database, school.tenant, "erasure")
        for kill in random.sample(KILLS * 3, 15) + [None] * 5:
            with opened(store) as school:
                school.plan(learner := school.admit())
                command = Command(school.command(learner))
            by_http = kill is not None and random.random() < 0.5
            strike(store, Post(store.url, key, learner) if by_http else command, kill, random)
            command.kill()
            seen[(kill.__name__ if kill else "command", recovered(store, learner))] += 1
        LOG.warning("%s", dict(seen))
        with opened(store) as school:
            check_all(school)
    finally:
        store.stop()


@contextmanager
def opened(store: Store) -> Iterator[School]:
    """The store at this moment."""
    with (
        embedded.running(store.data_dir) as url,
        Database(url) as database,
        Client(store.url, KEY, SECRET) as lrs,
    ):
        yield School(lrs, database, tenants.DEFAULT, ["--data-dir", str(store.data_dir)])


def strike(store: Store, order: Command | Post, kill: Kill | None, random: Random) -> None:
    """At a random moment of the erasure; the store starts again without help."""
    order.begin()
    time.sleep(random.uniform(0, MOST_SECONDS))
    if kill:
        kill(store)
    elif isinstance(order, Command):
        order.kill()
    if not store.is_alive():
        store.start()
    order.end()
    store.await_ready()


def recovered(store: Store, learner: Learner) -> bool:
    """Whether she is erased; then the order is given again."""
    with opened(store) as school:
        erased = school.is_erased(learner)
        school.check()
        school.order_again(learner)
    return erased


def check_all(school: School) -> None:
    """Projections too are what the log says."""
    school.check()
    for each in found.projections():
        assert digest.verify(school.database, school.tenant, each, progress=quietly) == [], each.name
