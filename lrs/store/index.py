"""How does the index commit with the events? All rows of an append, in the append's own transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

from psycopg.pq import TransactionStatus

from lrs.database import arrays, sql
from lrs.database.arrays import Cells
from lrs.database.trip import Trip
from lrs.store import references
from lrs.store.rows import Rows, Said

QUERIES = sql.Queries(__file__)

MOST_REMEMBERED = 200_000
# For so many seconds at most, what another process was told counts as the last word though we hear others.
FORGET_AFTER = 60.0

# Where one append says several things of an activity: whatever is said next is news.
MANY = b""

Numbered = tuple[int, Said]


class Index:
    """Inserts the rows of statements; remembers what is stored of activities and agents already.

    Of an activity what was said last counts most (Communication 2.5). Nearly always that is said again, and
    nothing is stored; else it is stored, or its position is brought up to date.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._forgot = clock()
        self._defined: dict[tuple[str, bytes], bytes] = {}
        self._named: set[tuple[str, bytes, bytes]] = set()

    def reads(self, added: Sequence[Rows]) -> bool:
        """Must these rows be completed by what is stored already? Then they need a transaction."""
        return any(each.reference or each.attached for each in added)

    def insert(self, trip: Trip, tenant: str, added: Sequence[Rows]) -> None:
        """Insert all rows of one append, in the order of its events, after the log has numbered them."""
        self._forget_now_and_then()
        if trip.connection.pgconn.transaction_status == TransactionStatus.INTRANS:
            references.insert_looking(trip, tenant, added)
            _attach(trip, tenant, added)
        else:
            references.insert_in_passing(trip, tenant, added)
        if definitions := self._new_definitions(tenant, added):
            trip.add(QUERIES(tenant, "describe"), *_said(definitions))
        if names := self._new_names(tenant, added):
            trip.add(QUERIES(tenant, "name"), *_said(names))

    def committed(self, tenant: str, added: Sequence[Rows]) -> None:
        """Only what is committed may be left out next time."""
        now: dict[tuple[str, bytes], bytes] = {}
        for each in added:
            for about, digest, _ in each.definitions:
                if now.setdefault((tenant, about), digest) != digest:
                    now[tenant, about] = MANY
            for about, digest, _ in each.names:
                self._named.add((tenant, about, digest))
        self._defined |= now

    def _forget_now_and_then(self) -> None:
        many = len(self._defined) + len(self._named) > MOST_REMEMBERED
        if many or self._clock() - self._forgot > FORGET_AFTER:
            self._defined.clear()
            self._named.clear()
            self._forgot = self._clock()

    def _new_definitions(self, tenant: str, added: Sequence[Rows]) -> list[Numbered]:
        """What is said of an activity whose last definition is another one, and what follows of it."""
        changed: set[bytes] = set()
        found: dict[tuple[bytes, bytes], Numbered] = {}
        for number, each in enumerate(added, 1):
            for said in each.definitions:
                about, digest, _ = said
                if about in changed or self._defined.get((tenant, about)) != digest:
                    changed.add(about)
                    found[about, digest] = number, said
        return list(found.values())

    def _new_names(self, tenant: str, added: Sequence[Rows]) -> list[Numbered]:
        """The names that are new, each where it is said first."""
        found: dict[tuple[bytes, bytes], Numbered] = {}
        for number, each in enumerate(added, 1):
            for said in each.names:
                if (tenant, said.about, said.digest) not in self._named:
                    found.setdefault((said.about, said.digest), (number, said))
        return list(found.values())


def _said(numbered: Sequence[Numbered]) -> tuple[Cells, ...]:
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
