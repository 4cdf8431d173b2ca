"""Are the documents those that the log names, and the contents what their digests say?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from psycopg import Connection

from lrs.database import sql
from lrs.log.event_log import Recorded
from lrs.log.events import DocumentDeleted, DocumentStored, from_state
from lrs.log.integrity import Wrong, place
from lrs.store import document_keys

QUERIES = sql.Queries(__file__)
CHUNKS_AT_ONCE = 20

Row = tuple[Any, ...]


class ContentCheck:
    """Remembers what each document should be, and compares at the end."""

    def __init__(self, connection: Connection[Any], tenant: str) -> None:
        self._connection = connection
        self._tenant = tenant
        self._documents: dict[tuple[Any, ...], Row] = {}

    def see(self, event: Recorded) -> Iterator[Wrong]:
        """What becomes of a document."""
        if event.topic not in (DocumentStored.topic, DocumentDeleted.topic) or event.leaf is not None:
            return
        try:
            said = from_state(event.topic, event.state)
            assert isinstance(said, DocumentStored | DocumentDeleted)  # noqa: S101  by its topic
            key = tuple(document_keys.of(said).row.values())
            if isinstance(said, DocumentStored):
                sha2 = bytes.fromhex(said.sha2)
                self._documents[key] = (said.content_type, sha2, event.stored, event.position)
            else:
                self._documents.pop(key, None)
        except Exception:
            yield Wrong("log", place(event), "its state is no event of a document")

    def end(self) -> Iterator[Wrong]:
        """Each document as the log has it, and each content as its digest has it."""
        etags = dict[bytes, str]()
        yield from self._check_contents(etags)
        for *key, etag, content_type, sha2, updated, position in self._connection.execute(
            QUERIES(self._tenant, "documents"), binary=True
        ).fetchall():
            expected = self._documents.pop(tuple(key), None)
            if expected != (content_type, sha2, updated, position) or etag != etags.get(sha2):
                yield Wrong("document", f"{key[0]} {key[2]!r} of {key[1]}", "is not what the log says of it")
        for key, (*_, position) in self._documents.items():
            yield Wrong("document", f"position {position}", f"the {key[0]} {key[2]!r} is missing")

    def _check_contents(self, etags: dict[bytes, str]) -> Iterator[Wrong]:
        with self._connection.cursor(f"blobs_{self._tenant}", binary=True) as rows:
            rows.itersize = CHUNKS_AT_ONCE
            rows.execute(QUERIES(self._tenant, "blobs"))
            for (sha2, size), chunks in groupby(rows, lambda row: row[:2]):
                found = _Content()
                for _, _, number, content in chunks:
                    if number is not None:
                        found.add(number, content)
                if (found.sha2.digest(), found.size, found.whole) != (sha2, size, True):
                    yield Wrong("blob", f"sha2 {sha2.hex()}", "is not the content of this digest and size")
                etags[sha2] = f'"{found.sha1.hexdigest()}"'


class _Content:
    """What is known of a content, chunk by chunk."""

    def __init__(self) -> None:
        self.sha2, self.sha1 = hashlib.sha256(), hashlib.sha1(usedforsecurity=False)
        self.size, self.whole, self._chunks = 0, True, 0

    def add(self, number: int, content: bytes) -> None:
        """The next chunk; they are numbered 0, 1, 2, …"""
        self.whole = self.whole and number == self._chunks
        self.sha2.update(content)
        self.sha1.update(content)
        self.size += len(content)
        self._chunks += 1
