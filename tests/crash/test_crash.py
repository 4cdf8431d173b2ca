"""Whatever is killed, at whatever moment: nothing acknowledged is lost, nothing is doubled, nobody helps."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from lrs.database import embedded
from tests.crash import verdict
from tests.crash.load import Documents, Statements, Writer
from tests.crash.store import KILLS, Kill, Store, kill_server, kill_worker

LOG = logging.getLogger("tests.crash")


def test_six_kills_lose_and_double_nothing(folder, seed):
    survive(folder, seed, kills=[*KILLS, kill_server], workers=1)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("workers", [1, 2])
def test_twenty_five_kills_lose_and_double_nothing(folder, seed, workers):
    kills = KILLS * 5 if workers == 1 else [*KILLS * 4, *[kill_worker] * 5]
    survive(folder, seed, kills=kills, workers=workers)


def survive(folder: Path, seed: str, *, kills: list[Kill], workers: int) -> None:
    """Write, kill at random moments, let it start again, and look at what is there."""
    random = Random(seed)  # noqa: S311  not a secret
    store = Store(folder, workers=workers)
    try:
        store.start()
        store.await_ready()
        statements = [Statements(store.url, f"{seed}/{size}", batch=size) for size in (50, 20, 1)]
        documents = [Documents(store.url, f"{seed}/documents"), Documents(store.url, f"{seed}/others")]
        with writing([*statements, *documents]):
            kill_all(store, random.sample(kills, len(kills)), random)
            time.sleep(1)
        summarize(statements, kills)
        verdict.check_answers([*statements, *documents])
        verdict.check_statements(store, statements, random)
        verdict.check_documents(documents)
        with embedded.running(store.data_dir) as url:
            verdict.check_log(url)
    finally:
        store.stop()


@contextmanager
def writing(writers: Sequence[Writer]) -> Iterator[None]:
    """All of them at once, without a pause."""
    for writer in writers:
        writer.start()
    yield
    for writer in writers:
        writer.stopping.set()
    for writer in writers:
        writer.join(timeout=90)
        assert not writer.is_alive()


def kill_all(store: Store, kills: list[Kill], random: Random) -> None:
    """Most of them while the store is busy, some while it has not yet recovered from the one before."""
    for kill in kills:
        time.sleep(random.uniform(0.2, 2))
        LOG.warning("%.2f %s", time.monotonic(), kill.__name__)
        kill(store)
        if not store.is_alive():
            store.start()
        if random.random() < 0.8:
            store.await_ready()
    store.await_ready()


def summarize(writers: list[Statements], kills: list[Kill]) -> None:
    """What a person wants to know of a run that failed (or of any: pytest -o log_cli=true)."""
    LOG.warning("%s", dict(Counter(kill.__name__ for kill in kills)))
    for writer in writers:
        LOG.warning(
            "%s: %d statements acknowledged, %d answers lost, %d requests left unanswered",
            writer.name,
            sum(len(request.ids) for request in writer.acknowledged),
            writer.lost_answers,
            len(writer.unanswered),
        )
    assert sum(writer.lost_answers for writer in writers) > 0, "the kills hit nothing"
