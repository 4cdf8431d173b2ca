"""(e) How fast is a projection built from the log, and how far behind is it while statements come in?"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context

import psutil

from benchmarks import filling, requests, server
from benchmarks.ground import Ground
from benchmarks.ledger import LEDGER
from benchmarks.load import Job
from benchmarks.report import Column, Row, Table, milliseconds, whole
from benchmarks.run import Run
from benchmarks.statements import World
from lrs.database.pool import Database
from lrs.log.event_log import EventLog
from projections import found
from projections.projection import Projection
from projections.rebuild import rebuild
from projections.runner import Runner
from projections.status import status

STATEMENTS, QUICK_STATEMENTS = 1_000_000, 3_000
AT_LEAST, LEDGER_AT_LEAST = 20_000, 40_000
PER_SECOND, AT_ONCE = 2_000, 20
SECONDS, QUICK_SECONDS = 60, 3
SAMPLE_SECONDS, MOST_BEHIND = 0.02, 1000.0
MEBIBYTE = 1024 * 1024


def measure(run: Run) -> None:
    """Build each projection from a full log, then follow one that grows."""
    tenant = run.ground.tenant()
    world = World(QUICK_STATEMENTS if run.quick else STATEMENTS)
    filling.fill(run.ground, tenant, world, say=run.report.say)
    rows = [
        built(
            run,
            tenant,
            each,
            world.count,
            at_least=LEDGER_AT_LEAST if each is LEDGER else AT_LEAST,
        )
        for each in _projections()
    ]
    run.report.add(Table("rebuild", "Projections built from the log", _BUILT, rows))
    run.report.add(Table("lag", "Lag behind 2,000 statements a second", _LAG, [_followed(run)]))


def _projections() -> Sequence[Projection]:
    return (LEDGER, *found.projections())


def built(run: Run, tenant: str, projection: Projection, count: int, *, at_least: int) -> Row:
    """How fast it is built from a log of so many events."""
    process, memory = psutil.Process(), list[int]()
    run.ground.checkpoint()
    began = time.perf_counter()
    rebuild(
        run.ground.database,
        tenant,
        projection,
        progress=lambda _, __: memory.append(process.memory_info().rss),
    )
    return {
        "projection": projection.name,
        "rate": count / (time.perf_counter() - began),
        "asked": at_least,
        "growth": (max(memory) - memory[0]) / MEBIBYTE,
    }


def _followed(run: Run) -> Row:
    tenant = run.ground.tenant()
    seconds = QUICK_SECONDS if run.quick else SECONDS
    with (
        server.store(run.ground.url, workers=run.workers) as store,
        following(run.ground, tenant, _projections()),
    ):
        sent = requests.batches(run.ground.key(tenant), list(World(PER_SECOND * seconds).texts()), AT_ONCE)
        lags = list[float]()
        stopping = threading.Event()
        watching = threading.Thread(target=_watch, args=[run.ground.database, tenant, stopping, lags])
        watching.start()
        began = time.perf_counter()
        slices = [sent[at : at + 10] for at in range(0, len(sent), 10)]
        for number, some in enumerate(slices):
            run.send(Job(port=store.port, requests=some, clients=1))
            ahead = (number + 1) * 10 * AT_ONCE / PER_SECOND - (time.perf_counter() - began)
            time.sleep(max(0.0, ahead))
        took = time.perf_counter() - began
        stopping.set()
        watching.join()
    lags.sort()
    found_at = {name: lags[min(int(len(lags) * share), len(lags) - 1)] * 1000 for name, share in _SHARES}
    return {"rate": PER_SECOND * seconds / took, "samples": len(lags), **found_at}


def _watch(database: Database, tenant: str, stopping: threading.Event, lags: list[float]) -> None:
    while not stopping.wait(SAMPLE_SECONDS):
        lags.append(max((each.seconds for each in status(database, tenant)), default=0.0))


@contextmanager
def following(ground: Ground, tenant: str, projections: Sequence[Projection]) -> Iterator[None]:
    """What `lrs project` runs, for one tenant; it has built what there was when this begins."""
    process = get_context("spawn").Process(target=_follow, args=[ground.url, tenant, projections])
    process.start()
    try:
        while len([b for b in status(ground.database, tenant) if b.finished]) < len(projections):
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.join()


def rest(ground: Ground, tenant: str) -> None:
    """Wait until all of them have taken in everything."""
    head = EventLog(ground.database, tenant).head().position
    while any(build.position < head for build in status(ground.database, tenant) if build.finished):
        time.sleep(0.005)


def _follow(url: str, tenant: str, projections: Sequence[Projection]) -> None:
    with Database(url, pool_size=3) as database:
        runner = Runner(database, projections, lambda: [tenant])
        signal.signal(signal.SIGTERM, lambda *_: runner.stop())
        following = threading.Thread(target=runner.run)
        following.start()
        following.join()


_SHARES = (("p50", 0.5), ("p99", 0.99), ("most", 1.0))
_BUILT = [
    Column("projection", "projection"),
    Column("rate", "events/s", whole, at_least=AT_LEAST),
    Column("asked", "asked for", whole),
    Column("growth", "growth MiB", whole),
]
_LAG = [
    Column("rate", "statements/s", whole),
    Column("samples", "samples", whole),
    Column("p50", "p50 ms", milliseconds),
    Column("p99", "p99 ms", milliseconds, at_most=MOST_BEHIND),
    Column("most", "most ms", milliseconds),
]
