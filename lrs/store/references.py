"""Which statements do new ones lead to, and which lead to them? Looked up under the lock, in one trip."""

from __future__ import annotations

import logging
import struct
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from psycopg.pq.abc import PGresult

from lrs.database import arrays, sql
from lrs.database.arrays import Cells
from lrs.database.trip import Trip
from lrs.store import chains
from lrs.store.chains import Older, Reached
from lrs.store.rows import Reference, Rows

QUERIES = sql.Queries(__file__)
LOG = logging.getLogger("lrs.references")

# A larger statement is not read, so it passes nothing on to who comes later; and one append reads no more.
LARGEST_READ = 1 << 20
MOST_READ = 32 << 20
# Each takes over two things at least: a verb and an authority.
MOST_OLDER = chains.MOST_TAKEN_OVER // 2


class _Integer(Cells):
    oid = 23


def insert_in_passing(trip: Trip, tenant: str, added: Sequence[Rows]) -> None:
    """Insert the terms of statements that refer to none; an IntegrityError where some refer to them."""
    trip.add(QUERIES(tenant, "in_passing"), _ids(added), *_terms([each.terms for each in added]))


def insert_looking(trip: Trip, tenant: str, added: Sequence[Rows]) -> None:
    """Insert references and terms in a transaction, after a look at what is stored; TooLarge."""
    taken = chains.take_over(added, *_look(trip, tenant, added))
    _refer(trip, tenant, [(number, each.reference) for number, each in enumerate(added, 1) if each.reference])
    trip.add(QUERIES(tenant, "own"), *_terms(taken.by_new))
    if taken.terms:
        trip.add(QUERIES(tenant, "taken_over"), arrays.uuids(taken.terms), arrays.bigints(taken.positions))
    if taken.left_out:
        noted = {"statement": str(UUID(bytes=added[0].statement)), "left_out": taken.left_out}
        LOG.warning("came after more that refer to it than can take over from it", extra=noted)


def _look(trip: Trip, tenant: str, added: Sequence[Rows]) -> tuple[Older, dict[bytes, Reached]]:
    targets = {each.reference.target for each in added if each.reference}
    targets -= {each.statement for each in added}
    limits = _STEPS, _integer(LARGEST_READ), _integer(MOST_READ)
    trip.add(QUERIES(tenant, "older", "who"), _ids(added), _STEPS, _integer(MOST_OLDER + 1))
    trip.add(QUERIES(tenant, "reached"), arrays.uuids_of(targets), *limits)
    older, reached = trip.run()[-2:]
    if older.ntuples > MOST_OLDER and len(added) > 1:
        raise chains.too_many(f"more than {MOST_OLDER:,} statements had come before what they lead to")
    return _older(older), _reached(reached)


def _older(found: PGresult) -> Older:
    older: defaultdict[int, defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in range(found.ntuples):
        number, step, position = (_int(found.get_value(row, column)) for column in range(3))
        older[number][step].append(position)
    return older


def _reached(found: PGresult) -> dict[bytes, Reached]:
    if found.ntuples and _int(found.get_value(0, 3)) > MOST_READ:
        raise chains.too_many(f"what they refer to is more than {MOST_READ:,} bytes")
    return {
        found.get_value(row, 0) or b"": Reached(found.get_value(row, 1), found.get_value(row, 2))
        for row in range(found.ntuples)
    }


def _refer(trip: Trip, tenant: str, numbered: Sequence[tuple[int, Reference]]) -> None:
    if not numbered:
        return
    references = [reference for _, reference in numbered]
    trip.add(
        QUERIES(tenant, "refer"),
        arrays.ints([number for number, _ in numbered]),
        arrays.uuids_of(each.statement for each in references),
        arrays.uuids_of(each.target for each in references),
        arrays.ints([each.voiding for each in references]),
    )
    if voiding := [each for each in references if each.voiding]:
        trip.add(QUERIES(tenant, "void"), arrays.uuids_of(each.target for each in voiding))
        trip.add(QUERIES(tenant, "unvoid"), arrays.uuids_of(each.statement for each in voiding))


def _ids(added: Sequence[Rows]) -> Cells:
    return arrays.uuids_of(each.statement for each in added)


def _terms(by_statement: Sequence[Sequence[bytes]]) -> tuple[Cells, Cells]:
    return (
        arrays.uuids([cell for terms in by_statement for cell in terms]),
        arrays.repeated_ints([len(terms) for terms in by_statement]),
    )


def _integer(value: int) -> Cells:
    return _Integer(struct.pack(">i", value))


def _int(value: bytes | None) -> int:
    return int.from_bytes(value or b"", signed=True)


_STEPS = _integer(chains.MOST_STEPS)
