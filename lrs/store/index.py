"""How does the index commit with the events? All rows of an append, in the append's own transaction."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg.pq import TransactionStatus

from lrs.database import arrays, sql
from lrs.database.arrays import Cells
from lrs.database.trip import Trip
from lrs.store import references
from lrs.store.rows import Rows, Said

QUERIES = sql.Queries(__file__)

MOST_SEEN = 200_000

Key = tuple[str, bytes, bytes]


class Index:
    """Inserts the rows of statements; remembers which definitions and names are stored already."""

    def __init__(self) -> None:
        self._seen: set[Key] = set()

    def reads(self, added: Sequence[Rows]) -> bool:
        """Must these rows be completed by what is stored already? Then they need a transaction."""
        return any(each.reference or each.attached for each in added)

    def insert(self, trip: Trip, tenant: str, added: Sequence[Rows]) -> None:
        """Insert all rows of one append, in the order of its events, after the log has numbered them."""
        if trip.connection.info.transaction_status == TransactionStatus.INTRANS:
            references.insert_looking(trip, tenant, added)
            _attach(trip, tenant, added)
        else:
            references.insert_in_passing(trip, tenant, added)
        self._say(trip, tenant, "describe", [each.definitions for each in added])
        self._say(trip, tenant, "name", [each.names for each in added])

    def committed(self, tenant: str, added: Sequence[Rows]) -> None:
        """Only what is committed may be left out next time."""
        if len(self._seen) > MOST_SEEN:
            self._seen.clear()
        for each in added:
            self._seen.update((tenant, said.about, said.digest) for said in (*each.definitions, *each.names))

    def _say(self, trip: Trip, tenant: str, query: str, said_by_statement: Sequence[list[Said]]) -> None:
        unseen = {
            (tenant, said.about, said.digest): (number, said)
            for number, all_said in enumerate(said_by_statement, 1)
            for said in all_said
            if (tenant, said.about, said.digest) not in self._seen
        }
        if unseen:
            trip.add(QUERIES(tenant, query), *_said(list(unseen.values())))


def _said(numbered: Sequence[tuple[int, Said]]) -> tuple[Cells, ...]:
    return (
        arrays.uuids_of(said.about for _, said in numbered),
        arrays.uuids_of(said.digest for _, said in numbered),
        arrays.ints([number for number, _ in numbered]),
        arrays.byteas([said.content for _, said in numbered]),
    )


def _attach(trip: Trip, tenant: str, added: Sequence[Rows]) -> None:
    attached = [(number, each) for number, row in enumerate(added, 1) for each in row.attached]
    if attached:
        trip.add(
            QUERIES(tenant, "attach"),
            arrays.ints([number for number, _ in attached]),
            arrays.byteas([each.sha2 for _, each in attached]),
            arrays.texts([each.content_type for _, each in attached]),
        )
