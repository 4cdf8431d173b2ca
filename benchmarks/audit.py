"""(g) How fast does the audit tree grow, and how long does a proof take in a large log?"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from itertools import islice
from uuid import uuid4

from eventsourcing.persistence import StoredEvent

from benchmarks.ground import Ground
from benchmarks.report import Column, Row, Table, milliseconds, whole
from benchmarks.run import Run
from benchmarks.statements import World
from lrs.log.event_log import EventLog
from lrs.log.events import STATEMENT_STORED
from projections import found
from projections.audit import checkpoints, merkle
from projections.audit.project import AUDIT, NAME
from projections.audit.tree import Tree
from projections.rebuild import rebuild
from projections.view import Views

EVENTS, QUICK_EVENTS = 1_000_000, 3_000
BATCH, TELL_EVERY = 1000, 200_000
PROOFS, QUICK_PROOFS = 2_000, 20
AT_ONCE = 50
LEAVES_AT_LEAST, PROOF_AT_MOST = 20_000, 5.0


def measure(run: Run) -> None:
    """Build the tree of a full log, then prove what chance names, each proof checked."""
    tenant = run.ground.tenant()
    count = QUICK_EVENTS if run.quick else EVENTS
    _fill(run.ground, tenant, count, run.report.say)
    run.ground.checkpoint()
    began = time.perf_counter()
    rebuild(run.ground.database, tenant, AUDIT, progress=lambda *_: None)
    built = {"events": count, "rate": count / (time.perf_counter() - began)}
    run.report.add(Table("tree", "The audit tree built from the log", _BUILT, [built]))
    run.ground.settle(tenant)
    asker = _Asker(run.ground, tenant, count)
    proofs = QUICK_PROOFS if run.quick else PROOFS
    rows = [_timed(name, ask, proofs) for name, ask in asker.questions().items()]
    run.report.add(Table("proofs", f"Proofs in a log of {count:,} events", _PROOFS, rows))


def _fill(ground: Ground, tenant: str, count: int, say: Callable[[str], None]) -> None:
    """Only the log: the tree looks at nothing else."""
    log, texts = EventLog(ground.database, tenant), World(count).texts()
    for number, batch in enumerate(_batches(texts)):
        with ground.database.connection() as connection:
            log.append(connection, batch)
        if number * BATCH % TELL_EVERY == 0:
            say(f"filling: {number * BATCH:,} of {count:,} events")


def _batches(texts: Iterator[bytes]) -> Iterator[list[StoredEvent]]:
    while batch := [StoredEvent(uuid4(), 1, STATEMENT_STORED, text) for text in islice(texts, BATCH)]:
        yield batch


class _Asker:
    """Asks what auditors ask, a transaction each."""

    def __init__(self, ground: Ground, tenant: str, count: int) -> None:
        self._views = Views(ground.database, found.projections())
        self._tenant = tenant
        self._count = count
        self._chance = random.Random(6962)  # noqa: S311

    def questions(self) -> dict[str, Callable[[], None]]:
        return {
            "inclusion": lambda: self._include(1),
            f"inclusion of {AT_ONCE} at once": lambda: self._include(AT_ONCE),
            "consistency": self._continue,
            "checkpoint": self._sign,
        }

    def _include(self, several: int) -> None:
        """In the tree as it is, or was at some size."""
        size = self._chance.choice([self._count, self._chance.randint(1, self._count)])
        indices = [self._chance.randrange(size) for _ in range(several)]
        with self._views.open(self._tenant, [NAME]) as view:
            root, proven = Tree(view).inclusion(indices, size)
        for index, (leaf, path) in zip(indices, proven, strict=True):
            assert merkle.includes(leaf, index, size, path, root)

    def _continue(self) -> None:
        first, second = sorted(self._chance.randint(1, self._count) for _ in range(2))
        with self._views.open(self._tenant, [NAME]) as view:
            old, new, path = Tree(view).consistency(first, second)
        assert merkle.continues(first, second, old, new, path)

    def _sign(self) -> None:
        assert checkpoints.make(self._views, self._tenant, "lrs.example").size == self._count


def _timed(name: str, ask: Callable[[], None], times: int) -> Row:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    return {"what": name, "p50": took[len(took) // 2], "p95": took[len(took) * 95 // 100], "most": took[-1]}


_BUILT = [
    Column("events", "events", whole),
    Column("rate", "leaves/s", whole, at_least=LEAVES_AT_LEAST),
]
_PROOFS = [
    Column("what", "what"),
    Column("p50", "p50 ms", milliseconds),
    Column("p95", "p95 ms", milliseconds, at_most=PROOF_AT_MOST),
    Column("most", "most ms", milliseconds),
]
