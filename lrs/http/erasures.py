"""How is something erased over HTTP? POST /erasures plans; the same with the plan's token erases."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from psycopg import Connection
from starlette.requests import Request
from starlette.responses import Response

from lrs.database.pool import Database
from lrs.erasure import erasing, plan, told
from lrs.erasure.erasing import Forget, Order
from lrs.erasure.plan import Subject
from lrs.errors import NotFound
from lrs.http import commands
from lrs.http.admission import admit_reader, parameters
from lrs.http.context import context
from lrs.http.routes import Endpoint, content, part, problem
from lrs.log.event_log import EventLog
from lrs.registrar import check
from lrs.xapi.vocabulary import Json


class Handlers:
    """The handlers, with what projections do about an erasure, which the roof knows."""

    def __init__(self, forget: Forget) -> None:
        self._forget = forget

    async def post(self, request: Request) -> Response:
        """200 with what would go and its token, or, confirmed with that, with what went; 404, 409, 410."""
        caller = await admit_reader(request, "erasure")
        parameters(request, frozenset())
        wanted = await commands.body(request)
        check.require(_faults(wanted), "The erasure")
        database = context(request).database
        here = (database, caller.tenant)
        if "token" not in wanted:
            return _answer(await database.run(_plan, *here, wanted))
        return _answer(await database.run(_erase, *here, wanted, by=caller.key, forget=self._forget))

    async def get(self, request: Request) -> Response:
        """200 with what was erased, why and by whose order; 404."""
        caller = await admit_reader(request, "erasure")
        parameters(request, frozenset())
        erasure = _id(request.path_params["erasure"])
        database = context(request).database
        return _answer(await database.run(told.told, database, caller.tenant, erasure))


def endpoints(forget: Forget) -> list[Endpoint]:
    """The command, and what it has done."""
    handlers = Handlers(forget)
    return [
        Endpoint(
            "/erasures", "POST", handlers.post, "Tell what an erasure would take; with its token, erase it.",
            request_body=commands.taken("erasure", "erasure"),
            responses={
                "200": content("What would go, or what went.", _ERASURE),
                "404": problem("There is no such learner or statement."),
                "409": problem("What would go has changed since it was planned, or it is a learner's."),
                "410": problem("It was erased before."),
            },
        ),
        Endpoint(
            "/erasures/{erasure}", "GET", handlers.get, "Tell what was erased, why, and by whose order.",
            parameters=[part("erasure")],
            responses={
                "200": content("What was erased.", _TOLD),
                "404": problem("There is no such erasure."),
            },
        ),
    ]  # fmt: skip


def _id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise NotFound(f"There is no erasure {text[:100]}: its id is a UUID.") from None


def _faults(wanted: Any) -> list[Any]:
    faults = check.shape("erasure", "erasure", wanted)
    if not faults and "identifier" in wanted:
        faults = check.agent(wanted["identifier"], "/identifier")
    return faults


def _plan(database: Database, tenant: str, wanted: Json) -> Json:
    log = EventLog(database, tenant)
    with database.connection() as connection, connection.transaction():
        return plan.make(log, connection, _subject(log, connection, wanted)).facts


def _erase(database: Database, tenant: str, wanted: Json, *, by: str, forget: Forget) -> Json:
    log = EventLog(database, tenant)
    with database.connection() as connection, connection.transaction():
        subject = _subject(log, connection, wanted)
    order = Order(wanted["reason"], wanted["authority"], by)
    erasure, erased = erasing.erase(database, tenant, subject, order, token=wanted["token"], forget=forget)
    return erased.facts | {"erasure": erasure}


def _subject(log: EventLog, connection: Connection[Any], wanted: Json) -> Subject:
    if "learner" in wanted:
        return plan.of_learner(log, connection, str(UUID(wanted["learner"])))
    if "identifier" in wanted:
        return plan.of_identifier(log, connection, wanted["identifier"])
    return plan.of_statements(wanted["statements"])


def _answer(said: Json) -> Response:
    return Response(orjson.dumps(said), media_type="application/json")


_COUNT: Json = {"type": "integer", "minimum": 0}
_ERASURE: Json = {
    "type": "object",
    "required": ["statements", "shared", "documents", "events", "keys", "sessions", "token"],
    "properties": {
        "erasure": {"type": "string", "format": "uuid", "description": "Its id in the log, once it is done."},
        "statements": _COUNT | {"description": "In which she is named."},
        "shared": _COUNT | {"description": "Those of them that somebody else has done."},
        "documents": _COUNT | {"description": "Events of documents of hers."},
        "events": _COUNT | {"description": "Registrations, links, decisions, transcripts, keys."},
        "keys": _COUNT | {"description": "Keys that read only her."},
        "sessions": _COUNT | {"description": "Launches of hers."},
        "token": {"type": "string", "description": "Stands for exactly this: send it as well."},
    },
}
_TEXT: Json = {"type": "string"}
_TOLD: Json = {
    "type": "object",
    "required": ["erasure", "erased", "reason", "authority", "by", "learner", "statements", "events"],
    "properties": {
        "erasure": {"type": "string", "format": "uuid"},
        "erased": {"type": "string", "format": "date-time"},
        "reason": _TEXT,
        "authority": _TEXT,
        "by": _TEXT | {"description": "The key that did it, or who was named at the command line."},
        "learner": {"type": ["string", "null"], "description": "Her id, where a whole learner was erased."},
        "statements": {"type": "array", "items": _TEXT, "description": "The ids of erased statements."},
        "events": _COUNT | {"description": "How many events of the log became empty."},
    },
}
