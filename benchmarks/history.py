"""(j) How quickly does a page of the history come, and what does it cost to note who reads what?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from benchmarks import filling, requests, server
from benchmarks.asking import Asker
from benchmarks.ground import Ground
from benchmarks.load import Job
from benchmarks.report import Column, Row, Table, milliseconds, ratio, whole
from benchmarks.requests import Key
from benchmarks.run import Run
from benchmarks.server import Server
from benchmarks.statements import World
from lrs.accesses.access_log import Access
from lrs.accesses.noting import Noting
from projections import found
from projections.learners import read
from projections.rebuild import rebuild
from projections.view import Views

STATEMENTS, QUICK_STATEMENTS = 200_000, 3_000
SECONDS, QUICK_SECONDS = 5.0, 0.5
LEARNERS = 200
CLIENTS = (1, 4, 16)
READ = ("history", "learners", "profiles", "catalogue", "cmi5", "transcript")
MOST_PAGE = 20.0


def measure(run: Run) -> None:
    """Fill a tenant, build what is read, then ask for pages, and read learners."""
    tenant = run.ground.tenant()
    filling.fill(run.ground, tenant, World(QUICK_STATEMENTS if run.quick else STATEMENTS), say=run.report.say)
    for name in READ:
        rebuild(run.ground.database, tenant, found.projection(name), progress=lambda *_: None)
    run.ground.settle(tenant)
    key, learners = run.ground.key(tenant), _learners(run.ground, tenant)
    with server.store(run.ground.url, workers=run.workers) as store:
        pages = [_page(run, store, key, *each) for each in _questions(store, key, tenant, learners)]
        run.report.add(Table("history", "Pages of 100 of the history, one client", _PAGES, pages))
        reads = list(_reads(run, store, key, tenant, learners))
    run.report.add(Table("accesses", "Learners read by several at once", _READS, reads, _NOTE))


def _learners(ground: Ground, tenant: str) -> list[str]:
    with Views(ground.database, found.projections()).open(tenant, ["learners"]) as view:
        return [str(learner) for learner, _ in read.page(view, limit=LEARNERS)]


def _questions(
    store: Server, key: Key, tenant: str, learners: Sequence[str]
) -> Iterator[tuple[str, list[dict[str, str]]]]:
    with Asker(store, key) as client:
        newest = client.get("/audit/history")["entries"]
    yield "newest", [{}]
    yield "the next page", [{"from": f"{newest[0]['position']}.{newest[-1]['position']}"}]
    yield "of a learner", [{"learner": each} for each in learners]
    yield "of a learner, by a key", [{"learner": each, "by": tenant} for each in learners]
    yield "by a key", [{"by": tenant}]
    yield "of a statement", [{"statement": each["statement"]} for each in newest if each["statement"]]
    yield "of a rare kind", [{"topic": "key-issued"}]


def _page(run: Run, store: Server, key: Key, name: str, asked: Sequence[dict[str, str]]) -> Row:
    paths = [f"/audit/history?{urlencode(each)}" for each in asked]
    return {"page": name, **_times(run, store, key, paths, 1)}


def _reads(
    run: Run, store: Server, key: Key, tenant: str, learners: Sequence[str]
) -> Iterator[dict[str, Any]]:
    for kind in ("", "/transcript"):
        for clients in CLIENTS:
            paths = [f"/learners/{each}{kind}" for each in learners]
            read = _times(run, store, key, paths, clients)
            alone = asyncio.run(_noted(run, tenant, clients))
            yield {
                "read": f"/learners/…{kind}",
                "clients": clients,
                **read,
                **alone,
                "share": alone["note"] / read["p50"],
            }


def _times(run: Run, store: Server, key: Key, paths: Sequence[str], clients: int) -> dict[str, float]:
    seconds = QUICK_SECONDS if run.quick else SECONDS
    sent = [requests.read(key, path) for path in paths]
    outcome = run.send(Job(port=store.port, requests=sent, clients=clients, seconds=seconds, again=True))
    shares = {"p50": outcome.milliseconds(0.5), "p95": outcome.milliseconds(0.95)}
    return {"rate": outcome.rate, **shares}


async def _noted(run: Run, tenant: str, clients: int) -> dict[str, float]:
    """How long it takes to note something, and nothing else, for so many at once."""
    noting, took = Noting(run.ground.database), list[float]()
    until = time.perf_counter() + (QUICK_SECONDS if run.quick else SECONDS) / 2

    async def one() -> None:
        while (began := time.perf_counter()) < until:
            await noting.note(tenant, Access("benchmarks", "GET /learners"))
            took.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*[one() for _ in range(clients)])
    return {"note": sorted(took)[len(took) // 2]}


_NOTE = "Note: how long it takes to note an access and nothing else, for as many at once."
_TIMES = [
    Column("rate", "reads/s", whole),
    Column("p50", "p50 ms", milliseconds),
]
_PAGES = [Column("page", "page"), *_TIMES, Column("p95", "p95 ms", milliseconds, at_most=MOST_PAGE)]
_READS = [
    Column("read", "read"),
    Column("clients", "clients", whole),
    *_TIMES,
    Column("p95", "p95 ms", milliseconds),
    Column("note", "note p50 ms", milliseconds),
    Column("share", "note : read", ratio),
]
