"""Is the index what the log says? Each row must follow from a statement, and each statement have its rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from lrs.database import sql
from lrs.log.event_log import Recorded
from lrs.log.events import STATEMENT_STORED
from lrs.log.integrity import Wrong, place
from lrs.store import chains, rows
from lrs.store.references import LARGEST_READ
from lrs.store.rows import Rows
from lrs.xapi import attachment, raw

QUERIES = sql.Queries(__file__)
ROWS_AT_ONCE = 5000
# Who has more that refer to it may have come too late for all of them (Taken.left_out).
MOST_REFERRERS = 1000
_FOR_NOBODY = "belongs to no statement"


class Referrer(NamedTuple):
    """A statement that refers to another, and what it was found by beside its own terms."""

    place: str
    statement: bytes
    own: frozenset[bytes]
    others: frozenset[bytes]


class IndexCheck:
    """Compares the rows of the index with the statements, in the order of the log."""

    def __init__(self, connection: Connection[Any], tenant: str) -> None:
        self._connection = connection
        self._tenant = tenant
        self._terms, self._refs, self._definitions, self._names, self._attachments = (
            _Claims(connection, tenant, table)
            for table in (
                "statement_term",
                "statement_ref",
                "activity_definition",
                "agent_name",
                "attachment",
            )
        )
        self._referrers: list[Referrer] = []
        self._targets: dict[bytes, bytes] = {}
        self._voiding: set[bytes] = set()

    def see(self, event: Recorded) -> Iterator[Wrong]:
        """Compare what the index has of this position with what the event says."""
        claims = (self._terms, self._refs, self._definitions, self._names, self._attachments)
        for each in claims:
            yield from each.before(event.position)
        if event.topic != STATEMENT_STORED or event.leaf is not None:
            for each in claims:
                if each.at(event.position):
                    yield Wrong(each.table, place(event), _FOR_NOBODY)
            return
        try:
            document: Any = raw.parse_stored(event.state)
            said = rows.of(document, event.originator_id.bytes, authority=document["authority"])
            attached = {(bytes.fromhex(each.sha2), each.content_type) for each in attachment.needed(document)}
        except Exception:
            yield Wrong("log", place(event), "its state is no statement")
            return
        yield from self._compare(event, said)
        for claim in self._attachments.at(event.position):
            if claim not in attached:
                yield Wrong("attachment", place(event), "is no attachment of its statement")

    def end(self) -> Iterator[Wrong]:
        """What belongs to no statement, what was taken over along references, and what is voided."""
        for each in (self._terms, self._refs, self._definitions, self._names, self._attachments):
            yield from each.rest()
        yield from self._check_taken_over()
        voided = {self._targets[each] for each in self._voiding} - self._voiding
        kept = {each.bytes for (each,) in _rows(self._connection, self._tenant, "voided")}
        for wrong in sorted(voided ^ kept)[:1]:
            what = "is not voided by any statement" if wrong in kept else "is missing: it is voided"
            yield Wrong("voided", f"statement {UUID(bytes=wrong)}", what)

    def _compare(self, event: Recorded, said: Rows) -> Iterator[Wrong]:
        at = place(event)
        own = frozenset(each[-16:] for each in said.terms)
        found = frozenset(term.bytes for (term,) in self._terms.at(event.position))
        if not own <= found:
            yield Wrong("statement_term", at, "lacks what its statement can be found by")
        reference = said.reference
        if reference:
            self._referrers.append(Referrer(at, reference.statement, own, found - own))
            self._targets[reference.statement] = reference.target
            if reference.voiding:
                self._voiding.add(reference.statement)
        elif found != own:
            yield Wrong("statement_term", at, "has what its statement cannot be found by")
        expected = (
            [(UUID(bytes=reference.statement), UUID(bytes=reference.target), reference.voiding)]
            if reference
            else []
        )
        if self._refs.at(event.position) != expected:
            yield Wrong("statement_ref", at, "is not the reference of its statement")
        for claims, things in ((self._definitions, said.definitions), (self._names, said.names)):
            known = {(UUID(bytes=each.about), UUID(bytes=each.digest), each.content) for each in things}
            if not known.issuperset(claims.at(event.position)):
                yield Wrong(claims.table, at, "is not what its statement says")

    def _check_taken_over(self) -> Iterator[Wrong]:
        """Communication 2.1.3: filters follow references, so far and to so many terms (chains)."""
        referred: dict[bytes, int] = {}
        for target in self._targets.values():
            referred[target] = referred.get(target, 0) + 1
        for each in self._referrers:
            may: set[bytes] = set()
            must: set[bytes] = set()
            for target in self._reached(each.statement):
                terms, small = self._terms_of(target)
                may |= terms
                must |= terms if small and referred[target] <= MOST_REFERRERS else set()
            if not each.others <= may:
                yield Wrong("statement_term", each.place, "has what its statement cannot be found by")
            elif not must - each.own <= each.others:
                yield Wrong(
                    "statement_term", each.place, "lacks what it can be found by through its reference"
                )

    def _reached(self, statement: bytes) -> Iterator[bytes]:
        seen, here = {statement}, self._targets.get(statement)
        while here is not None and here not in seen and len(seen) <= chains.MOST_STEPS:
            seen.add(here)
            yield here
            here = self._targets.get(here)

    def _terms_of(self, statement: bytes) -> tuple[set[bytes], bool]:
        """What it can be found by, and whether it passes that on whichever way it came."""
        query = QUERIES(self._tenant, "statement")
        row = self._connection.execute(query, {"id": UUID(bytes=statement)}).fetchone()
        if row is None:
            return set(), True
        try:
            found = {each[-16:] for each in rows.terms(raw.parse_stored(row[0]))}
        except Exception:
            return set(), True  # which the log itself has been blamed for
        small = len(row[0]) <= LARGEST_READ and row[0].count(b"{") <= chains.MOST_TERMS
        return found, small and len(found) <= chains.MOST_TERMS


class _Claims:
    """The rows of one table of the index, in the order of the positions that they name."""

    def __init__(self, connection: Connection[Any], tenant: str, table: str) -> None:
        self.table = table
        self._rows = _rows(connection, tenant, table)
        self._next = next(self._rows, None)
        self._here: tuple[int, list[tuple[Any, ...]]] = (0, [])

    def before(self, position: int) -> Iterator[Wrong]:
        """Rows that name a position before this one, which nobody has asked for."""
        while self._next is not None and self._next[0] < position:
            yield Wrong(self.table, f"position {self._next[0]}", _FOR_NOBODY)
            self._next = next(self._rows, None)

    def at(self, position: int) -> list[tuple[Any, ...]]:
        """What they say of a position."""
        if self._here[0] != position:
            self._here = (position, [])
            while self._next is not None and self._next[0] == position:
                self._here[1].append(self._next[1:])
                self._next = next(self._rows, None)
        return self._here[1]

    def rest(self) -> Iterator[Wrong]:
        """What comes after the end of the log."""
        if self._next is not None:
            yield Wrong(self.table, f"position {self._next[0]}", _FOR_NOBODY)


def _rows(connection: Connection[Any], tenant: str, query: str) -> Iterator[tuple[Any, ...]]:
    """A query's rows one after the other, several queries at the same time."""
    with connection.cursor(f"{query}_{tenant}", binary=True) as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(QUERIES(tenant, query))
        yield from cursor
