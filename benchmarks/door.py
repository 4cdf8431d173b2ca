"""(k) How much slower is ingest where profiles reject at the door?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks import profiles, requests, server
from benchmarks.load import Job
from benchmarks.report import Column, Row, Table, medians, ratio, whole
from benchmarks.run import Run
from benchmarks.server import Server
from lrs.profiling import adding

AT_LEAST = 0.8
COUNT, QUICK_COUNT, WARM_UP = 20_000, 1_000, 500
# So many statements a request, from so many clients.
WAYS = ((1, 16), (50, 4))


def measure(run: Run) -> None:
    """Each round: into a tenant without profiles, and into one with cmi5, video and scorm."""
    with server.store(run.ground.url, workers=run.workers) as store:
        rows = list(_rows(run, store))
    run.report.add(
        Table("door", "Ingest with profiles that reject, against ingest without", _COLUMNS, rows, _NOTE)
    )


def _rows(run: Run, store: Server) -> Iterator[Row]:
    count = QUICK_COUNT if run.quick else COUNT
    texts = profiles.declared(WARM_UP + count)
    for size, clients in WAYS:
        run.report.say(f"door: {size} a request, {clients} clients")
        rounds = [_round(run, store, texts, size, clients) for _ in run.rounds]
        yield {"batch": size, "clients": clients, **medians(rounds)}


def _round(run: Run, store: Server, texts: Sequence[bytes], size: int, clients: int) -> dict[str, Any]:
    open_rate, open_cpu = _ingest(run, store, _tenant(run), texts, size, clients)
    rate, cpu = _ingest(run, store, _tenant(run, *profiles.documents()), texts, size, clients)
    return {
        "ratio": rate / open_rate,
        "rate": rate,
        "open": open_rate,
        "cpu": cpu,
        "more": cpu - open_cpu,
    }


def _tenant(run: Run, *rejecting: Any) -> str:
    tenant = run.ground.tenant()
    if rejecting:
        sound = adding.sound(run.ground.database, tenant, rejecting)
        adding.add(run.ground.database, tenant, sound, by="benchmark", policy="reject")
    return tenant


def _ingest(
    run: Run, store: Server, tenant: str, texts: Sequence[bytes], size: int, clients: int
) -> tuple[float, float]:
    """Statements a second, and the microseconds of CPU that the server spent on each."""
    key = run.ground.key(tenant)
    warm_up, sent = (requests.batches(key, each, size) for each in (texts[:WARM_UP], texts[WARM_UP:]))
    run.send(Job(port=store.port, requests=warm_up, clients=clients))
    run.ground.checkpoint()
    cpu = store.cpu()
    outcome = run.send(Job(port=store.port, requests=sent, clients=clients))
    count = len(texts) - WARM_UP
    return count / outcome.seconds, (store.cpu() - cpu) / count * 1e6


_NOTE = (
    "Medians of the rounds, each of which stores without profiles first. Statements of cmi5 and of the video "
    "profile in turn, each of which names its profile and keeps to it. µs: CPU of the server, without "
    "PostgreSQL, for a statement, and how much of it is more than without profiles."
)
_COLUMNS = [
    Column("batch", "a request", whole),
    Column("clients", "clients", whole),
    Column("ratio", "of without", ratio, at_least=AT_LEAST),
    Column("rate", "statements/s", whole),
    Column("open", "without/s", whole),
    Column("cpu", "µs", whole),
    Column("more", "more µs", whole),
]
