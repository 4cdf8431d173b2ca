"""How does the index commit with the events? All rows of an append, in the append's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from lrs.database import arrays, sql
from lrs.database.arrays import Cells
from lrs.database.trip import Trip
from lrs.store import rows
from lrs.store.rows import Rows, Said
from lrs.xapi import raw

QUERIES = sql.Queries(__file__)

MOST_STEPS = 100
MOST_SEEN = 200_000
DEEPEST = 1000

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
        if self.reads(added):
            trip.run()
            _refer(trip.connection, tenant, added)
            _attach(trip.connection, tenant, added)
        _insert_terms(trip, tenant, added)
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
        arrays.uuids([arrays.uuid_cell(said.about) for _, said in numbered]),
        arrays.uuids([arrays.uuid_cell(said.digest) for _, said in numbered]),
        arrays.ints([number for number, _ in numbered]),
        arrays.byteas([said.content for _, said in numbered]),
    )


def _insert_terms(trip: Trip, tenant: str, added: Sequence[Rows]) -> None:
    counts = [len(each.terms) for each in added]
    trip.add(
        QUERIES(tenant, "terms"),
        arrays.uuids([cell for each in added for cell in each.terms]),
        arrays.repeated_ints(counts),
        arrays.uuids([arrays.uuid_cell(each.statement) for each in added]),
    )


def _refer(connection: Connection[Any], tenant: str, added: Sequence[Rows]) -> None:
    """Communication 2.1.3: who matches a statement also gets the statements that refer to it."""
    references = [(number, each.reference) for number, each in enumerate(added, 1) if each.reference]
    if not references:
        return
    parameters = {
        "numbers": [number for number, _ in references],
        "statements": [UUID(bytes=reference.statement) for _, reference in references],
        "targets": [UUID(bytes=reference.target) for _, reference in references],
        "voidings": [reference.voiding for _, reference in references],
    }
    connection.execute(QUERIES(tenant, "refer"), parameters)
    if any(reference.voiding for _, reference in references):
        connection.execute(QUERIES(tenant, "void"))
        connection.execute(QUERIES(tenant, "unvoid"))
    for number, _, state in connection.execute(
        QUERIES(tenant, "reached"), {"steps": MOST_STEPS}, binary=True
    ):
        inherited = rows.terms(raw.parse(state, max_depth=DEEPEST))
        added[number - 1].terms.extend(inherited.difference(added[number - 1].terms))


def _attach(connection: Connection[Any], tenant: str, added: Sequence[Rows]) -> None:
    attached = [(number, each) for number, row in enumerate(added, 1) for each in row.attached]
    if not attached:
        return
    parameters = {
        "numbers": [number for number, _ in attached],
        "sha2s": [each.sha2 for _, each in attached],
        "content_types": [each.content_type for _, each in attached],
    }
    connection.execute(QUERIES(tenant, "attach"), parameters)
