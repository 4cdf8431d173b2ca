"""Readers of one moment share a commit, and every one of them is noted, in whichever process."""

from __future__ import annotations

import asyncio
import threading
from uuid import uuid4

import pytest

from lrs.accesses import access_log
from lrs.accesses.access_log import MANY, Access, Noted
from lrs.accesses.noting import Noting
from lrs.database import sql
from lrs.database.pool import Database
from lrs.log.pages import Span

READERS = 200
EVERYTHING = Span(0, access_log.LAST, True, 10_000)


def noted(database: Database, tenant: str) -> list[Noted]:
    return access_log.page(database, tenant, EVERYTHING)


async def note(noting: Noting, tenant: str, who: str) -> None:
    async def one(number: int) -> None:
        await asyncio.sleep(number % 7 / 1000)
        await noting.note(tenant, Access(f"{who}-{number}", "GET /learners", uuid4()))

    await asyncio.gather(*map(one, range(READERS)))


def test_all_are_noted_without_a_gap_and_share_commits(database: Database, tenant: str) -> None:
    asyncio.run(note(Noting(database), tenant, "key"))
    found = noted(database, tenant)
    assert [each.number for each in found] == list(range(1, READERS + 1))
    assert {each.by for each in found} == {f"key-{number}" for number in range(READERS)}
    times = [each.at for each in found]
    assert times == sorted(times)
    assert len(set(times)) < READERS / 2


def test_several_processes_number_as_one(database: Database, tenant: str) -> None:
    """Each with a noting of its own, as processes have."""
    several = [
        threading.Thread(target=lambda who=who: asyncio.run(note(Noting(database), tenant, who)))
        for who in ("one", "other", "third")
    ]
    for each in several:
        each.start()
    for each in several:
        each.join()
    found = noted(database, tenant)
    assert [each.number for each in found] == list(range(1, 3 * READERS + 1))
    assert len({each.by for each in found}) == 3 * READERS
    assert [each.at for each in found] == sorted(each.at for each in found)


def test_who_cannot_be_noted_is_told_and_others_can_later(database: Database, tenant: str) -> None:
    noting, schema = Noting(database), sql.schema(tenant)

    async def readers() -> list[BaseException | None]:
        notes = [noting.note(tenant, Access("key", "GET /log", MANY)) for _ in range(3)]
        return await asyncio.gather(*notes, return_exceptions=True)

    with database.connection() as connection:
        connection.execute(f"ALTER TABLE {schema}.access_head RENAME TO gone".encode())
        assert all(asyncio.run(readers()))
        connection.execute(f"ALTER TABLE {schema}.gone RENAME TO access_head".encode())
    assert asyncio.run(readers()) == [None] * 3
    assert len(noted(database, tenant)) == 3


def test_a_reader_who_goes_away_keeps_nobody_else_waiting(database: Database, tenant: str) -> None:
    noting = Noting(database)

    async def readers() -> None:
        leaving = asyncio.create_task(noting.note(tenant, Access("gone", "GET /log")))
        await asyncio.sleep(0)
        leaving.cancel()
        await noting.note(tenant, Access("key", "GET /log"))
        with pytest.raises(asyncio.CancelledError):
            await leaving

    asyncio.run(readers())
    assert "key" in {each.by for each in noted(database, tenant)}
