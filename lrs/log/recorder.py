"""Where do events become rows? The one file that knows the event sourcing library's inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import IntEnum
from secrets import token_bytes
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from eventsourcing.persistence import IntegrityError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Connection
from psycopg.pq.abc import PGresult
from psycopg.rows import DictRow, dict_row, tuple_row

from lrs.database import arrays, sql
from lrs.database.arrays import Cells
from lrs.database.pool import Database
from lrs.database.trip import Trip
from lrs.xapi import time

QUERIES = sql.Queries(__file__)

Index = Callable[[Trip], None]


class Ending(IntEnum):
    """What the database's clock adds to an event's state."""

    NOTHING = 0
    STORED = 1
    TIMESTAMP_AND_STORED = 2


class NewEvent(NamedTuple):
    """An event without its position: the library's StoredEvent, only cheaper; its state may be open."""

    id: bytes
    version: int
    topic: str
    state: bytes
    ending: int = Ending.NOTHING


class Appended(NamedTuple):
    """Where an append ended up: the position before it, and `stored` of its last event."""

    previous: int
    stored: datetime


class Datastore(PostgresDatastore):
    """The library's datastore over our one pool: it creates no tables and opens no connections of its own."""

    def __init__(self, database: Database, tenant: str) -> None:
        self.database = database
        self.schema = sql.schema(tenant).strip('"')
        self.originator_id_type = "uuid"
        self.enable_db_functions = False
        self.lock_timeout = 0
        self.single_row_tracking = True
        self.db_type_names = set()

    def register_type_adapters(self) -> None:
        """Our recorder sends arrays, not composite types."""

    @contextmanager
    def get_connection(self) -> Iterator[Connection[DictRow]]:
        with self.database.connection() as connection:
            connection.row_factory = dict_row
            try:
                yield connection
            finally:
                connection.row_factory = tuple_row

    def close(self) -> None:
        """The pool is closed by who opened it."""


class Recorder(PostgresApplicationRecorder):
    """Appends events with dense positions from the tenant's head row, and what the index makes of them."""

    def __init__(self, database: Database, tenant: str) -> None:
        super().__init__(Datastore(database, tenant), events_table_name="log")
        self.database = database
        self.tenant = tenant

    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, index: Index | None = None, **_: Any
    ) -> Sequence[int] | None:
        """Append complete events in a transaction of their own; IntegrityError where an id is taken."""
        if not stored_events:
            return None
        try:
            with self.database.connection() as connection:
                appended = self.append(connection, [new(event) for event in stored_events], index)
        except psycopg.IntegrityError as error:
            raise IntegrityError(str(error)) from error
        return list(range(appended.previous + 1, appended.previous + 1 + len(stored_events)))

    def append(
        self,
        connection: Connection[Any],
        events: Sequence[NewEvent],
        index: Index | None = None,
    ) -> Appended:
        """Append, and what the index adds to the trip; one transaction, unless the connection is in one."""
        trip = self._trip(connection, events, index)
        trip.add(QUERIES(self.tenant, "tell"))
        return _appended(trip.run())

    async def append_on_loop(
        self,
        connection: Connection[Any],
        events: Sequence[NewEvent],
        index: Index | None = None,
    ) -> Appended:
        """The same, while the event loop goes on with other work; who follows the log is not told."""
        return _appended(await self._trip(connection, events, index).run_on_loop())

    def _trip(self, connection: Connection[Any], events: Sequence[NewEvent], index: Index | None) -> Trip:
        trip = Trip(connection)
        trip.add(QUERIES(self.tenant, "append"), *_arrays(events))
        if index:
            index(trip)
        return trip


def new(event: StoredEvent) -> NewEvent:
    """An event of the library's, which is complete."""
    known = event.originator_id
    originator_id = known if isinstance(known, UUID) else UUID(known)
    return NewEvent(originator_id.bytes, event.originator_version, event.topic, event.state)


def _appended(results: Sequence[PGresult]) -> Appended:
    previous, microseconds = (int.from_bytes(results[0].get_value(0, column) or b"") for column in (0, 1))
    return Appended(previous, time.EPOCH + timedelta(microseconds=microseconds))


def _arrays(events: Sequence[NewEvent]) -> tuple[Cells, ...]:
    ids, versions, topics, states, endings = zip(*events, strict=True)
    return (
        arrays.uuids_of(ids),
        arrays.bigints(versions),
        arrays.texts(topics),
        arrays.byteas(states),
        arrays.ints(endings),
        _salts(len(events)),
    )


def _salts(count: int) -> Cells:
    """Random, so that the leaf of an erased event tells nothing of it."""
    random = token_bytes(16 * count)
    return arrays.uuids_of(random[at : at + 16] for at in range(0, 16 * count, 16))
