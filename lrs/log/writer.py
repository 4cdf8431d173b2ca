"""How do many requests share one commit? While one commit runs, the next batch gathers (group commit)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, Protocol

import psycopg

from lrs import metrics
from lrs.database.pool import Database
from lrs.database.trip import Trip
from lrs.errors import DatabaseUnavailable, Fault, Overloaded, StatementConflict, Unavailable
from lrs.log.event_log import EventLog
from lrs.log.events import STATEMENT_STORED
from lrs.log.hints import Hints
from lrs.log.recorder import Ending, NewEvent
from lrs.xapi import raw, statement

MOST_STATEMENTS = 500
MOST_BYTES = 16 * 1024 * 1024
MOST_TENANTS_AT_ONCE = 2


class Entry(NamedTuple):
    """One statement on its way into the log: its open text, and what the index makes of it."""

    id: str
    event: NewEvent
    rows: Any


def new_statement(statement_id: bytes, opened: bytes, *, timestamped: bool) -> NewEvent:
    """Its event; the text lacks `stored`, and `timestamp` where the client gave none."""
    ending = Ending.STORED if timestamped else Ending.TIMESTAMP_AND_STORED
    return NewEvent(statement_id, 1, STATEMENT_STORED, opened, ending)


# When it was stored, or why it was not.
Outcome = datetime | Exception


class Index(Protocol):
    """What commits together with the events; the log does not know what it means."""

    def reads(self, added: Sequence[Any], /) -> bool:
        """Do these rows depend on what is stored? Then the append needs a transaction around it."""

    def insert(self, trip: Trip, tenant: str, added: Sequence[Any], /) -> None:
        """Add the rows of an append to its trip, in its order."""

    def committed(self, tenant: str, added: Sequence[Any], /) -> None:
        """The append is on disk."""


@dataclass(slots=True, eq=False)
class Request:
    """What one client wants stored, all of it or nothing, and who wants to know what became of it."""

    entries: list[Entry]
    tell: Callable[[Outcome], None]


@dataclass(slots=True)
class _Queue:
    log: EventLog
    waiting: deque[Request] = field(default_factory=deque)
    draining: asyncio.Task[None] | None = None


class Writer:
    """Appends the statements of all requests of this process, one transaction at a time for each tenant."""

    def __init__(self, database: Database, index: Index, *, max_waiting: int = 20_000) -> None:
        self.database = database
        self.index = index
        self.max_waiting = max_waiting
        self._hints = Hints(database)
        self._queues: dict[str, _Queue] = {}
        self._waiting = 0
        self._threads = ThreadPoolExecutor(MOST_TENANTS_AT_ONCE, thread_name_prefix="writer")

    async def append(self, tenant: str, entries: list[Entry]) -> datetime:
        """Wait until these are committed; the time they were stored. StatementConflict, Unavailable."""
        done: asyncio.Future[datetime] = asyncio.get_running_loop().create_future()
        self.enqueue(tenant, entries, partial(_settle, done))
        return await done

    def enqueue(self, tenant: str, entries: list[Entry], tell: Callable[[Outcome], None]) -> None:
        """Have these committed, and be told what became of them; Overloaded at once."""
        if self._waiting and self._waiting + len(entries) > self.max_waiting:
            raise Overloaded()
        self._waiting += len(entries)
        queue = self._queues.get(tenant)
        if queue is None:
            queue = self._queues[tenant] = _Queue(EventLog(self.database, tenant))
        queue.waiting.append(Request(entries, tell))
        if queue.draining is None or queue.draining.done():
            queue.draining = asyncio.create_task(self._drain(queue))

    def close(self) -> None:
        """Finish what was accepted."""
        self._threads.shutdown(wait=True)

    async def _drain(self, queue: _Queue) -> None:
        while requests := _take(queue.waiting):
            metrics.WAITING.set(self._waiting)
            with metrics.COMMIT_SECONDS.time():
                outcomes = await self._outcomes(queue.log, requests)
            for request, outcome in zip(requests, outcomes, strict=True):
                self._waiting -= len(request.entries)
                request.tell(outcome)
            if not self._waiting:
                metrics.WAITING.set(0)

    async def _outcomes(self, log: EventLog, requests: list[Request]) -> list[Outcome]:
        try:
            return await self._commit(log, requests)
        except Exception as error:
            if len(requests) == 1 or isinstance(error, DatabaseUnavailable):
                return [error] * len(requests)
            # What one of them may not do must not fail its neighbours: each request by itself.
            return [outcome for request in requests for outcome in await self._outcomes(log, [request])]

    async def _commit(self, log: EventLog, requests: list[Request]) -> list[Outcome]:
        """Hope that all is new and the database at hand, as it nearly always is; else look first."""
        fresh, conflicts = sort_out(requests, {})
        if not self.index.reads([each.rows for each in fresh]):
            try:
                with self.database.connection_at_hand() as connection:
                    appended = await log.recorder.append_on_loop(connection, *self._rows(log, fresh))
                self.index.committed(log.tenant, [each.rows for each in fresh])
                self._hints.committed(log.tenant)
                return [conflict or appended.stored for conflict in conflicts]
            except (psycopg.IntegrityError, DatabaseUnavailable):
                pass  # an id is taken, or the answer to the commit was lost
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._commit_looking, log, requests)

    def _commit_looking(self, log: EventLog, requests: list[Request]) -> list[Outcome]:
        """Look under the lock at what is stored, and append the rest."""
        ids = [each.event.id for request in requests for each in request.entries]
        try:
            with log.locked() as connection:
                fresh, conflicts = sort_out(requests, log.states(connection, ids))
                rows = self._rows(log, fresh)
                stored = (log.recorder.append(connection, *rows) if fresh else log.head_of(connection)).stored
        except psycopg.errors.ForeignKeyViolation as error:
            lost = "An attachment was removed while it was stored; send the request again."
            raise Unavailable(lost) from error
        self.index.committed(log.tenant, [each.rows for each in fresh])
        return [conflict or stored for conflict in conflicts]

    def _rows(self, log: EventLog, entries: list[Entry]) -> tuple[list[NewEvent], Callable[[Trip], None]]:
        added = [each.rows for each in entries]
        metrics.BATCH_STATEMENTS.observe(len(entries))
        return [each.event for each in entries], lambda trip: self.index.insert(trip, log.tenant, added)


def sort_out(
    requests: Sequence[Request], existing: Mapping[bytes, bytes]
) -> tuple[list[Entry], list[StatementConflict | None]]:
    """Which statements are new, and which requests contradict what is stored or what came before them."""
    if not existing and _all_differ(requests):
        return [each for request in requests for each in request.entries], [None] * len(requests)
    stored = dict(existing)
    accepted: list[Entry] = []
    conflicts = []
    for request in requests:
        conflict = _conflict(request, stored)
        conflicts.append(conflict)
        if conflict is None:
            fresh = [each for each in request.entries if each.event.id not in stored]
            accepted += fresh
            stored.update((each.event.id, each.event.state + b"}") for each in fresh)
    return accepted, conflicts


def _all_differ(requests: Sequence[Request]) -> bool:
    ids = [each.event.id for request in requests for each in request.entries]
    return len(set(ids)) == len(ids)


def _conflict(request: Request, stored: Mapping[bytes, bytes]) -> StatementConflict | None:
    faults = [
        Fault(f"/{number}/id", f"another statement {_was(other)} as {each.id}", "Data 2.4.1")
        for number, each in enumerate(request.entries)
        if (other := stored.get(each.event.id)) is not None and not _same(each.event.state + b"}", other)
    ]
    return StatementConflict(faults=faults) if faults else None


def _was(stored: bytes) -> str:
    return "is stored" if stored else "was stored, and erased,"


def _same(sent: bytes, stored: bytes) -> bool:
    return bool(stored) and statement.same(raw.parse_stored(sent), raw.parse_stored(stored))


def _take(waiting: deque[Request]) -> list[Request]:
    """The first request, however large, and as many more as fit with it into one commit."""
    taken: list[Request] = []
    count = size = 0
    while waiting:
        count += len(waiting[0].entries)
        size += sum([len(each.event.state) for each in waiting[0].entries])
        if taken and (count > MOST_STATEMENTS or size > MOST_BYTES):
            break
        taken.append(waiting.popleft())
    return taken


def _settle(done: asyncio.Future[datetime], outcome: Outcome) -> None:
    if done.cancelled():
        return  # the client went away; what it sent was on its way already
    if isinstance(outcome, Exception):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)
