"""(g) How quickly is a competency map read, and how fast are its facts made?"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from benchmarks import filling, practice, projections, requests, server
from benchmarks.asking import Asker
from benchmarks.ground import HOME_PAGE, Ground
from benchmarks.load import Job
from benchmarks.practice import OneMore, Practice
from benchmarks.report import Column, Row, Table, milliseconds, ratio, whole
from benchmarks.requests import Key
from benchmarks.run import Run
from benchmarks.server import Server
from lrs.auth.keys import key_authority
from lrs.log.event_log import EventLog
from lrs.registrar import catalogue, frameworks
from lrs.xapi import actor
from projections import found

# Half of the learners practise a quarter of the skills, the others all of them.
SPREAD = (450, 1800)
LEARNERS, QUICK_LEARNERS = 20, 4
ANSWERS, QUICK_ANSWERS = 5_000, 200
SECONDS, QUICK_SECONDS = 8.0, 0.2
CLIENTS = (1, 4)
ROUNDS, QUICK_ROUNDS = 40, 2
AT_LEAST, MOST = 10_000, 30.0


def measure(run: Run) -> None:
    """Fill a tenant, build, then read."""
    tenant = run.ground.tenant()
    learning = Practice(
        QUICK_LEARNERS if run.quick else LEARNERS, QUICK_ANSWERS if run.quick else ANSWERS, SPREAD
    )
    _prepare(run.ground, tenant)
    filling.fill(run.ground, tenant, learning, say=run.report.say)
    (mapped,) = [each for each in found.projections() if each.name == "competencies"]
    built = projections.built(run, tenant, mapped, learning.count, at_least=AT_LEAST)
    run.report.add(Table("facts", "Facts of competency maps made from the log", _BUILT, [built]))
    with (
        server.store(run.ground.url, workers=run.workers) as store,
        projections.following(run.ground, tenant, found.projections()),
    ):
        run.ground.settle(tenant)
        rows = list(_reads(run, store, run.ground.key(tenant), learning))
        key = run.ground.key(tenant)
        rows += [_after_news(run, store, key, tenant, learning, number) for number in range(len(SPREAD))]
        run.report.add(Table("maps", _TITLE, _COLUMNS, rows, _NOTE))


def _prepare(ground: Ground, tenant: str) -> None:
    """A provider that is trusted, and the framework."""
    trusted = {"name": "Practice", "trust": "approved", "authorities": [key_authority(HOME_PAGE, tenant)]}
    catalogue.adopt(ground.database, tenant, {"providers": {"practice": trusted}}, by="benchmarks")
    package = frameworks.checked(practice.package())
    frameworks.adopt(ground.database, tenant, [package], by="benchmarks")


def _reads(run: Run, store: Server, key: Key, learning: Practice) -> Iterator[Row]:
    for number, spread in enumerate(SPREAD):
        own = [_path(learning, each) for each in range(number, learning.learners, len(SPREAD))]
        maps, frontiers = ([f"{each}/{what}" for each in own] for what in ("competencies", "frontier"))
        for name, paths, clients, again in (
            ("map first", maps, 1, False),
            *(("map again", maps, many, True) for many in CLIENTS),
            ("frontier", frontiers, 1, True),
        ):
            run.report.say(f"competencies: {name} of {spread:,} skills, {clients} clients")
            row = _read(run, store, key, paths, clients, again=again)
            yield {"read": name, "spread": spread, "clients": clients, **row}


def _read(
    run: Run, store: Server, key: Key, paths: Sequence[str], clients: int, *, again: bool
) -> dict[str, Any]:
    """Each of these once; or `again`, in turn, so that two readings of one are far apart."""
    sent = [requests.read(key, path) for path in paths]
    job = Job(port=store.port, requests=sent, clients=clients)
    if again:
        job = replace(job, seconds=QUICK_SECONDS if run.quick else SECONDS, again=True)
    before = store.cpu()
    outcome = run.send(job)
    p95 = outcome.milliseconds(0.95)
    return {
        "p50": outcome.milliseconds(0.5),
        "p95": p95,
        "asked": MOST,
        "of_asked": p95 / MOST,
        "rate": outcome.rate,
        "kilobytes": outcome.received / len(outcome.latencies) / 1000,
        "cpu": (store.cpu() - before) / len(outcome.latencies) * 1000,
    }


def _after_news(run: Run, store: Server, key: Key, tenant: str, learning: Practice, number: int) -> Row:
    """The map of one learner, to whom one more answer has come before each reading; read by one client.

    All projections have taken it in before: on two cores they and the reading would wait for each other.
    """
    run.report.say("competencies: map after news")
    hers, another = (_path(learning, each) for each in (number, number + len(SPREAD)))
    log, taken, before = EventLog(run.ground.database, tenant), list[float](), store.cpu()
    with Asker(store, key) as client:
        for more in range(QUICK_ROUNDS if run.quick else ROUNDS):
            answer = OneMore(learning, learning.count * (number + 1) + more, number)
            filling.add(run.ground, tenant, answer, say=lambda _: None)
            client.get(f"{another}/frontier?item={practice.identifier(1)}&after={log.head().position}")
            projections.rest(run.ground, tenant)
            began = time.perf_counter()
            client.read(f"{hers}/competencies")
            taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    p95 = taken[int(len(taken) * 0.95)]
    figures = {"p50": taken[len(taken) // 2], "p95": p95, "asked": MOST, "of_asked": p95 / MOST}
    cpu = (store.cpu() - before) / len(taken) * 1000
    unknown = {"rate": None, "kilobytes": None}
    return {
        "read": "map after news",
        "spread": SPREAD[number],
        "clients": 1,
        **figures,
        **unknown,
        "cpu": cpu,
    }


def _path(learning: Practice, learner: int) -> str:
    return f"/learners/{actor.own_learner(str(actor.ifi(learning.agent(learner))))}"


_TITLE = "Competency maps of learners with 5,000 answers, on a framework of 2,020 items"
_NOTE = (
    "Server CPU: of its processes, without PostgreSQL, for one map; after news for another's frontier too. "
    "Made anew: ten first maps, of which the server knows nothing, frontiers, and what news are about."
)
_BUILT = [
    Column("projection", "projection"),
    Column("rate", "events/s", whole, at_least=AT_LEAST),
    Column("asked", "asked for", whole),
    Column("growth", "growth MiB", whole),
]
_COLUMNS = [
    Column("read", "what"),
    Column("spread", "skills", whole),
    Column("clients", "clients", whole),
    Column("p50", "p50 ms", milliseconds),
    Column("p95", "p95 ms", milliseconds),
    Column("asked", "asked for", whole),
    Column("of_asked", "p95 : asked", ratio, at_most=1.0),
    Column("rate", "reads/s", whole),
    Column("kilobytes", "kB", whole),
    Column("cpu", "server CPU ms", milliseconds),
]
