"""Are the keys those that the log issued? Their times are the database's, and are not compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from psycopg import Connection

from lrs.auth.keys import QUERIES
from lrs.log.event_log import Recorded
from lrs.log.events import KeyIssued, KeyRevoked, from_state
from lrs.log.integrity import Wrong, place


class KeyCheck:
    """Remembers what each key should be, and compares at the end."""

    def __init__(self, connection: Connection[Any], tenant: str) -> None:
        self._connection = connection
        self._tenant = tenant
        self._keys: dict[str, tuple[Any, ...]] = {}

    def see(self, event: Recorded) -> Iterator[Wrong]:
        """What becomes of a key."""
        if event.topic not in (KeyIssued.topic, KeyRevoked.topic) or event.leaf is not None:
            return
        try:
            said = from_state(event.topic, event.state)
            if isinstance(said, KeyIssued):
                self._keys[said.key] = _row(said)
            elif isinstance(said, KeyRevoked):
                self._keys[said.key] = (*self._keys[said.key][:-1], True)
        except Exception:
            yield Wrong("log", place(event), "its state is no event of a key")

    def end(self) -> Iterator[Wrong]:
        """Each key as the log has it."""
        found = self._connection.execute(QUERIES(self._tenant, "every"), binary=True).fetchall()
        kept = {key: tuple(row) for key, *row in found}
        for key in sorted(kept.keys() | self._keys.keys()):
            if kept.get(key) != self._keys.get(key):
                yield Wrong("key", key, "is not what the log says of it")


def _row(said: KeyIssued) -> tuple[Any, ...]:
    digest, salt = bytes.fromhex(said.digest), bytes.fromhex(said.salt)
    return digest, salt, said.scopes, orjson.dumps(said.authority), said.label, said.learner, False
