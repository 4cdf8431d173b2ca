"""How does a log come to be in another store? Row by row as it is, and the head row where its end is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from lrs.database import sql
from lrs.log.event_log import Recorded

QUERIES = sql.Queries(__file__)
_TYPES = ["int8", "timestamptz", "text", "uuid", "int8", "bytea", "uuid", "bytea"]


def copy(connection: Connection[Any], tenant: str, events: Sequence[Recorded]) -> None:
    """Put in salted events that follow those that are there, under the writer's lock."""
    with connection.cursor() as cursor, cursor.copy(QUERIES(tenant, "copy")) as rows:
        rows.set_types(_TYPES)
        for *event, salt, leaf in events:
            rows.write_row((*event, None if salt is None else UUID(bytes=salt), leaf))


def place(connection: Connection[Any], tenant: str, events: Sequence[Recorded]) -> None:
    """Set the head row as if these, which follow each other, had just been appended together."""
    last = events[-1]
    head = {"previous": events[0].position - 1, "position": last.position, "stored": last.stored}
    connection.execute(QUERIES(tenant, "place"), head)
