"""(c) How quickly is every kind of query answered, and how much slower is that in a large store?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import filling, plans, questions, requests, server
from benchmarks.load import Job, Outcome
from benchmarks.questions import Asker, Kind
from benchmarks.report import Column, Row, Table, milliseconds, ratio, whole
from benchmarks.requests import Key
from benchmarks.run import Run
from benchmarks.server import Server
from benchmarks.statements import World

SIZES, QUICK_SIZES = (20_000, 1_000_000), (2_000, 20_000)
CLIENTS = 4
SECONDS, QUICK_SECONDS = 3.0, 0.3
EXPLAINED = 40
VOIDING_EVERY = 1000
MOST_MILLISECONDS, MOST_TIMES = 10.0, 1.5


@dataclass(frozen=True, slots=True)
class Filled:
    """A tenant that holds a world's statements, and a key to it."""

    tenant: str
    key: Key
    world: World


def measure(run: Run) -> None:
    """Fill two tenants, then ask both the same kinds of questions, in turns."""
    small, large = (_fill(run, size) for size in (QUICK_SIZES if run.quick else SIZES))
    with server.store(run.ground.url, workers=run.workers) as store:
        rows = list(_rows(run, store, small, large))
    title = f"Queries with {CLIENTS} clients at {small.world.count:,} and at {large.world.count:,} statements"
    run.report.add(Table("queries", title, _COLUMNS, rows, _NOTE))
    if run.explain:
        for filled in (small, large):
            _explain(run, filled)


def _fill(run: Run, size: int) -> Filled:
    tenant = run.ground.tenant()
    filled = Filled(tenant, run.ground.key(tenant), World(size, voiding_every=VOIDING_EVERY))
    filling.fill(run.ground, tenant, filled.world, say=run.report.say)
    return filled


def _kinds() -> Iterator[tuple[Kind, int | None]]:
    for kind in questions.KINDS:
        for limit in questions.LIMITS if kind.limited else (None,):
            yield kind, limit


def _rows(run: Run, store: Server, small: Filled, large: Filled) -> Iterator[Row]:
    askers = [Asker(run.ground, each.tenant, each.world) for each in (small, large)]
    for kind, limit in _kinds():
        run.report.say(f"queries: {kind.name}, limit {limit}")
        first, second = (
            _ask(run, store, filled, questions.of_kind(kind, asker, limit))
            for filled, asker in zip((small, large), askers, strict=True)
        )
        yield {"kind": kind.name, "limit": limit, "required": kind.required, **_compared(first, second)}


def _ask(run: Run, store: Server, filled: Filled, asked: Sequence[questions.Parameters]) -> Outcome:
    sent = [requests.get(filled.key, parameters) for parameters in asked]
    run.load.run(Job(port=store.port, requests=sent, clients=CLIENTS))
    seconds = QUICK_SECONDS if run.quick else SECONDS
    return run.load.run(Job(port=store.port, requests=sent, clients=CLIENTS, seconds=seconds, again=True))


def _compared(small: Outcome, large: Outcome) -> dict[str, Any]:
    numbers: dict[str, Any] = {}
    for size, outcome in (("small", small), ("large", large)):
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
            numbers[f"{size}_{name}"] = outcome.milliseconds(share)
        numbers[f"{size}_kilobytes"] = outcome.received / len(outcome.latencies) / 1000
        numbers[f"{size}_rate"] = outcome.rate
    numbers["failed"] = small.refused + large.refused
    for name in ("p50", "p95", "p99"):
        numbers[f"ratio_{name}"] = numbers[f"large_{name}"] / numbers[f"small_{name}"]
    return numbers


def _explain(run: Run, filled: Filled) -> None:
    asker = Asker(run.ground, filled.tenant, filled.world)
    rows = []
    for kind, limit in _kinds():
        asked = questions.of_kind(kind, asker, limit)[:EXPLAINED]
        found = plans.of(run.ground.database, filled.tenant, asked)
        middle, slowest = found[len(found) // 2], found[-1]
        run.report.say(f"\n{kind.name}: {slowest.question}\n{slowest.text}")
        rows.append(
            {"kind": kind.name, "limit": limit, "p50": middle.milliseconds, "slowest": slowest.milliseconds}
        )
    title = f"Milliseconds in the database alone, planning included, at {filled.world.count:,} statements"
    run.report.add(Table(f"plans_{filled.world.count}", title, _PLAN_COLUMNS, rows))


_NOTE = (
    f"In milliseconds; {questions.EACH} different questions of each kind, asked again and again. "
    "Coloured are the kinds that have a requirement."
)
_KIND = [Column("kind", "query"), Column("limit", "limit", whole)]
_COLUMNS = [
    *_KIND,
    Column("small_p50", "small p50", milliseconds),
    Column("small_p95", "p95", milliseconds, at_most=MOST_MILLISECONDS),
    Column("small_p99", "p99", milliseconds),
    Column("small_kilobytes", "kB", whole),
    Column("large_p50", "large p50", milliseconds),
    Column("large_p95", "p95", milliseconds),
    Column("large_p99", "p99", milliseconds),
    Column("large_kilobytes", "kB", whole),
    Column("ratio_p50", "large : small p50", ratio),
    Column("ratio_p95", "p95", ratio, at_most=MOST_TIMES),
    Column("failed", "failed", whole),
]
_PLAN_COLUMNS = [*_KIND, Column("p50", "p50", milliseconds), Column("slowest", "slowest", milliseconds)]
