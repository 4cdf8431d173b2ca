"""The agents resource: what we know of an agent, as a Person, GET /agents (Communication 2.4)."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import Response

from lrs.auth import scopes
from lrs.http import document_query, holding, sessions
from lrs.http.admission import admit, parameters
from lrs.http.context import context
from lrs.http.document_endpoints import AGENT
from lrs.http.routes import Endpoint, content
from lrs.store import agents
from lrs.xapi import document
from lrs.xapi.vocabulary import IDENTIFIERS, Json

SECTION = "Communication 2.4"


async def get_agent(request: Request) -> Response:
    """200 with a Person, for an unknown agent too; who reads only their own statements learns no names."""
    caller, version = await admit(request, "statements/read")
    given = parameters(request, frozenset({"agent"}))
    asked = document_query.values(given, version, required=["agent"], section=SECTION)
    sessions.require_about(caller, agent=asked.agent)
    names: list[str] = []
    if not scopes.only_mine(caller.scopes):
        database = context(request).database
        names = await holding.read(
            request,
            lambda names: sum(map(len, names)),
            agents.names,
            database,
            caller.tenant,
            asked.agent or "",
        )
    body = orjson.dumps(person(document_query.agent(asked) or {}, names))
    return Response(body, headers={"ETag": document.etag(body)}, media_type="application/json")


def person(agent: Json, names: list[str]) -> Json:
    """The Person that an agent and its names make: every property is a list."""
    known = dict.fromkeys([*names, agent["name"]] if "name" in agent else names)
    made: Json = {"objectType": "Person"}
    if known:
        made["name"] = list(known)
    return made | {name: [agent[name]] for name in IDENTIFIERS if name in agent}


_TEXTS = {"type": "array", "items": {"type": "string"}}
_PERSON = {
    "type": "object",
    "required": ["objectType"],
    "properties": {
        "objectType": {"const": "Person"},
        "name": _TEXTS,
        "mbox": _TEXTS,
        "mbox_sha1sum": _TEXTS,
        "openid": _TEXTS,
        "account": {"type": "array", "items": {"type": "object"}},
    },
}

ENDPOINTS = [
    Endpoint(
        "/xapi/agents",
        "GET",
        get_agent,
        "What is known of an agent.",
        parameters=[AGENT],
        responses={"200": content("A Person; also for an agent never heard of.", _PERSON)},
    )
]
