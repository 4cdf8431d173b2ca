"""How fast could rows come in at best? COPY of the rows that a tenant holds into a fresh tenant.

Both tenants have the same migrations, so the same indexes, constraints and triggers. One connection sends
ready bytes in COPY's binary format, and commits once, with synchronous_commit on.
"""

from __future__ import annotations

import time
from typing import Any

from psycopg import Connection

from benchmarks.ground import Ground
from lrs.database import sql

_PIECE = 1 << 18


def seconds(ground: Ground, source: str) -> float:
    """How long it takes to copy all rows of a tenant, but for its keys, into a fresh one."""
    target = ground.tenant()
    with ground.database.connection() as connection:
        contents = {table: _out(connection, source, table) for table in ground.tables(source)}
    ground.checkpoint()
    with ground.database.connection() as connection:
        began = time.perf_counter()
        with connection.transaction():
            for table, content in contents.items():
                _in(connection, target, table, content)
        return time.perf_counter() - began


def _out(connection: Connection[Any], tenant: str, table: str) -> bytes:
    """All rows, in the order in which they came: our tables are only added to."""
    query = f"COPY {sql.schema(tenant)}.{table} TO STDOUT (FORMAT BINARY)"
    with connection.cursor().copy(query.encode()) as copy:
        return b"".join(copy)


def _in(connection: Connection[Any], tenant: str, table: str, content: bytes) -> None:
    query = f"COPY {sql.schema(tenant)}.{table} FROM STDIN (FORMAT BINARY)"
    with connection.cursor().copy(query.encode()) as copy:
        for start in range(0, len(content), _PIECE):
            copy.write(content[start : start + _PIECE])
