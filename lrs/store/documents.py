"""Which documents are there, and what is in them?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import NotFound
from lrs.log import events
from lrs.log.event_log import EventLog
from lrs.store import contents
from lrs.store.changes import Changes, Write
from lrs.store.contents import Merged, Replaced
from lrs.store.document_keys import DocumentKey, Owner
from lrs.xapi import document

QUERIES = sql.Queries(__file__)


class Document(NamedTuple):
    """A document as it is stored."""

    etag: str
    content_type: str
    updated: datetime
    content: bytes


class Listed(NamedTuple):
    """A document among others."""

    document_id: str
    updated: datetime


class Documents:
    """The documents of every tenant; a change is an event, a row and a blob, or none of them."""

    def __init__(self, database: Database, *, keep_replaced: bool) -> None:
        self.database = database
        self.keep_replaced = keep_replaced

    def get(self, tenant: str, key: DocumentKey) -> Document:
        """One document with its content, or NotFound."""
        with self.database.connection() as connection:
            found = connection.execute(QUERIES(tenant, "get"), key.row, binary=True).fetchone()
        if found is None:
            raise NotFound("There is no such document.")
        return Document(*found)

    def ids(
        self, tenant: str, owner: Owner, *, registration: str | None = None, since: datetime | None = None
    ) -> list[Listed]:
        """The documents that changed after a time, newest first; no registration means every one."""
        parameters = _owned(owner, registration) | {"since": since}
        with self.database.connection() as connection:
            return [Listed(*row) for row in connection.execute(QUERIES(tenant, "ids"), parameters)]

    def put(self, tenant: str, write: Write) -> None:
        """Store the content in place of what was there."""
        self._changes(tenant).make(write, Replaced(contents.of(write.content)))

    def post(self, tenant: str, write: Write, *, largest: int) -> None:
        """Store the content, or merge it into the JSON object that was there (Communication 2.2)."""
        if contents.is_json(write.content_type):
            document.check_object(write.content)  # What says it is JSON must be an object, also the first.
        self._changes(tenant).make(write, Merged(write.content, write.content_type, largest))

    def delete(self, tenant: str, write: Write) -> None:
        """Remove the document; where there is none, there is nothing to do."""
        self._changes(tenant).make(write, Replaced(None))

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
            self._changes(tenant).drop(connection, {sha2 for *_, sha2 in deleted})

    def _changes(self, tenant: str) -> Changes:
        return Changes(self.database, tenant, self.keep_replaced)


def _lengths(connection: Connection[Any], tenant: str, keys: Sequence[DocumentKey]) -> dict[UUID, int]:
    parameters = {"streams": [key.stream for key in keys]}
    return dict(connection.execute(QUERIES(tenant, "lengths"), parameters).fetchall())


def _owned(owner: Owner, registration: str | None) -> dict[str, Any]:
    return {"kind": owner.kind, "owner": owner.digest, "registration": registration}
