"""Are the keys those that the log issued?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from psycopg import Connection

from lrs.auth.key_rows import QUERIES, row
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
                _, *made = row(said).values()
                issued = self._keys[said.key][-2] if said.key in self._keys else event.stored
                self._keys[said.key] = (*made, issued, None)
            elif isinstance(said, KeyRevoked):
                self._keys[said.key] = (*self._keys[said.key][:-1], event.stored)
        except Exception:
            yield Wrong("log", place(event), "its state is no event of a key")

    def end(self) -> Iterator[Wrong]:
        """Each key as the log has it."""
        found = self._connection.execute(QUERIES(self._tenant, "every"), binary=True).fetchall()
        kept = {key: tuple(row) for key, *row in found}
        for key in sorted(kept.keys() | self._keys.keys()):
            if kept.get(key) != self._keys.get(key):
                yield Wrong("key", key, "is not what the log says of it")
