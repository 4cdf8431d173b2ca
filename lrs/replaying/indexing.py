"""How is the index of a log made again? By what makes it for writers, batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Connection

from lrs.database.trip import Trip
from lrs.errors import TooLarge
from lrs.log import copying
from lrs.log.event_log import EventLog, Recorded
from lrs.log.events import STATEMENT_STORED
from lrs.replaying.kept import Kept
from lrs.store import rows
from lrs.store.index import Index
from lrs.store.rows import Rows
from lrs.xapi import raw


class Indexing:
    """Makes the index of one tenant anew, as its events come."""

    def __init__(self, source: EventLog) -> None:
        self._tenant = source.tenant
        self._kept = Kept(source.database, source.tenant)
        # Time must not decide what it remembers: two replays would differ.
        self._index = Index(clock=lambda: 0.0)

    def take(self, connection: Connection[Any], events: Sequence[Recorded]) -> None:
        """The rows of events that follow each other and are in the log, in a transaction."""
        made = self._kept.narrowed(events, list(map(self._rows, events)))
        self._insert(connection, events, made)

    def _insert(self, connection: Connection[Any], events: Sequence[Recorded], made: Sequence[Rows]) -> None:
        """All at once, or by halves where they refer to too much; one alone is never refused."""
        copying.place(connection, self._tenant, events)
        try:
            with connection.transaction():
                trip = Trip(connection)
                self._index.insert(trip, self._tenant, made)
                trip.run()
        except TooLarge:
            if len(events) == 1:
                raise
            half = len(events) // 2
            self._insert(connection, events[:half], made[:half])
            self._insert(connection, events[half:], made[half:])
        else:
            self._index.committed(self._tenant, made)

    def _rows(self, event: Recorded) -> Rows:
        if event.topic != STATEMENT_STORED or event.leaf is not None:
            return rows.NOTHING
        document = raw.parse_stored(event.state)
        by = document["authority"]
        return rows.of(document, event.originator_id.bytes, authority=by, define=self._kept.may_define(by))
