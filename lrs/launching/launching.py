"""How does a unit begin, speak and end? The launch, the door of its session, and what follows from it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from weakref import WeakValueDictionary

import orjson

from lrs.auth.keys import Keys
from lrs.cmi5 import door, launch, nodes, registration, said, sessions, words
from lrs.cmi5.bound import Bound
from lrs.cmi5.launch import Launch
from lrs.cmi5.nodes import Node
from lrs.cmi5.said import Said
from lrs.database.pool import Database
from lrs.errors import BadRequest, Fault, LRSError, NotAllowed, NotFound, StatementConflict
from lrs.launching import request
from lrs.launching.sessions import Sessions
from lrs.registrar import structures
from lrs.store import statements as prepared
from lrs.store.changes import Write
from lrs.store.document_keys import DocumentKey, Owner
from lrs.store.documents import Documents
from lrs.store.statements import Authority, Statements
from lrs.xapi import raw
from lrs.xapi.query import StatementQuery
from lrs.xapi.vocabulary import Json

LOG = logging.getLogger("lrs.launching")
PAGE = 500


@dataclass(frozen=True, slots=True)
class Launched:
    """A launch that was made; the token is what its fetch URL ends in."""

    launch: Launch
    token: str


class Launching:
    """Launches units of cmi5, for every tenant."""

    def __init__(self, database: Database, keys: Keys, statements: Statements, documents: Documents) -> None:
        self.database = database
        self.sessions = Sessions(database, keys)
        self.statements = statements
        self.documents = documents
        # Where this process has something to look after.
        self.tenants: set[str] = set()
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def launch(self, tenant: str, body: Any, *, authority: Json, by: str) -> Launched:
        """Make a session and say launched; BadRequest with every fault, NotFound where there is no course."""
        wanted = request.parse(body)
        course = await self._wanted(tenant, wanted)
        made = request.made(wanted, course, authority=authority)
        token, others = await self.database.run(self.sessions.open, tenant, made.bound)
        for each in others:
            await self.settle(tenant, each)
        await self.database.run(self.documents.put, tenant, _launch_data(made, by))
        await self._say(tenant, made.bound, made.said(datetime.now(UTC)))
        await self.settle(tenant, made.bound.session)
        return Launched(made, token)

    async def waive(self, tenant: str, body: Any, *, authority: Json) -> Bound:
        """Say that a unit need not be taken, and what follows (cmi5 9.3.7). BadRequest, NotFound.

        The session is one of its own, and over. A second time nothing more is said.
        """
        wanted = request.parse_waiver(body)
        course = await self._wanted(tenant, wanted)
        bound = request.waived(wanted, course, authority=authority)
        async with self._locks.setdefault((tenant, bound.registration), asyncio.Lock()):
            known = await self.database.run(self._said, tenant, bound.registration)
            if any(each.actor != bound.ifi for each in known):
                raise BadRequest(faults=[Fault("/registration", "is that of another learner", "cmi5 9.6.1")])
            await self._say(tenant, bound, launch.waived(bound, wanted["reason"], datetime.now(UTC)))
            known = await self.database.run(self._said, tenant, bound.registration)
            await self._conclude(tenant, bound, known)
        return bound

    @asynccontextmanager
    async def storing(self, tenant: str, bound: Bound, documents: Sequence[Json]) -> AsyncIterator[None]:
        """Around the storing of what a unit says: NotAllowed with every broken rule, and then what follows.

        In one process a registration speaks once at a time; what two processes let in between each other's
        looks is told by the projection.
        """
        async with self._locks.setdefault((tenant, bound.registration), asyncio.Lock()):
            await self.database.run(self.sessions.hear, tenant, bound.session)
            before = await self.database.run(self._said, tenant, bound.registration)
            if faults := door.statements(bound, documents, before):
                raise NotAllowed("The statement breaks rules of cmi5.", faults=faults)
            yield
            await self._settle_now_or_later(tenant, bound, ended=any(map(_ends, documents)))

    async def settle(self, tenant: str, session: str) -> None:
        """Say what follows from a session: abandoned, and what is satisfied. Twice does no harm."""
        self.tenants.add(tenant)
        since = await self.database.run(self.sessions.now, tenant)
        found = await self.database.run(self.sessions.get, tenant, session)
        known = await self.database.run(self._said, tenant, found.bound.registration)
        if found.how == "abandoned":
            known += await self._abandon(tenant, found.bound, known)
        if known:
            await self._conclude(tenant, found.bound, known)
        await self.database.run(self.sessions.settled, tenant, session, since=since)

    async def _settle_now_or_later(self, tenant: str, bound: Bound, *, ended: bool) -> None:
        """At once, if that goes well; what the unit said is stored whatever becomes of this."""
        try:
            if ended:
                await self.database.run(self.sessions.terminate, tenant, bound.session)
            await self.settle(tenant, bound.session)
        except LRSError as error:
            LOG.warning("a session is settled later: %s", error)

    async def _abandon(self, tenant: str, bound: Bound, known: Sequence[Said]) -> list[Said]:
        hers = [each for each in sessions.of(sorted(known, key=sessions.order)) if each.id == bound.session]
        if not hers or not hers[0].launched or hers[0].first("abandoned") or hers[0].first("terminated"):
            return []
        statement = launch.abandoned(bound, hers[0], datetime.now(UTC))
        await self._say(tenant, bound, statement)
        told = said.of(statement)
        return [told] if told else []

    async def _conclude(self, tenant: str, bound: Bound, known: Sequence[Said]) -> None:
        course = await self._course(tenant, nodes.structure_id(bound.course))
        if course is None:
            return
        for expected in registration.fold(known, [course]).expected:
            if not expected.sent:
                await self._say(tenant, bound, launch.satisfied(bound, expected.node, expected.satisfied))

    async def _say(self, tenant: str, bound: Bound, statement: Json) -> None:
        """Its id follows from what it says: said again, after a crash or beside us, it is said once."""
        authority = Authority(bound.authority, orjson.dumps(bound.authority))
        text = orjson.dumps(statement)
        entry = prepared.prepare(text, statement, new_id="", authority=authority, version="2.0.0")
        try:
            await self.statements.store(tenant, [entry])
        except StatementConflict:
            LOG.info("said already", extra={"statement": statement["id"]})

    async def _wanted(self, tenant: str, wanted: Json) -> Node:
        course = await self._course(tenant, request.course_id(wanted))
        if course is None:
            raise NotFound("There is no such course: import it first.")
        return course

    async def _course(self, tenant: str, structure: str) -> Node | None:
        event = await self.database.run(structures.current, self.database, tenant, structure)
        return nodes.tree(event.course) if event else None

    def _said(self, tenant: str, of: str) -> list[Said]:
        """Everything that was said in a registration and is not voided."""
        found: list[Said] = []
        cursor: int | None = None
        while True:
            asked = StatementQuery(registration=of, limit=PAGE, ascending=True, cursor=cursor)
            page = self.statements.find(tenant, asked)
            for each in page.statements:
                if told := said.of(raw.parse_stored(each.text), each.position):
                    found.append(told)
            if (cursor := page.cursor) is None:
                return found


def _launch_data(made: Launch, by: str) -> Write:
    bound = made.bound
    owner = Owner("state", bound.activity, bound.agent, bound.ifi)
    key = DocumentKey(owner, bound.registration, words.LAUNCH_DATA)
    return Write(key, by, lambda _: None, orjson.dumps(made.data()), "application/json")


def _ends(document: Json) -> bool:
    found = said.of(document)
    return found is not None and found.defined and found.verb == "terminated"
