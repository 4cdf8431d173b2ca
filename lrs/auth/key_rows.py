"""What is a key, by its events? The row that commits with them, and can be made of them again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from psycopg import Connection

from lrs.database import sql
from lrs.log.events import KeyIssued, KeyRevoked

QUERIES = sql.Queries(__file__)


def apply(connection: Connection[Any], tenant: str, said: KeyIssued | KeyRevoked, at: datetime) -> None:
    """Bring the row of the key to where an event stored at this time brings it."""
    if isinstance(said, KeyIssued):
        connection.execute(QUERIES(tenant, "put"), row(said) | {"at": at})
    else:
        connection.execute(QUERIES(tenant, "revoke"), {"key": said.key, "at": at})


def row(said: KeyIssued) -> dict[str, Any]:
    """The row of a key that was issued, without its times."""
    return {
        "key": said.key,
        "digest": bytes.fromhex(said.digest),
        "salt": bytes.fromhex(said.salt),
        "scopes": said.scopes,
        "authority": orjson.dumps(said.authority),
        "label": said.label,
        "learner": said.learner,
    }
