"""(d) How much room does a statement take, on the disk and in the server's memory?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks import requests, server
from benchmarks.load import Job
from benchmarks.report import Column, Row, Table, ratio, whole
from benchmarks.run import Run
from benchmarks.server import Server
from benchmarks.statements import World
from lrs.database import sql

STATEMENTS, QUICK_STATEMENTS = 50_000, 2_000
BATCH, CLIENTS, PAGES = 50, 4, 500
MEBIBYTE = 1024 * 1024
# A smaller table or index is left out.
SMALLEST = 32 * 1024
QUERIES = sql.Queries(__file__)


def measure(run: Run) -> None:
    """Store over HTTP, read, and look how large everything has become."""
    texts = list(World(QUICK_STATEMENTS if run.quick else STATEMENTS).texts())
    tenant = run.ground.tenant()
    wal = _wal(run, tenant)
    with server.store(run.ground.url, workers=run.workers) as store:
        memory = list(_memory(run, store, run.ground.key(tenant), texts))
    wal = _wal(run, tenant) - wal
    run.ground.settle(tenant)
    sent = sum(len(text) for text in texts)
    title = f"Bytes a statement on the disk, of {len(texts):,} statements"
    rows = list(_rows(run, tenant, len(texts), sent, wal))
    run.report.add(Table("disk", title, _DISK, rows))
    run.report.add(Table("memory", "Resident memory of the server", _MEMORY, memory))


def _memory(run: Run, store: Server, key: requests.Key, texts: Sequence[bytes]) -> Iterator[Row]:
    yield {"when": "started", "mebibytes": store.memory() / MEBIBYTE}
    run.send(Job(port=store.port, requests=requests.batches(key, texts, BATCH), clients=CLIENTS))
    yield {"when": f"{len(texts):,} statements stored", "mebibytes": store.memory() / MEBIBYTE}
    asked = [requests.get(key, {"limit": "100"})] * PAGES
    run.send(Job(port=store.port, requests=asked, clients=CLIENTS))
    yield {"when": f"{PAGES} pages of 100 read", "mebibytes": store.memory() / MEBIBYTE}


def _rows(run: Run, tenant: str, count: int, sent: int, wal: int) -> Iterator[Row]:
    def row(name: str, part: str, size: int) -> dict[str, Any]:
        return {"table": name, "part": part, "bytes": size, "each": size / count, "ratio": size / sent}

    yield row("raw JSON", "as it was sent", sent)
    sizes = _sizes(run, tenant)
    for name, part, size in sizes:
        yield row(name, part, size)
    yield row("all", "", sum(size for _, _, size in sizes))
    yield row("WAL", "written once, then reused", wal)


def _sizes(run: Run, tenant: str) -> list[tuple[str, str, int]]:
    with run.ground.database.connection() as connection:
        return connection.execute(QUERIES(tenant, "sizes"), {"least": SMALLEST}).fetchall()


def _wal(run: Run, tenant: str) -> int:
    with run.ground.database.connection() as connection:
        ((position,),) = connection.execute(QUERIES(tenant, "wal")).fetchall()
    return int(position)


_DISK = [
    Column("table", "table"),
    Column("part", "part"),
    Column("bytes", "bytes", whole),
    Column("each", "a statement", whole),
    Column("ratio", "of raw JSON", ratio),
]
_MEMORY = [Column("when", "when"), Column("mebibytes", "MiB", whole)]
