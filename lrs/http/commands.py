"""How is a command carried out? With a key of a registrar, and an answer that names the position.

Who reads after that position has been reached reads what the command did.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import orjson
from starlette.requests import Request
from starlette.responses import Response

from lrs.auth.caller import Caller
from lrs.http import bodies
from lrs.http.admission import admit_reader, parameters
from lrs.http.context import context
from lrs.http.positions import POSITION
from lrs.http.routes import content, problem
from lrs.registrar import check
from lrs.xapi import raw
from lrs.xapi.vocabulary import Json

T = TypeVar("T")

_NUMBER = {"type": "integer", "minimum": 1}


async def admit(request: Request, *allowed: str) -> Caller:
    """Who wants it done; NotAuthenticated, NotAllowed, BadRequest for parameters that there are not."""
    caller = await admit_reader(request, "registrar")
    parameters(request, frozenset(allowed))
    return caller


async def body(request: Request) -> Any:
    """The body, which is JSON; BadRequest, TooLarge."""
    settings = context(request).settings
    text = await bodies.read(
        request, limit=settings.max_document, timeout=settings.body_timeout, setting="LRS_MAX_DOCUMENT"
    )
    return raw.parse(text, max_depth=settings.max_nesting)


async def run(request: Request, caller: Caller, command: Callable[..., T], *arguments: Any) -> T:
    """Do it for the caller's tenant; mostly the position that says what was wanted, be it new or not."""
    database = context(request).database
    return await database.run(command, database, caller.tenant, *arguments, by=caller.key)


def answer(position: int, status: int = 200, **members: object) -> Response:
    """The position, and what else there is to say."""
    return Response(
        orjson.dumps({**members, "position": position}),
        status,
        {POSITION: str(position)},
        "application/json",
    )


def taken(document: str, name: str) -> Json:
    """The body that a command takes, for OpenAPI: one part of a schema, with what it refers to."""
    schema = _plain(check.load(document)["$defs"], {"$ref": f"#/$defs/{name}"})
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def answered(description: str, *members: str) -> Json:
    """The answer of a command that was carried out."""
    schema = {
        "type": "object",
        "required": [*members, "position"],
        "properties": {"position": _NUMBER} | {name: {"type": "string"} for name in members},
    }
    header = {"required": True, "description": "The position that says so.", "schema": _NUMBER}
    return content(description, schema) | {"headers": {POSITION: header}}


def answered_with_notices(description: str) -> Json:
    """The same of one that also tells what is wrong and does no harm."""
    said = answered(description)
    schema = said["content"]["application/json"]["schema"]
    schema["required"] = [*schema["required"], "notices"]
    schema["properties"]["notices"] = {"type": "array", "items": {"type": "string"}}
    return said


def refused(*codes: str) -> dict[str, Json]:
    """Why it may not be carried out."""
    texts = {
        "404": "There is no such thing.",
        "409": "It is another's, or was done already; the answer says whose.",
    }
    return {code: problem(texts[code]) for code in codes}


def _plain(definitions: Json, schema: Any) -> Any:
    """The schema with everything in it that it refers to, and nothing that is only ours."""
    if isinstance(schema, list):
        return [_plain(definitions, each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if reference := schema.get("$ref"):
        return _plain(definitions, definitions[reference.rpartition("/")[2]])
    return {name: _plain(definitions, each) for name, each in schema.items() if not name.startswith("x-")}
