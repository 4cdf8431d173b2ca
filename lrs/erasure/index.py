"""What does the index forget? All that follows from statements that are gone, and from nothing else.

Afterwards it is what it would be had they never been said; `lrs audit verify` holds it to that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from lrs.database import arrays, sql
from lrs.erasure import plan
from lrs.store import blobs, chains, rows
from lrs.store.references import LARGEST_READ
from lrs.store.rows import Said
from lrs.xapi import actor, raw, statement
from lrs.xapi.vocabulary import Json

QUERIES = sql.Queries(__file__)
# What was said is looked for in so many statements at a time.
LOOKED_AT = 200
_ANY_SIZE = 2**31 - 1


class Mentioned:
    """Whom and what statements mention that are about to go: digests, and the texts behind them."""

    def __init__(self) -> None:
        self.activities: dict[UUID, str] = {}
        self.agents: dict[UUID, str] = {}

    def add(self, document: Json) -> None:
        """All that this statement says something of."""
        found = statement.mentioned(document)
        for each in (*found.activities, *found.related_activities):
            self.activities[_about(each["id"])] = each["id"]
        for each in (*found.agents, *found.related_agents):
            if ifi := actor.ifi(each):
                self.agents[_about(ifi)] = ifi


def let_go(connection: Connection[Any], tenant: str, statements: Mapping[int, UUID]) -> dict[int, UUID]:
    """Forget by what statements that are to go are found, and also what refers to them, which is returned."""
    gone = {"positions": list(statements)}
    referrers = dict(connection.execute(QUERIES(tenant, "referrers"), gone).fetchall())
    found = _terms(connection, tenant, {**statements, **referrers}, largest=_ANY_SIZE)
    pairs = [(term, position) for position, terms in found for term in terms]
    _with_terms(connection, tenant, "forget_terms", pairs)
    return referrers


def forget(
    connection: Connection[Any],
    tenant: str,
    positions: Sequence[int],
    referrers: Mapping[int, UUID],
    mentioned: Mentioned,
) -> None:
    """Forget the rest of them, once their rows of the log are erased; and find what refers to them anew."""
    gone = {"positions": positions}
    connection.execute(QUERIES(tenant, "forget_references"), gone)
    found = _terms(connection, tenant, referrers, largest=LARGEST_READ)
    pairs = [(term, position) for position, terms in found for term in terms]
    _with_terms(connection, tenant, "index", pairs)
    for query in ("no_longer_voided", "still_voided"):
        connection.execute(QUERIES(tenant, query))
    for kind, known in (("activity", mentioned.activities), ("agent", mentioned.agents)):
        _say_again(connection, tenant, kind, known, gone)
    contents = connection.execute(QUERIES(tenant, "forget_attachments"), gone).fetchall()
    for (sha2,) in set(contents):
        blobs.drop_unused(connection, tenant, sha2)


def _with_terms(
    connection: Connection[Any], tenant: str, query: str, pairs: Sequence[tuple[bytes, int]]
) -> None:
    given = {
        "terms": arrays.uuids([term for term, _ in pairs]),
        "positions": arrays.bigints([position for _, position in pairs]),
    }
    connection.execute(QUERIES(tenant, query), given)


def _terms(
    connection: Connection[Any], tenant: str, statements: Mapping[int, UUID], *, largest: int
) -> Iterator[tuple[int, set[bytes]]]:
    """By what each is found: its own terms, and those of what it leads to, unless that is too large."""
    for position, document in plan.texts(connection, tenant, statements):
        found = rows.terms(document)
        if statement.target(document):
            for reached in _reached(connection, tenant, statements[position], largest):
                more = rows.terms(reached)
                if len(more) <= chains.MOST_TERMS or largest == _ANY_SIZE:
                    found |= more
        yield position, found


def _reached(connection: Connection[Any], tenant: str, begin: UUID, largest: int) -> Iterator[Json]:
    seen, here = {begin}, begin
    for _ in range(chains.MOST_STEPS):
        wanted = {"statement": here, "largest": largest}
        row = connection.execute(QUERIES(tenant, "target"), wanted, binary=True).fetchone()
        if row is None or row[0] in seen:
            return
        here, state = row
        seen.add(here)
        if state is not None:
            yield raw.parse_stored(state)


def _say_again(
    connection: Connection[Any], tenant: str, kind: str, known: Mapping[UUID, str], gone: Json
) -> None:
    """What somebody else has said too stays, where she said it; what nobody else has said goes."""
    missing = defaultdict[UUID, set[bytes]](set)
    for about, digest in connection.execute(QUERIES(tenant, f"forget_{kind}"), gone, binary=True).fetchall():
        missing[about].add(digest.bytes)
    for about, digests in missing.items():
        for position, said in _said_of(connection, tenant, kind, known[about]):
            if said.digest in digests:
                again = {"about": about, "digest": UUID(bytes=said.digest), "position": position}
                connection.execute(QUERIES(tenant, f"say_{kind}"), again | {"content": said.content})
                digests.discard(said.digest)
            if not digests:
                break


def _said_of(connection: Connection[Any], tenant: str, kind: str, value: str) -> Iterator[tuple[int, Said]]:
    """What others say of it: the newest of an activity first, and of an agent the oldest."""
    about, terms = _about(value).bytes, [rows.term(kind, value), rows.term(f"related-{kind}", value)]
    found = connection.execute(QUERIES(tenant, "mentioning"), {"terms": terms}).fetchall()
    positions = [position for (position,) in found]
    if kind == "activity":
        positions.reverse()
    for at in range(0, len(positions), LOOKED_AT):
        some = dict(plan.texts(connection, tenant, positions[at : at + LOOKED_AT]))
        for position in positions[at : at + LOOKED_AT]:
            if position in some:
                made = rows.of(some[position], b"", authority=some[position].get("authority", {}))
                said = made.definitions if kind == "activity" else made.names
                yield from ((position, each) for each in said if each.about == about)


def _about(value: str) -> UUID:
    return UUID(bytes=rows.digest(value.encode()))
