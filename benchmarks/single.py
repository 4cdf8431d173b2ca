"""(b) How near do single POSTs come to an empty server, and to the commit rate of the database?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks import requests, server
from benchmarks.commits import Commits
from benchmarks.load import Job, Outcome
from benchmarks.report import Column, Row, Table, medians, milliseconds, ratio, whole
from benchmarks.run import Run
from benchmarks.server import Server
from benchmarks.statements import World

AT_LEAST = 0.3
CLIENTS = (1, 16)
SECONDS, QUICK_SECONDS = 4, 1
WARM_UP = 500
# More than the server stores in that time on two cores; where it does more, the load ends early.
MOST_A_SECOND = 12_000
STATEMENT_BYTES = 1250


def measure(run: Run) -> None:
    """Each round: the store, the echo, pgbench."""
    commits = Commits(run.ground)
    with (
        server.store(run.ground.url, workers=run.workers) as store,
        server.echo(workers=run.workers) as echo,
    ):
        rows = list(_rows(run, store, echo, commits))
    run.report.add(
        Table("single", "Single POST against an empty server and against commits", _COLUMNS, rows, _NOTE)
    )


def _rows(run: Run, store: Server, echo: Server, commits: Commits) -> Iterator[Row]:
    for clients in CLIENTS:
        run.report.say(f"single: {clients} clients")
        rounds = [_round(run, store, echo, commits, clients) for _ in run.rounds]
        yield {"clients": clients, **medians(rounds)}


def _round(run: Run, store: Server, echo: Server, commits: Commits, clients: int) -> dict[str, Any]:
    seconds = QUICK_SECONDS if run.quick else SECONDS
    key = run.ground.key(run.ground.tenant())
    posts = [requests.post(key, text) for text in World(MOST_A_SECOND * seconds).texts()]
    warm_up, posts = posts[:WARM_UP], posts[WARM_UP:]
    run.send(Job(port=store.port, requests=warm_up, clients=clients))
    run.ground.checkpoint()
    stored, cpu = _sent(run, store, Job(port=store.port, requests=posts, clients=clients, seconds=seconds))
    again = Job(port=echo.port, requests=warm_up, clients=clients, seconds=seconds, again=True)
    empty, echo_cpu = _sent(run, echo, again)
    rate = commits.rate(clients=clients, seconds=seconds, size=STATEMENT_BYTES)
    return {
        "ratio": stored.rate / empty.rate,
        "of_commits": stored.rate / rate if rate else None,
        "rate": stored.rate,
        "echo": empty.rate,
        "commits": rate,
        "p50": stored.milliseconds(0.5),
        "p95": stored.milliseconds(0.95),
        "p99": stored.milliseconds(0.99),
        "cpu": cpu,
        "echo_cpu": echo_cpu,
        "load_cpu": stored.cpu / stored.seconds,
    }


def _sent(run: Run, to: Server, job: Job) -> tuple[Outcome, float]:
    """What came of a job, and the microseconds of CPU that the server spent on a request."""
    before = to.cpu()
    outcome = run.send(job)
    return outcome, (to.cpu() - before) / len(outcome.latencies) * 1e6


_NOTE = (
    "Medians of the rounds. Echo: a bare Starlette route that reads the same body and answers a short JSON. "
    f"Commits: pgbench, one INSERT of {STATEMENT_BYTES:,} bytes a transaction. "
    "Server and echo µs: CPU that their processes, without PostgreSQL, spent on a request."
)
_COLUMNS = [
    Column("clients", "clients", whole),
    Column("ratio", "of echo", ratio, at_least=AT_LEAST),
    Column("of_commits", "of commits", ratio),
    Column("rate", "POST/s", whole),
    Column("echo", "echo/s", whole),
    Column("commits", "commits/s", whole),
    Column("p50", "p50 ms", milliseconds),
    Column("p95", "p95 ms", milliseconds),
    Column("p99", "p99 ms", milliseconds),
    Column("cpu", "server µs", whole),
    Column("echo_cpu", "echo µs", whole),
    Column("load_cpu", "load cores", ratio),
]
