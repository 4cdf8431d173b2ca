"""Statements that come into the log as the store writes them, but without HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from lrs.database.pool import Database
from lrs.log.writer import Entry
from lrs.store import statements
from lrs.store.statements import Authority, Statements

Json = dict[str, Any]
BATCH = 500


def store(database: Database, tenant: str, said: Iterable[tuple[Json, Sequence[Json]]]) -> None:
    """Store what each of these authorities says, batch after batch."""
    asyncio.run(_store(database, tenant, said))


async def _store(database: Database, tenant: str, said: Iterable[tuple[Json, Sequence[Json]]]) -> None:
    writing = Statements(database, max_waiting=BATCH)
    try:
        for document, batch in said:
            authority = Authority(document, orjson.dumps(document))
            for first in range(0, len(batch), BATCH):
                await writing.store(
                    tenant, [_entry(each, authority) for each in batch[first : first + BATCH]]
                )
    finally:
        writing.close()


def _entry(statement: Json, authority: Authority) -> Entry:
    text = orjson.dumps(statement)
    return statements.prepare(text, statement, new_id="", authority=authority, version="2.0.0")
