"""How is one tenant's log read and written? Append under the lock, read in order, tell how far it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from eventsourcing.persistence import StoredEvent
from psycopg import Connection

from lrs.database import arrays
from lrs.database.pool import Database
from lrs.errors import TooLarge
from lrs.log.recorder import QUERIES, Appended, Recorder, new

PAGE, PAGE_BYTES = 1000, 16 * 1024 * 1024
# How many events a page looks at to find those of some topics, where most have others.
SPAN = 10_000
# A statement that was sent before is compared with what is stored, while other writers wait.
MOST_COMPARED = 64 * 1024 * 1024


class Recorded(NamedTuple):
    """One event of the log; its salt where that was asked for.

    An erased one has neither state nor salt, but `leaf`: the hash of what it was in the audit tree.
    """

    position: int
    stored: datetime
    topic: str
    originator_id: UUID
    version: int
    state: bytes
    salt: bytes | None = None
    leaf: bytes | None = None


class Page(NamedTuple):
    """Some events in order, and the position up to which there are no others."""

    events: list[Recorded]
    position: int


class Head(NamedTuple):
    """How far a log has got: its last position, and when that was stored."""

    position: int
    stored: datetime


class EventLog:
    """The log of one tenant."""

    def __init__(self, database: Database, tenant: str) -> None:
        self.database = database
        self.tenant = tenant
        self.recorder = Recorder(database, tenant)

    @contextmanager
    def locked(self) -> Iterator[Connection[Any]]:
        """A transaction that holds the writer's lock: what is decided in it stays true until it commits."""
        with self.database.connection() as connection, connection.transaction():
            connection.execute(QUERIES(self.tenant, "lock"))
            yield connection

    def append(self, connection: Connection[Any], events: Sequence[StoredEvent]) -> Appended:
        """Append complete events over a connection; UniqueViolation where an id is taken."""
        return self.recorder.append(connection, [new(event) for event in events])

    def states(self, connection: Connection[Any], ids: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """What is stored already under these ids; TooLarge where that is too much to compare with."""
        parameters = {"ids": arrays.uuids_of(ids), "most": MOST_COMPARED}
        found = connection.execute(QUERIES(self.tenant, "states"), parameters).fetchall()
        if any(state is None for _, state in found):
            stored = f"What is stored under these ids already is more than {MOST_COMPARED:,} bytes"
            raise TooLarge(f"{stored}; send fewer at once.")
        return {statement_id.bytes: state for statement_id, state in found}

    def read(self, *, after: int = 0, until: int | None = None, salted: bool = False) -> Iterator[Recorded]:
        """The events after a position up to and including another (default: the head), in order."""
        last = self.head().position if until is None else until
        while after < last:
            page = self.page(after=after, until=last, salted=salted)
            yield from page.events
            if not page.events:
                return
            after = page.position

    def page(
        self,
        *,
        after: int,
        until: int,
        topics: Collection[str] | None = None,
        limit: int = PAGE,
        most_bytes: int = PAGE_BYTES,
        salted: bool = False,
    ) -> Page:
        """The next events after a position, of all topics or of these; `until` is not beyond the head."""
        until = until if topics is None else min(until, after + SPAN)
        wanted = {"topics": None if topics is None else sorted(topics), "after": after, "until": until}
        events = self._events(wanted | {"limit": limit, "most": most_bytes, "salted": salted})
        whole = len(events) < limit and sum(len(each.state) for each in events) < most_bytes
        return Page(events, until if whole else events[-1].position)

    def every(self, connection: Connection[Any]) -> Iterator[Recorded]:
        """Every row with its salt, whatever its position is, as the connection's transaction sees them."""
        with connection.cursor(f"every_{self.tenant}", binary=True) as rows:
            rows.itersize = PAGE
            rows.execute(QUERIES(self.tenant, "every"))
            yield from map(Recorded._make, rows)

    def head(self) -> Head:
        """How far the log has got."""
        with self.database.connection() as connection:
            return self.head_of(connection)

    def head_of(self, connection: Connection[Any]) -> Head:
        """How far the log has got, seen from inside a transaction."""
        (row,) = connection.execute(QUERIES(self.tenant, "head")).fetchall()
        return Head(*row)

    def position_at(self, connection: Connection[Any], time: datetime) -> int:
        """The last position stored at or before a time; 0 when there was none."""
        row = connection.execute(QUERIES(self.tenant, "position_at"), {"time": time}).fetchone()
        return row[0] if row else 0

    def consistent_through(self) -> datetime:
        """A true bound: whatever is stored from now on is stored later than this."""
        with self.database.connection() as connection:
            return self._idle_clock(connection) or self._told(connection)

    def _idle_clock(self, connection: Connection[Any]) -> datetime | None:
        """The time now, if nobody is appending; a standby cannot tell it."""
        try:
            row = connection.execute(QUERIES(self.tenant, "idle_clock")).fetchone()
        except psycopg.errors.ReadOnlySqlTransaction:
            return None
        return row[0] if row else None

    def _told(self, connection: Connection[Any]) -> datetime:
        (row,) = connection.execute(QUERIES(self.tenant, "told")).fetchall()
        return row[0]  # type: ignore[no-any-return]

    def _events(self, wanted: Mapping[str, Any]) -> list[Recorded]:
        with self.database.connection() as connection:
            rows = connection.execute(QUERIES(self.tenant, "select_range"), wanted, binary=True).fetchall()
        return list(map(Recorded._make, rows))
