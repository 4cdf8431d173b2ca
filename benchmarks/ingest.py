"""(a) How near does batch ingest over HTTP come to COPY of the same rows?"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks import copying, requests, server
from benchmarks.load import Job
from benchmarks.report import Column, Row, Table, medians, milliseconds, ratio, whole
from benchmarks.run import Run
from benchmarks.server import Server
from benchmarks.statements import World

AT_LEAST = 0.25
STATEMENTS, QUICK_STATEMENTS, WARM_UP = 20_000, 2_000, 500
BATCHES, CLIENTS = (50, 500), (1, 4)
REAL = Path(__file__).parents[2] / "shared" / "data" / "statements" / "ralph_funmooc_video_22000.jsonl.gz"


@dataclass(frozen=True, slots=True)
class Input:
    """What is stored: statements, and by which version's rules."""

    name: str
    texts: list[bytes]
    version: str


def measure(run: Run) -> None:
    """Every combination of input, batch size and clients; each round stores first and copies then."""
    with server.store(run.ground.url, workers=run.workers) as store:
        rows = list(_rows(run, store))
    run.report.add(
        Table("ingest", "Batch ingest over HTTP against COPY of the same rows", _COLUMNS, rows, _NOTE)
    )


def _rows(run: Run, store: Server) -> Iterator[Row]:
    for given in _inputs(QUICK_STATEMENTS if run.quick else STATEMENTS):
        for size in BATCHES:
            for clients in CLIENTS:
                run.report.say(f"ingest: {given.name}, {size} a request, {clients} clients")
                rounds = [_round(run, store, given, size, clients) for _ in run.rounds]
                yield {"input": given.name, "batch": size, "clients": clients, **medians(rounds)}


def _inputs(count: int) -> Iterator[Input]:
    yield Input("generated", list(World(count).texts()), "2.0.0")
    if REAL.exists():
        with gzip.open(REAL) as lines:
            yield Input("real (video)", [line.strip() for line in islice(lines, count)], "1.0.3")


def _round(run: Run, store: Server, given: Input, size: int, clients: int) -> dict[str, Any]:
    tenant = run.ground.tenant()
    key = run.ground.key(tenant)
    warm_up = requests.batches(key, list(World(WARM_UP).texts(seed=1)), size)
    run.send(Job(port=store.port, requests=warm_up, clients=clients))
    sent = requests.batches(key, given.texts, size, version=given.version)
    run.ground.checkpoint()
    cpu = store.cpu()
    outcome = run.send(Job(port=store.port, requests=sent, clients=clients))
    cpu = store.cpu() - cpu
    rate = len(given.texts) / outcome.seconds
    limit = (len(given.texts) + WARM_UP) / copying.seconds(run.ground, tenant)
    return {
        "ratio": rate / limit,
        "rate": rate,
        "copy": limit,
        "p50": outcome.milliseconds(0.5),
        "p95": outcome.milliseconds(0.95),
        "server_cpu": cpu / outcome.seconds,
        "load_cpu": outcome.cpu / outcome.seconds,
    }


_NOTE = (
    "Medians of the rounds. COPY: binary, one connection, one commit, the rows that the ingest made. "
    "Cores are those that the server and the load generator kept busy."
)
_COLUMNS = [
    Column("input", "statements"),
    Column("batch", "a request", whole),
    Column("clients", "clients", whole),
    Column("ratio", "of COPY", ratio, at_least=AT_LEAST),
    Column("rate", "statements/s", whole),
    Column("copy", "COPY/s", whole),
    Column("p50", "p50 ms", milliseconds),
    Column("p95", "p95 ms", milliseconds),
    Column("server_cpu", "server cores", ratio),
    Column("load_cpu", "load cores", ratio),
]
