"""Blobs: stored once, read whole or in chunks, and removed when nobody needs them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from itertools import count

import psycopg
import pytest

from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import NotFound
from lrs.store import blobs
from lrs.store.blobs import CHUNK, Blobs

AT_ONCE = timedelta(seconds=-1)
positions = count(1)


@dataclass
class Content:
    """A content as the HTTP face hands it over."""

    data: bytes

    @property
    def sha2(self) -> str:
        return sha256(self.data).hexdigest()

    @property
    def key(self) -> bytes:
        return sha256(self.data).digest()

    @property
    def size(self) -> int:
        return len(self.data)

    def chunks(self) -> Iterator[bytes]:
        for start in range(0, len(self.data), CHUNK):
            yield self.data[start : start + CHUNK]


def some(size: int = 100) -> Content:
    return Content(random.randbytes(size))  # noqa: S311  content, no secret


def write(database: Database, tenant: str, content: Content) -> None:
    with database.connection() as connection:
        blobs.write(connection, tenant, content.key, content.data)


def read(database: Database, tenant: str, content: Content) -> bytes:
    with database.connection() as connection:
        return blobs.read(connection, tenant, content.key)


def exists(database: Database, tenant: str, content: Content) -> bool:
    with database.connection() as connection:
        return blobs.exists(connection, tenant, content.key)


def execute(database: Database, tenant: str, query: str, *parameters: object) -> None:
    with database.connection() as connection:
        connection.execute(query.replace("{tenant}", sql.schema(tenant)).encode(), parameters)


def attach(database: Database, tenant: str, content: Content) -> None:
    query = "INSERT INTO {tenant}.attachment (position, sha2, content_type) VALUES (%s, %s, 'text/plain')"
    execute(database, tenant, query, next(positions), content.key)


def make_older(database: Database, tenant: str, hours: int) -> None:
    execute(database, tenant, "UPDATE {tenant}.blob SET created = created - %s * interval '1 hour'", hours)


SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 10 * CHUNK + 7]


@pytest.mark.parametrize("size", SIZES)
def test_what_is_written_at_once_is_read_in_every_way(database: Database, tenant: str, size: int) -> None:
    content = some(size)
    write(database, tenant, content)
    assert read(database, tenant, content) == content.data
    assert b"".join(blobs.read_stream(database, tenant, content.key)) == content.data
    assert Blobs(database).read_small(tenant, [content.key]) == {content.key: content.data}


@pytest.mark.parametrize("size", SIZES)
def test_what_is_written_in_chunks_is_read_in_every_way(database: Database, tenant: str, size: int) -> None:
    content = some(size)
    Blobs(database).write(tenant, content)
    assert read(database, tenant, content) == content.data
    assert [len(chunk) for chunk in blobs.read_stream(database, tenant, content.key)] == [
        len(chunk) for chunk in content.chunks()
    ]


def test_what_is_stored_already_is_not_read_again(database: Database, tenant: str) -> None:
    content = some()
    Blobs(database).write(tenant, content)

    def never() -> Iterator[bytes]:
        raise AssertionError("nothing should be read")
        yield b""

    with database.connection() as connection:
        blobs.write_stream(connection, tenant, content.key, content.size, never())
        blobs.write(connection, tenant, content.key, content.data)
    assert read(database, tenant, content) == content.data


def test_many_may_store_the_same_content_at_once(database: Database, tenant: str) -> None:
    content = some(5 * CHUNK)
    store = Blobs(database)
    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(store.write, tenant, content) for _ in range(16)] + [
            threads.submit(write, database, tenant, content) for _ in range(16)
        ]:
            done.result()
    assert read(database, tenant, content) == content.data


def test_a_stream_that_breaks_off_leaves_nothing(database: Database, tenant: str) -> None:
    content = some(3 * CHUNK)

    def broken() -> Iterator[bytes]:
        yield content.data[:CHUNK]
        raise OSError("the file is gone")

    with database.connection() as connection, pytest.raises(OSError, match="gone"):
        blobs.write_stream(connection, tenant, content.key, content.size, broken())
    assert not exists(database, tenant, content)


def test_a_stream_of_another_size_leaves_nothing(database: Database, tenant: str) -> None:
    content = some()
    with database.connection() as connection, pytest.raises(ValueError, match="101 bytes, but 100 came"):
        blobs.write_stream(connection, tenant, content.key, 101, content.chunks())
    assert not exists(database, tenant, content)


def test_readers_who_pause_hold_no_connection(database: Database, tenant: str) -> None:
    content = some(2 * CHUNK)
    write(database, tenant, content)
    with Database(database.conninfo, pool_size=1) as small:
        readers = [blobs.read_stream(small, tenant, content.key) for _ in range(3)]
        assert {next(reader) for reader in readers} == {content.data[:CHUNK]}
        assert {next(reader) for reader in readers} == {content.data[CHUNK:]}


def test_what_is_not_stored_is_not_found(database: Database, tenant: str) -> None:
    content = some()
    with pytest.raises(NotFound, match=content.sha2):
        read(database, tenant, content)
    with pytest.raises(NotFound, match=content.sha2):
        list(blobs.read_stream(database, tenant, content.key))
    with pytest.raises(NotFound, match=content.sha2):
        Blobs(database).read_small(tenant, [content.key])


def test_a_tenant_does_not_see_the_blobs_of_another(database: Database, tenant: str) -> None:
    from lrs.auth import tenants

    content = some()
    write(database, tenant, content)
    tenants.create(database, f"{tenant}b")
    assert not exists(database, f"{tenant}b", content)


def test_the_database_keeps_a_blob_that_a_statement_needs(database: Database, tenant: str) -> None:
    content = some()
    write(database, tenant, content)
    attach(database, tenant, content)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        execute(database, tenant, "DELETE FROM {tenant}.blob WHERE sha2 = %s", content.key)


def test_only_what_is_unused_is_dropped(database: Database, tenant: str) -> None:
    needed, unused = some(), some(2 * CHUNK)
    for content in (needed, unused):
        write(database, tenant, content)
    attach(database, tenant, needed)
    with database.connection() as connection:
        blobs.drop_unused(connection, tenant, needed.key)
        blobs.drop_unused(connection, tenant, unused.key)
    assert exists(database, tenant, needed)
    assert not exists(database, tenant, unused)


def test_only_what_lay_unused_for_a_day_is_swept(database: Database, tenant: str) -> None:
    needed, old, young = some(), some(), some()
    for content in (needed, old):
        write(database, tenant, content)
    attach(database, tenant, needed)
    make_older(database, tenant, hours=25)
    write(database, tenant, young)
    assert Blobs(database).sweep(tenant) == 1
    assert [exists(database, tenant, content) for content in (needed, old, young)] == [True, False, True]


@pytest.mark.parametrize("streamed", [True, False])
def test_what_is_stored_again_begins_a_new_day(database: Database, tenant: str, streamed: bool) -> None:
    content = some()
    write(database, tenant, content)
    make_older(database, tenant, hours=25)
    if streamed:
        Blobs(database).write(tenant, content)
    else:
        write(database, tenant, content)
    assert Blobs(database).sweep(tenant) == 0


def test_a_sweep_goes_through_the_whole_table(database: Database, tenant: str) -> None:
    number = 2 * blobs.WINDOW + 1
    query = """INSERT INTO {tenant}.blob (sha2, size)
        SELECT sha256(each::text::bytea), 0 FROM generate_series(1, %s) AS each"""
    execute(database, tenant, query, number)
    assert Blobs(database).sweep(tenant, AT_ONCE) == number
    assert Blobs(database).sweep(tenant, AT_ONCE) == 0


def test_sweeping_never_takes_away_what_somebody_begins_to_need(database: Database, tenant: str) -> None:
    """Two who store the same content and need it at once, and one who sweeps without waiting a day."""
    contents = [some() for _ in range(5)]

    def store_and_attach() -> None:
        for content in contents * 10:
            with database.connection() as connection, connection.transaction():
                blobs.write(connection, tenant, content.key, content.data)
                blobs.drop_unused(connection, tenant, contents[0].key)
                blobs.write(connection, tenant, content.key, content.data)
                query = b"INSERT INTO %b.attachment VALUES (%%s, %%s, '')" % sql.schema(tenant).encode()
                position = next(positions)
                connection.execute(query, [position, content.key])
            execute(database, tenant, "DELETE FROM {tenant}.attachment WHERE position = %s", position)

    with ThreadPoolExecutor(4) as threads:
        storing = [threads.submit(store_and_attach) for _ in range(3)]
        while not all(each.done() for each in storing):
            Blobs(database).sweep(tenant, AT_ONCE)
    for each in storing:
        each.result()


def test_a_sweep_and_an_upload_of_the_same_content_both_succeed(database: Database, tenant: str) -> None:
    content = some(CHUNK)
    store = Blobs(database)
    with ThreadPoolExecutor(4) as threads:
        storing = [threads.submit(store.write, tenant, content) for _ in range(50)]
        while not all(each.done() for each in storing):
            store.sweep(tenant, AT_ONCE)
            with suppress(NotFound):
                assert read(database, tenant, content) == content.data
    for each in storing:
        each.result()
