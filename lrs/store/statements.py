"""How are statements stored and found? Prepared for the log, and read back through the index as bytes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from psycopg import Connection

from lrs.database import arrays, sql
from lrs.database.pool import Database
from lrs.errors import NotFound
from lrs.log.event_log import EventLog
from lrs.log.writer import Entry, Outcome, Writer, new_statement
from lrs.store import pages, rows
from lrs.store.index import Index
from lrs.store.rows import Attached
from lrs.xapi import actor, raw, statement
from lrs.xapi.query import StatementQuery
from lrs.xapi.time import EPOCH
from lrs.xapi.version import Version
from lrs.xapi.vocabulary import Json

QUERIES = sql.Queries(__file__)
MAX_PAGE_BYTES = 16 * 1024 * 1024
FIRST, LAST = 0, 2**63 - 1
BOUND_IS_OLD_AFTER = 1.0
_OF_TWO_TERMS = {"related_agent", "related_activity", "own"}
_RELATED = {"agent": "related_agents", "activity": "related_activities"}


class Authority(NamedTuple):
    """What the store writes into every statement of a caller."""

    document: Json
    text: bytes


class Found(NamedTuple):
    """One statement as it is stored."""

    position: int
    text: bytes
    document: Json | None = None  # where it had to be parsed


class Blob(NamedTuple):
    """A piece of content that belongs to statements of an answer."""

    sha2: bytes
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some statements, and the position to go on from where there are more."""

    statements: list[Found]
    cursor: int | None


class Statements:
    """The statements of every tenant."""

    def __init__(self, database: Database, *, max_waiting: int, max_page_bytes: int = MAX_PAGE_BYTES) -> None:
        self.database = database
        self.max_page_bytes = max_page_bytes
        self.writer = Writer(database, Index(), max_waiting=max_waiting)
        self._bounds: dict[str, tuple[datetime, float]] = {}

    def close(self) -> None:
        """Finish what was accepted."""
        self.writer.close()

    async def store(self, tenant: str, entries: list[Entry]) -> None:
        """Store all of them or none; StatementConflict, Overloaded, Unavailable."""
        if entries:
            self._learn(tenant, await self.writer.append(tenant, entries))

    def enqueue(self, tenant: str, entries: list[Entry], tell: Callable[[Outcome], None]) -> None:
        """The same without waiting: somebody is told what became of them; Overloaded at once."""

        def learn(outcome: Outcome) -> None:
            if isinstance(outcome, datetime):
                self._learn(tenant, outcome)
            tell(outcome)

        self.writer.enqueue(tenant, entries, learn)

    def get(self, tenant: str, statement_id: str, *, voided: bool, mine: bytes | None = None) -> Found:
        """One statement by its id; NotFound also where it is voided and should not be, or the other way."""
        names = ["one", *(["mine"] if mine else [])]
        parameters = {"id": UUID(statement_id), "voided": voided, "authority": _text(mine)}
        with self.database.connection() as connection:
            found = connection.execute(QUERIES(tenant, *names), parameters, binary=True).fetchone()
            if found is None and connection.execute(QUERIES(tenant, "erased"), parameters).fetchone() == ():
                raise NotFound(f"The statement {statement_id} was erased.")
        if found is None:
            raise NotFound(f"There is no {'voided ' if voided else ''}statement {statement_id}.")
        return Found(*found)

    def find(self, tenant: str, query: StatementQuery, *, mine: bytes | None = None) -> Page:
        """A page of the statements that match (Communication 2.1.3); it ends early where they are large."""
        names, parameters = _fragments(query, mine)
        most = self.max_page_bytes
        with self.database.connection() as connection:
            parameters |= self._span(connection, tenant, query)
            parameters |= {
                "limit": query.limit + 1,
                "small": most // (query.limit + 1),
                "authority": _text(mine),
            }
            # Planned each time with the values at hand: which filter is the rarest depends on them.
            cursor = connection.execute(QUERIES(tenant, *names), parameters, binary=True)
            matching = [Found(*row) for row in cursor.fetchall()]
            found = matching[: query.limit]
            if not all(each.text for each in found):
                found = self._fitting(connection, tenant, found)
        if query.format == "canonical" and not mine:
            found = self._fitting_with_definitions(tenant, found)
        return Page(found, found[-1].position if len(found) < len(matching) else None)

    def attachments(self, tenant: str, positions: Sequence[int]) -> list[Blob]:
        """The blobs of the statements at these positions, each once."""
        with self.database.connection() as connection:
            parameters = {"positions": list(positions)}
            return [Blob(*row) for row in connection.execute(QUERIES(tenant, "attachments"), parameters)]

    async def consistent_through(self, tenant: str) -> datetime:
        """A time such that no statement stored at or before it can appear later (Communication 2.1.3)."""
        bound, learned = self._bounds.get(tenant, (EPOCH, -BOUND_IS_OLD_AFTER))
        if time.monotonic() - learned <= BOUND_IS_OLD_AFTER:
            return bound
        log = EventLog(self.database, tenant)
        self._learn(tenant, await self.database.run(log.consistent_through))
        return self._bounds[tenant][0]

    def known_bound(self, tenant: str) -> datetime:
        """The last bound that this process has learned: an old one is still true."""
        return self._bounds.get(tenant, (EPOCH, 0.0))[0]

    def _learn(self, tenant: str, bound: datetime) -> None:
        self._bounds[tenant] = (max(bound, self.known_bound(tenant)), time.monotonic())

    def _fitting(self, connection: Connection[Any], tenant: str, found: list[Found]) -> list[Found]:
        """As many as fit on a page, with the texts that are too large to have come unasked."""

        def look_up(query: str, some: Sequence[Found]) -> dict[int, Any]:
            parameters = {"positions": [each.position for each in some if not each.text]}
            return dict(connection.execute(QUERIES(tenant, query), parameters, binary=True).fetchall())

        sizes = look_up("sizes", found)
        fitting = pages.fitting(
            [len(each.text) or sizes[each.position] for each in found], self.max_page_bytes
        )
        texts = look_up("texts", found[:fitting])
        return [each if each.text else Found(each.position, texts[each.position]) for each in found[:fitting]]

    def _fitting_with_definitions(self, tenant: str, found: list[Found]) -> list[Found]:
        sizes = [len(each.text) for each in found]
        documents = [raw.parse_stored(each.text) for each in found]
        fitting = pages.fitting_with_definitions(self.database, tenant, sizes, documents, self.max_page_bytes)
        parsed = [each._replace(document=one) for each, one in zip(found, documents, strict=True)]
        return parsed[:fitting]

    def _span(self, connection: Connection[Any], tenant: str, query: StatementQuery) -> dict[str, int]:
        """The positions between which to look; both bounds are outside."""
        log = EventLog(self.database, tenant)
        after = log.position_at(connection, query.since) if query.since else FIRST
        before = log.position_at(connection, query.until) + 1 if query.until else LAST
        if query.cursor is not None and query.ascending:
            after = max(after, query.cursor)
        elif query.cursor is not None:
            before = min(before, query.cursor)
        return {"after": after, "before": before}


def prepare(
    text: bytes,
    document: Json,
    *,
    new_id: str,
    authority: Authority,
    version: Version,
    attached: Sequence[Attached] = (),
    define: bool = True,
) -> Entry:
    """A checked statement's entry for the log, with its rows of the index."""
    completed = statement.complete(text, document, new_id=new_id, authority=authority.text, version=version)
    sixteen = arrays.sixteen(completed.id)
    made = rows.of(document, sixteen, authority=authority.document, attached=attached, define=define)
    event = new_statement(sixteen, completed.opened, timestamped=completed.timestamped)
    return Entry(completed.id, event, made)


def _fragments(query: StatementQuery, mine: bytes | None) -> tuple[list[str], dict[str, Any]]:
    """The blocks that make up the SQL of a query, and the terms that they look for."""
    order = "oldest_first" if query.ascending else "newest_first"
    joins, parameters = [], {}
    for name in ("verb", "registration", "agent", "activity"):
        if value := getattr(query, name):
            related = getattr(query, _RELATED.get(name, ""), False)
            joins.append(f"related_{name}" if related else name)
            parameters[name] = rows.term(name, value)
            parameters[f"related_{name}"] = rows.term(f"related-{name}", value)
    if mine:
        joins.append("own")
        parameters |= _own(orjson.loads(mine))
    of_two_terms = [name for name in joins if name in _OF_TWO_TERMS]
    if of_two_terms:
        # Only one in the order of the page: another such could not be looked up for each row of the first.
        one = of_two_terms[-1]
        joins[joins.index(one)] = f"either_{order}"
        kind = one.removeprefix("related_")
        parameters |= {"either": parameters[kind], "or": parameters[f"related_{kind}"]}
    page = "page_once" if of_two_terms else "page"
    return [page, *joins, "visible", *(["mine"] if mine else []), order], parameters


def _own(authority: Json) -> dict[str, UUID]:
    """The terms of an authority; that of a Group of two are its members'."""
    ifi = actor.ifi(authority) or actor.ifi(authority["member"][0]) or ""
    return {"own": rows.term("agent", ifi), "related_own": rows.term("related-agent", ifi)}


def _text(authority: bytes | None) -> str | None:
    return authority.decode() if authority else None
