"""What is in this document, and how does it change? An event, a row and a blob, or none of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import BadRequest, NotFound, TooLarge
from lrs.log import events
from lrs.log.event_log import EventLog
from lrs.store import blobs
from lrs.store.document_keys import DocumentKey, Owner
from lrs.xapi import document

QUERIES = sql.Queries(__file__)
JSON = "application/json"


class Document(NamedTuple):
    """A document as it is stored."""

    etag: str
    content_type: str
    updated: datetime
    content: bytes


class Current(NamedTuple):
    """What a change needs to know of the document before it."""

    etag: str
    content_type: str
    sha2: bytes


class Listed(NamedTuple):
    """A document among others."""

    document_id: str
    updated: datetime


class Last(NamedTuple):
    """The last event of a document: its place in the stream, and what it says."""

    version: int
    state: bytes


class Content(NamedTuple):
    """What a document is to contain."""

    data: bytes
    sha2: bytes
    etag: str


@dataclass(slots=True)
class Write:
    """What a client wants to become of one document; `check` raises for an ETag that it must not replace.

    It remembers the event that it tried to append: when the answer to the commit was lost, the next
    attempt recognises it, and a change that happened is not refused for what it did itself.
    """

    key: DocumentKey
    by: str
    check: Callable[[str | None], None]
    content: bytes = b""
    content_type: str = ""
    attempted: Last | None = None


Become = Callable[[Connection[Any], Current | None], Content | None]


class Documents:
    """The documents of every tenant; each change is read, checked and written under the writer's lock."""

    def __init__(self, database: Database, *, keep_replaced: bool) -> None:
        self.database = database
        self.keep_replaced = keep_replaced

    def get(self, tenant: str, key: DocumentKey) -> Document:
        """One document with its content, or NotFound."""
        with self.database.connection() as connection:
            return _get(connection, tenant, key)

    def ids(
        self, tenant: str, owner: Owner, *, registration: str | None = None, since: datetime | None = None
    ) -> list[Listed]:
        """The documents that changed after a time, newest first; no registration means every one."""
        parameters = _owned(owner, registration) | {"since": since}
        with self.database.connection() as connection:
            return [Listed(*row) for row in connection.execute(QUERIES(tenant, "ids"), parameters)]

    def put(self, tenant: str, write: Write) -> None:
        """Store the content in place of what was there."""
        content = _content(write.content)
        self._change(tenant, write, lambda *_: content)

    def post(self, tenant: str, write: Write, *, largest: int) -> None:
        """Store the content, or merge it into the JSON object that was there (Communication 2.2)."""
        if _is_json(write.content_type):
            document.merge(b"{}", write.content)  # What says it is JSON must be an object, also the first.
        content = _content(write.content)
        self._change(
            tenant,
            write,
            lambda connection, current: (
                _merged(connection, tenant, write, current, largest) if current else content
            ),
        )

    def delete(self, tenant: str, write: Write) -> None:
        """Remove the document; where there is none, there is nothing to do."""
        self._change(tenant, write, lambda *_: None)

    def delete_all(self, tenant: str, owner: Owner, *, registration: str | None, by: str) -> None:
        """Remove every document of an owner; no registration means every one (Communication 2.3)."""
        log = EventLog(self.database, tenant)
        with log.locked() as connection:
            deleted = connection.execute(
                QUERIES(tenant, "delete_all"), _owned(owner, registration)
            ).fetchall()
            keys = [DocumentKey(owner, of or None, document_id) for document_id, of, _ in deleted]
            if not keys:
                return
            lengths = _lengths(connection, tenant, keys)
            appended = [
                events.to_stored(key.deleted(by), key.stream, lengths[key.stream] + 1) for key in keys
            ]
            log.append(connection, appended)
            for sha2 in {sha2 for *_, sha2 in deleted}:
                self._drop(connection, tenant, sha2)

    def _change(self, tenant: str, write: Write, become: Become) -> None:
        log = EventLog(self.database, tenant)
        with log.locked() as connection:
            last, current = _before(connection, tenant, write.key)
            if last and last == write.attempted:
                return
            write.check(current.etag if current else None)
            content = become(connection, current)
            place = last.version + 1 if last else 1
            if content:
                _store(log, connection, write, content, place)
            elif current:
                _delete(log, connection, write, place)
            if current and current.sha2 != (content and content.sha2):
                self._drop(connection, tenant, current.sha2)

    def _drop(self, connection: Connection[Any], tenant: str, sha2: bytes) -> None:
        if not self.keep_replaced:
            blobs.drop_unused(connection, tenant, sha2)


def _get(connection: Connection[Any], tenant: str, key: DocumentKey) -> Document:
    found = connection.execute(QUERIES(tenant, "get"), key.row, binary=True).fetchone()
    if found is None:
        raise NotFound("There is no such document.")
    return Document(*found)


def _before(connection: Connection[Any], tenant: str, key: DocumentKey) -> tuple[Last | None, Current | None]:
    found = connection.execute(QUERIES(tenant, "before"), key.row | {"stream": key.stream}, binary=True)
    ((version, state, etag, content_type, sha2),) = found.fetchall()
    return Last(version, state) if version else None, Current(etag, content_type, sha2) if etag else None


def _lengths(connection: Connection[Any], tenant: str, keys: Sequence[DocumentKey]) -> dict[UUID, int]:
    parameters = {"streams": [key.stream for key in keys]}
    return dict(connection.execute(QUERIES(tenant, "lengths"), parameters).fetchall())


def _merged(
    connection: Connection[Any], tenant: str, write: Write, current: Current, largest: int
) -> Content:
    if not (_is_json(current.content_type) and _is_json(write.content_type)):
        raise BadRequest(
            f"POST merges two documents of type {JSON}: the stored one is {current.content_type!r}, "
            f"the one sent {write.content_type!r} (Communication 2.2). PUT replaces a document."
        )
    merged = document.merge(_get(connection, tenant, write.key).content, write.content)
    if len(merged) > largest:
        raise TooLarge(f"Merged, the document would be larger than {largest:,} bytes.")
    return _content(merged)


def _store(log: EventLog, connection: Connection[Any], write: Write, content: Content, place: int) -> None:
    event = write.key.stored(write.content_type, len(content.data), content.sha2, write.by)
    stored = events.to_stored(event, write.key.stream, place)
    write.attempted = Last(place, stored.state)
    row = write.key.row | {
        "etag": content.etag,
        "content_type": write.content_type,
        "sha2": content.sha2,
    }
    blobs.write(connection, log.tenant, content.sha2, content.data)
    log.append(connection, [stored])
    connection.execute(QUERIES(log.tenant, "put"), row)


def _delete(log: EventLog, connection: Connection[Any], write: Write, place: int) -> None:
    stored = events.to_stored(write.key.deleted(write.by), write.key.stream, place)
    write.attempted = Last(place, stored.state)
    connection.execute(QUERIES(log.tenant, "delete"), write.key.row)
    log.append(connection, [stored])


def _owned(owner: Owner, registration: str | None) -> dict[str, Any]:
    return {"kind": owner.kind, "owner": owner.digest, "registration": registration}


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == JSON


def _content(content: bytes) -> Content:
    return Content(content, sha256(content).digest(), document.etag(content))
