"""How does a document change? Decided and written under the writer's lock; what takes long is made before."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from psycopg import Connection

from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import NotFound
from lrs.log import events
from lrs.log.event_log import EventLog, Head
from lrs.log.events import DocumentStored
from lrs.store import blobs
from lrs.store.contents import Becoming, Content, Current
from lrs.store.document_keys import DocumentKey

QUERIES = sql.Queries(__file__)
# No more than this is made and stored under the lock: to look twice would take longer.
SMALL = blobs.CHUNK
# A large document that always changes before it has been merged is at last merged under the lock.
MOST_TIMES_AHEAD = 3


class Last(NamedTuple):
    """The last event of a document: its place in the stream, and what it says."""

    version: int
    state: bytes


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


class Ahead(NamedTuple):
    """A content that was made without the lock, and whose blob is stored; and what the document was then."""

    current: Current | None
    content: Content


class _TakesLong(Exception):
    """There is too much to do while others wait for the lock."""

    def __init__(self, current: Current | None) -> None:
        self.current = current


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of one tenant's documents; `keep_replaced` keeps contents that nothing needs any more."""

    database: Database
    tenant: str
    keep_replaced: bool

    def make(self, write: Write, becoming: Becoming) -> None:
        """Make one change whole, or raise; what `check` allowed was so at the moment of the commit."""
        ahead: list[Ahead] = []
        for _ in range(MOST_TIMES_AHEAD):
            try:
                self._commit(write, becoming, ahead, patient=True)
            except _TakesLong as found:
                ahead += self._prepare(becoming, found.current)
            else:
                return
        self._commit(write, becoming, ahead, patient=False)

    def drop(
        self, connection: Connection[Any], replaced: Set[bytes], unused: Set[bytes] = frozenset()
    ) -> None:
        """Remove what nothing needs of these contents: those of replaced documents, and those never used."""
        if self.keep_replaced:
            for sha2 in replaced:
                blobs.keep_replaced(connection, self.tenant, sha2)
        for sha2 in unused | replaced:
            blobs.drop_unused(connection, self.tenant, sha2, keep_replaced=self.keep_replaced)

    def _commit(self, write: Write, becoming: Becoming, ahead: list[Ahead], *, patient: bool) -> None:
        log = EventLog(self.database, self.tenant)
        with log.locked() as connection:
            last, current = _before(connection, self.tenant, write.key)
            if last and last == write.attempted:
                return
            write.check(current.etag if current else None)
            if ahead and ahead[-1].current == current:
                content: Content | None = ahead[-1].content
            elif patient and becoming.size(current) > SMALL:
                raise _TakesLong(current)
            else:
                content = becoming.content(current, partial(blobs.read, connection, self.tenant))
            place = last.version + 1 if last else 1
            if content:
                _put(log, connection, write, content, place)
            elif current:
                _delete(log, connection, write, place)
            here = {content.sha2} if content else set()
            before = {current.sha2} if current else set()
            self.drop(connection, before - here, {each.content.sha2 for each in ahead} - here)

    def _prepare(self, becoming: Becoming, current: Current | None) -> list[Ahead]:
        """Make the content and store it, while the document may change."""
        try:
            content = becoming.content(current, self._read)
        except NotFound:
            return []  # it has been replaced already
        if content is None:
            return []
        with self.database.connection() as connection:
            _store(connection, self.tenant, content)
        return [Ahead(current, content)]

    def _read(self, sha2: bytes) -> bytes:
        with self.database.connection() as connection:
            return blobs.read(connection, self.tenant, sha2)


def _before(connection: Connection[Any], tenant: str, key: DocumentKey) -> tuple[Last | None, Current | None]:
    found = connection.execute(QUERIES(tenant, "before"), key.row | {"stream": key.stream}, binary=True)
    ((version, state, *current),) = found.fetchall()
    return Last(version, state) if version else None, Current(*current) if current[0] else None


def put(
    connection: Connection[Any], tenant: str, key: DocumentKey, said: DocumentStored, etag: str, place: Head
) -> None:
    """Let the document be what was said of it at this place of the log."""
    row = key.row | {
        "etag": etag,
        "content_type": said.content_type,
        "sha2": bytes.fromhex(said.sha2),
        "updated": place.stored,
        "position": place.position,
    }
    connection.execute(QUERIES(tenant, "put"), row)


def remove(connection: Connection[Any], tenant: str, key: DocumentKey) -> None:
    """Let there be no such document."""
    connection.execute(QUERIES(tenant, "delete"), key.row)


def _put(log: EventLog, connection: Connection[Any], write: Write, content: Content, place: int) -> None:
    event = write.key.stored(write.content_type, len(content.data), content.sha2, write.by)
    stored = events.to_stored(event, write.key.stream, place)
    write.attempted = Last(place, stored.state)
    _store(connection, log.tenant, content)
    appended = log.append(connection, [stored])
    here = Head(appended.previous + 1, appended.stored)
    put(connection, log.tenant, write.key, event, content.etag, here)


def _delete(log: EventLog, connection: Connection[Any], write: Write, place: int) -> None:
    stored = events.to_stored(write.key.deleted(write.by), write.key.stream, place)
    write.attempted = Last(place, stored.state)
    remove(connection, log.tenant, write.key)
    log.append(connection, [stored])


def _store(connection: Connection[Any], tenant: str, content: Content) -> None:
    """A large one is stored already, as a rule: then it need not be sent again."""
    if len(content.data) <= SMALL or not blobs.keep(connection, tenant, content.sha2):
        blobs.write(connection, tenant, content.sha2, content.data)
