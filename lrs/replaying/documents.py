"""Which documents are there at the end of a log? The last word on each, with the content that is stored."""

from __future__ import annotations

from typing import Any

from psycopg import Connection

from lrs.database import sql
from lrs.errors import NotFound
from lrs.log.event_log import Head
from lrs.log.events import DocumentStored, from_state
from lrs.store import blobs, changes, document_keys
from lrs.xapi import document

QUERIES = sql.Queries(__file__)


def make(connection: Connection[Any], tenant: str) -> int:
    """Make the rows of all documents, in a transaction; of how many the content is gone."""
    lost = 0
    with connection.cursor(f"documents_{tenant}") as last:
        for state, position, stored in last.execute(QUERIES(tenant, "last")):
            said = from_state(DocumentStored.topic, state)
            assert isinstance(said, DocumentStored)  # noqa: S101  by its topic
            try:
                content = blobs.read(connection, tenant, bytes.fromhex(said.sha2))
            except NotFound:
                lost += 1
                continue
            key, etag = document_keys.of(said), document.etag(content)
            changes.put(connection, tenant, key, said, etag, Head(position, stored))
    return lost
