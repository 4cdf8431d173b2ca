"""What may come in with the key of a cmi5 session? What it says, reads and keeps of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import orjson
from starlette.requests import Request

from lrs.auth.caller import Caller
from lrs.cmi5 import door, said, words
from lrs.cmi5.bound import Bound
from lrs.errors import Fault, MalformedJSON, NotAllowed, NotFound
from lrs.http.context import context
from lrs.http.document_query import Asked
from lrs.store.changes import Write
from lrs.xapi import raw
from lrs.xapi.query import StatementQuery
from lrs.xapi.vocabulary import Json

_DEEPEST = 64


@asynccontextmanager
async def storing(request: Request, caller: Caller, texts: Sequence[bytes]) -> AsyncIterator[None]:
    """Around the storing of checked statements; NotAllowed with every rule of cmi5 that they break."""
    if caller.session is None:
        yield
        return
    documents: list[Json] = [raw.parse_stored(each) for each in texts]
    async with context(request).launching.storing(caller.tenant, caller.session, documents):
        yield


def narrowed(caller: Caller, asked: StatementQuery) -> StatementQuery:
    """The query, about the registration and the learner of a session only; NotAllowed for others."""
    bound = caller.session
    if bound is None or asked.statement_id or asked.voided_statement_id:
        return asked
    _require(
        [
            *_same("registration", asked.registration or bound.registration, bound.registration),
            *_same("agent", asked.agent or bound.ifi, bound.ifi),
        ]
    )
    text = asked.agent_json or orjson.dumps(bound.agent).decode()
    return replace(asked, registration=bound.registration, agent=bound.ifi, agent_json=text)


def require_hers(caller: Caller, text: bytes) -> None:
    """NotFound for a statement of another registration or learner than those of the session."""
    bound = caller.session
    if bound is None:
        return
    found = said.of(raw.parse_stored(text))
    if found is None or (found.registration, found.actor) != (bound.registration, bound.ifi):
        raise NotFound("There is no such statement.")


def require_about(caller: Caller, *, agent: str | None = None, activity: str | None = None) -> None:
    """NotAllowed for another learner or activity than those of the session."""
    if bound := caller.session:
        _require(
            [
                *_same("agent", agent or bound.ifi, bound.ifi),
                *_same("activityId", activity or bound.activity, bound.activity),
            ]
        )


async def require_document(request: Request, caller: Caller, asked: Asked) -> None:
    """NotAllowed for a document that is not the session's, and for a session that was abandoned."""
    bound = caller.session
    if bound is None:
        return
    rooms = context(request)
    await rooms.database.run(rooms.launching.sessions.require, caller.tenant, bound.session)
    _require([*_document(request, bound, asked)])


def require_content(caller: Caller, asked: Asked, write: Write) -> None:
    """NotAllowed for learner preferences that are none (cmi5 11)."""
    if caller.session is None or asked.document_id != words.PREFERENCES or not write.content:
        return
    try:
        content = raw.parse(write.content, max_depth=_DEEPEST)
    except MalformedJSON:
        content = None
    is_json = write.content_type.partition(";")[0].strip().lower() == "application/json"
    _require([*door.preferences(content if is_json else None)])


def _document(request: Request, bound: Bound, asked: Asked) -> Sequence[Fault]:
    owner = asked.owner
    return list(
        door.document(
            bound,
            request.method,
            owner.kind,
            activity=owner.activity,
            agent=owner.agent_ifi,
            registration=asked.registration,
            document_id=asked.document_id,
        )
    )


def _same(name: str, value: str, own: str) -> list[Fault]:
    return [] if value == own else [Fault(name, "must be that of the session", "cmi5 8.1")]


def _require(faults: Sequence[Fault]) -> None:
    if faults:
        raise NotAllowed("The key of a session may not do this.", faults=faults)
