"""What happened to one thing? A stream of events: each gets the next version, the last one says how it is.

Whoever decides by what a stream says appends under the tenant's lock, and so by what is still true then.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from lrs.database import sql
from lrs.log import events
from lrs.log.event_log import EventLog
from lrs.log.events import Event

QUERIES = sql.Queries(__file__)


class Place(NamedTuple):
    """An event of a stream, and where it stands in the stream and in the log."""

    version: int
    position: int
    event: Event


def append(log: EventLog, connection: Connection[Any], happened: Sequence[tuple[UUID, Event]]) -> int:
    """Append events, each to its stream, under the lock that `log.locked` holds; the position of the last."""
    versions = _versions(log, connection, {stream for stream, _ in happened})
    stored = []
    for stream, event in happened:
        versions[stream] = versions.get(stream, 0) + 1
        stored.append(events.to_stored(event, stream, versions[stream]))
    return log.append(connection, stored).previous + len(stored)


def last(log: EventLog, connection: Connection[Any], stream: UUID) -> Place | None:
    """The newest event of a stream."""
    return lasts(log, connection, [stream]).get(stream)


def lasts(log: EventLog, connection: Connection[Any], streams: Collection[UUID]) -> dict[UUID, Place]:
    """The newest event of each of these streams that has any."""
    found = connection.execute(QUERIES(log.tenant, "last"), {"streams": list(streams)}, binary=True)
    return {stream: _place(*row) for stream, *row in found}


def last_at(
    log: EventLog, connection: Connection[Any], stream: UUID, position: int | None = None
) -> Place | None:
    """The newest event of a stream, or that as of a position."""
    asked = {"stream": stream, "position": position}
    found = connection.execute(QUERIES(log.tenant, "last_at"), asked, binary=True).fetchone()
    return _place(*found) if found else None


def newest(log: EventLog, connection: Connection[Any], *kinds: type[Event]) -> list[Place]:
    """The newest event of every stream that consists of these kinds of events, oldest first."""
    topics = [kind.topic for kind in kinds]
    found = connection.execute(QUERIES(log.tenant, "newest"), {"topics": topics}, binary=True)
    return [_place(*row) for _, *row in found]


def every(log: EventLog, connection: Connection[Any], kind: type[Event]) -> list[Place]:
    """All events of one kind, oldest first: for kinds that only people make."""
    found = connection.execute(QUERIES(log.tenant, "every"), {"topic": kind.topic}, binary=True)
    return [_place(*row) for row in found]


def _versions(log: EventLog, connection: Connection[Any], streams: Collection[UUID]) -> dict[UUID, int]:
    found = connection.execute(QUERIES(log.tenant, "versions"), {"streams": list(streams)})
    return dict(found.fetchall())


def _place(version: int, position: int, topic: str, state: bytes) -> Place:
    return Place(version, position, events.from_state(topic, state))
