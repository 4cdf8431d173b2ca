"""How does a tenant come to hold a million statements? Through the store itself, but without HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Protocol

import orjson

from benchmarks.ground import HOME_PAGE, Ground
from lrs.auth.keys import key_authority
from lrs.log.writer import Entry
from lrs.store import statements
from lrs.store.statements import Authority, Statements
from lrs.xapi import raw

BATCH = 500
TELL_EVERY = 200_000
DEEPEST = 64


class Said(Protocol):
    """What fills a tenant: so many statements."""

    @property
    def count(self) -> int:
        """How many."""

    def texts(self) -> Iterator[bytes]:
        """Each as a client sends it."""


def fill(ground: Ground, tenant: str, world: Said, *, say: Callable[[str], None]) -> None:
    """Store a world's statements, then leave the tables as autovacuum would."""
    add(ground, tenant, world, say=say)
    ground.settle(tenant)


def add(ground: Ground, tenant: str, world: Said, *, say: Callable[[str], None]) -> None:
    """Store a world's statements, and leave the tables as they are."""
    asyncio.run(_store(ground, tenant, world, say))


async def _store(ground: Ground, tenant: str, world: Said, say: Callable[[str], None]) -> None:
    """While one batch is committed, the next is prepared."""
    store = Statements(ground.database, max_waiting=world.count)
    try:
        earlier = asyncio.create_task(store.store(tenant, []))
        for number, batch in enumerate(_batches(world, tenant)):
            later = asyncio.create_task(store.store(tenant, batch))
            await earlier
            earlier = later
            if number * BATCH % TELL_EVERY == 0:
                say(f"filling: {number * BATCH:,} of {world.count:,} statements")
        await earlier
    finally:
        store.close()


def _batches(world: Said, tenant: str) -> Iterator[list[Entry]]:
    document = key_authority(HOME_PAGE, tenant)
    authority = Authority(document, orjson.dumps(document))
    texts = world.texts()
    while batch := [_entry(text, authority) for text in islice(texts, BATCH)]:
        yield batch


def _entry(text: bytes, authority: Authority) -> Entry:
    document = raw.parse(text, max_depth=DEEPEST)
    return statements.prepare(text, document, new_id="", authority=authority, version="2.0.0")
