"""Which contents does a store need at a position? Those of attachments and documents, chunk by chunk."""

from __future__ import annotations

from typing import Any

from psycopg import Connection

from lrs.database import sql
from lrs.log.event_log import EventLog

QUERIES = sql.Queries(__file__)


def copy(source: EventLog, target: Connection[Any], *, until: int) -> None:
    """Copy what there is of them, into a transaction of the other store."""
    with source.database.connection() as connection, connection.transaction():
        # Both tables as they are at one moment.
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for table in ("blobs", "chunks"):
            with (
                connection.cursor() as reading,
                target.cursor() as writing,
                reading.copy(QUERIES(source.tenant, "needed", table, "out"), {"until": until}) as rows,
                writing.copy(QUERIES(source.tenant, f"into_{table}")) as copied,
            ):
                for row in rows:
                    copied.write(row)
