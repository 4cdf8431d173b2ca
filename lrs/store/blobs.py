"""Where does content lie that is too large for the log? In chunks, named by its hash, stored once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, Protocol

from psycopg import Connection

from lrs.database import arrays, sql
from lrs.database.pool import Database
from lrs.errors import NotFound

QUERIES = sql.Queries(__file__)
CHUNK = 256 * 1024
WINDOW = 1000
A_DAY = timedelta(days=1)
BEFORE_ALL, AFTER_ALL = b"", b"\xff" * 65


class Streamed(Protocol):
    """Something to store that may be larger than memory."""

    @property
    def sha2(self) -> str: ...

    @property
    def size(self) -> int: ...

    def chunks(self) -> Iterable[bytes]:
        """Its bytes, from the start at each call."""


class Blobs:
    """The blobs of every tenant; each method takes a connection for no longer than it reads or writes."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def write(self, tenant: str, content: Streamed) -> None:
        """Store a content, which somebody should come to need within a day."""
        with self.database.connection() as connection:
            write_stream(connection, tenant, bytes.fromhex(content.sha2), content.size, content.chunks())

    def chunk(self, tenant: str, sha2: bytes, number: int) -> bytes | None:
        """One chunk, counted from 0, or None after the last; NotFound where the blob is gone."""
        parameters = {"sha2": sha2, "number": number}
        with self.database.connection() as connection:
            row = connection.execute(QUERIES(tenant, "chunk"), parameters, binary=True).fetchone()
        if row is None:
            raise _not_found(sha2)
        return row[0]  # type: ignore[no-any-return]

    def read_small(self, tenant: str, sha2s: Sequence[bytes]) -> dict[bytes, bytes]:
        """Several contents that fit into memory together; NotFound where one is gone."""
        parameters = {"sha2s": arrays.byteas(sha2s)}
        with self.database.connection() as connection:
            cursor = connection.execute(QUERIES(tenant, "read_small"), parameters, binary=True)
            contents: dict[bytes, bytes] = dict(cursor.fetchall())
        for sha2 in sha2s:
            if sha2 not in contents:
                raise _not_found(sha2)
        return contents

    def sweep(self, tenant: str, older_than: timedelta = A_DAY, *, keep_replaced: bool = False) -> int:
        """Remove what nobody came to need; how many."""
        with self.database.connection() as connection:
            return sweep(connection, tenant, older_than, keep_replaced=keep_replaced)


def write(connection: Connection[Any], tenant: str, sha2: bytes, content: bytes) -> None:
    """Store a content in one statement; nothing happens where it is stored already."""
    chunks = [content[start : start + CHUNK] for start in range(0, len(content), CHUNK)]
    parameters = {
        "sha2": sha2,
        "size": len(content),
        "numbers": arrays.ints(range(len(chunks))),
        "contents": arrays.byteas(chunks),
    }
    _until_kept(connection, tenant, "write", parameters)


def keep(connection: Connection[Any], tenant: str, sha2: bytes) -> bool:
    """Whether this content is stored; then it stays until the transaction ends, and for a day after that."""
    return connection.execute(QUERIES(tenant, "keep"), {"sha2": sha2}).fetchone() is not None


def write_stream(
    connection: Connection[Any], tenant: str, sha2: bytes, size: int, chunks: Iterable[bytes]
) -> None:
    """Store a content chunk by chunk, all or nothing; where it is stored already no chunk is read."""
    with connection.transaction():
        if not _until_kept(connection, tenant, "begin", {"sha2": sha2, "size": size}):
            return
        written = 0
        for number, chunk in enumerate(chunks):
            connection.execute(QUERIES(tenant, "add"), {"sha2": sha2, "number": number, "content": chunk})
            written += len(chunk)
        if written != size:
            raise ValueError(f"the blob should have {size} bytes, but {written} came")


def read(connection: Connection[Any], tenant: str, sha2: bytes) -> bytes:
    """A whole content, or NotFound."""
    rows = connection.execute(QUERIES(tenant, "read"), {"sha2": sha2}, binary=True).fetchall()
    if not rows:
        raise _not_found(sha2)
    return b"".join([content for (content,) in rows if content])


def read_stream(database: Database, tenant: str, sha2: bytes) -> Iterator[bytes]:
    """A content chunk by chunk, with no connection held in between; NotFound also when it goes meanwhile."""
    number = 0
    while (chunk := Blobs(database).chunk(tenant, sha2, number)) is not None:
        yield chunk
        number += 1


def exists(connection: Connection[Any], tenant: str, sha2: bytes) -> bool:
    """Whether this content is stored."""
    return connection.execute(QUERIES(tenant, "exists"), {"sha2": sha2}).fetchone() is not None


def keep_replaced(connection: Connection[Any], tenant: str, sha2: bytes) -> None:
    """Let the content of a replaced document stay when nothing needs it."""
    connection.execute(QUERIES(tenant, "keep_replaced"), {"sha2": sha2})


def drop_unused(
    connection: Connection[Any], tenant: str, sha2: bytes, *, keep_replaced: bool = False
) -> None:
    """Remove a content that nothing needs, in a transaction."""
    parameters = {"sha2": sha2, "keep_replaced": keep_replaced}
    if connection.execute(QUERIES(tenant, "lock_one"), parameters).fetchone():
        connection.execute(QUERIES(tenant, "drop"), {"sha2s": arrays.byteas([sha2])})


def sweep(
    connection: Connection[Any], tenant: str, older_than: timedelta = A_DAY, *, keep_replaced: bool = False
) -> int:
    """Remove what has lain unneeded for so long, such as attachments of refused statements; how many."""
    which = {"older_than": older_than, "keep_replaced": keep_replaced}
    swept, after = 0, BEFORE_ALL
    while after != AFTER_ALL:
        parameters = {"after": after, "rows": WINDOW - 1}
        row = connection.execute(QUERIES(tenant, "window_end"), parameters).fetchone()
        until = row[0] if row else AFTER_ALL
        swept += _sweep_window(connection, tenant, {"after": after, "until": until} | which)
        after = until
    return swept


def _sweep_window(connection: Connection[Any], tenant: str, parameters: dict[str, Any]) -> int:
    with connection.transaction():
        unused = [sha2 for (sha2,) in connection.execute(QUERIES(tenant, "lock_unused"), parameters)]
        if not unused:
            return 0
        return connection.execute(QUERIES(tenant, "drop"), {"sha2s": arrays.byteas(unused)}).rowcount


def _until_kept(connection: Connection[Any], tenant: str, query: str, parameters: dict[str, Any]) -> bool:
    """Whether this was the first to store it; it may be removed between an attempt and a look."""
    while not connection.execute(QUERIES(tenant, query), parameters).fetchone():
        if keep(connection, tenant, parameters["sha2"]):
            return False
    return True


def _not_found(sha2: bytes) -> NotFound:
    return NotFound(f"The content with the hash {sha2.hex()} is not stored.")
