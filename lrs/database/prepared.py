"""Which statements does a connection know? Each is parsed once; the longest unused is forgotten first.

What has to be prepared or forgotten travels with the statements that need it: nobody waits for it alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import Connection
from psycopg.pq.abc import PGconn

from lrs.database.arrays import Cells

MOST = 300


class Prepared:
    """The prepared statements of one connection."""

    def __init__(self) -> None:
        self._names: dict[bytes, bytes] = {}
        self._in_doubt = False
        self._under_way = False

    def name(self, query: bytes) -> bytes:
        """The name of what was prepared; it counts as used."""
        name = self._names[query] = self._names.pop(query)
        return name

    def prepare(self, pgconn: PGconn, query: bytes, parameters: Sequence[Cells]) -> int:
        """Send what it takes until the connection knows this statement; how many answers that will have."""
        if query in self._names:
            return 0
        sent = 1
        if self._in_doubt:
            pgconn.send_query_params(b"DEALLOCATE ALL", None)
            self._in_doubt = False
            sent += 1
        if len(self._names) >= MOST:
            pgconn.send_query_params(b"DEALLOCATE " + self._names.pop(next(iter(self._names))), None)
            sent += 1
        name = b"lrs_" + hashlib.blake2b(query, digest_size=12).hexdigest().encode()
        pgconn.send_prepare(name, query, [each.oid for each in parameters])
        self._names[query] = name
        self._under_way = True
        return sent

    def arrived(self, *, well: bool) -> None:
        """After a failure nobody knows how far what was under way has come: all is prepared anew."""
        if self._under_way and not well:
            self._names.clear()
            self._in_doubt = True
        self._under_way = False


_of: WeakKeyDictionary[Connection[Any], Prepared] = WeakKeyDictionary()


def of(connection: Connection[Any]) -> Prepared:
    """What this connection knows."""
    known = _of.get(connection)
    if known is None:
        known = _of[connection] = Prepared()
    return known
