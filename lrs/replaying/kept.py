"""What of a statement is in the index, where the log alone cannot tell? The store that is replayed knows.

Whether a statement may define activities and name agents depended on the key that it came with, and keys can
have one authority. A content that it announces may have come with it, or be had from elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import orjson

from lrs.auth.scopes import SCOPES, may_define
from lrs.database import arrays, sql
from lrs.database.pool import Database
from lrs.log.event_log import Recorded
from lrs.store.rows import Attached, Rows, Said
from lrs.xapi.vocabulary import Json

QUERIES = sql.Queries(__file__)


class Kept:
    """The index of the store that is replayed."""

    def __init__(self, database: Database, tenant: str) -> None:
        self._database = database
        self._tenant = tenant
        defining = {"scopes": [each for each in SCOPES if may_define(frozenset({each}))]}
        self._unheard = {authority for (authority,) in self._ask("unheard", defining)}

    def may_define(self, authority: Json) -> bool:
        """Whether a key with this authority may; it is another's where there is no key."""
        return orjson.dumps(authority) not in self._unheard

    def narrowed(self, events: Sequence[Recorded], made: Sequence[Rows]) -> list[Rows]:
        """The rows of consecutive events: without what they might not say, with what came with them.

        A definition was moved up to where it was last news, a name stands where it was said first.
        """
        defined = self._positions("definitions", (said for each in made for said in each.definitions))
        named = self._positions("names", (said for each in made for said in each.names))
        attached = self._attached(events)
        return [
            replace(
                each,
                definitions=[one for one in each.definitions if defined.get(one[:2], 0) >= event.position],
                names=[one for one in each.names if named.get(one[:2], event.position + 1) <= event.position],
                attached=attached.get(event.position, []),
            )
            for event, each in zip(events, made, strict=True)
        ]

    def _positions(self, query: str, said: Iterable[Said]) -> dict[tuple[bytes, bytes], int]:
        wanted = {each[:2] for each in said}
        if not wanted:
            return {}
        abouts, digests = zip(*wanted, strict=True)
        asked = {"abouts": arrays.uuids_of(abouts), "digests": arrays.uuids_of(digests)}
        return {(about.bytes, digest.bytes): at for about, digest, at in self._ask(query, asked)}

    def _attached(self, events: Sequence[Recorded]) -> dict[int, list[Attached]]:
        found: defaultdict[int, list[Attached]] = defaultdict(list)
        span = {"first": events[0].position, "last": events[-1].position}
        for position, *attached in self._ask("attachments", span):
            found[position].append(Attached(*attached))
        return found

    def _ask(self, query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        with self._database.connection() as connection:
            return connection.execute(QUERIES(self._tenant, query), parameters, binary=True).fetchall()
