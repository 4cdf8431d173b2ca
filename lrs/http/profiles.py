"""Which xAPI Profiles does a tenant have, and what becomes of statements that break them? /profiles."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from lrs.auth.caller import Caller
from lrs.errors import BadRequest, Fault
from lrs.http import positions
from lrs.http.admission import admit_reader, parameters
from lrs.http.commands import admit, answer, answered, answered_with_notices, body, refused, run, taken
from lrs.http.context import context
from lrs.http.positions import POSITION
from lrs.http.routes import Endpoint, content, query
from lrs.profiling import adding
from lrs.registrar import check
from lrs.xapi.vocabulary import Json


async def get_profiles(request: Request) -> Response:
    """200 with all of them, each with its policy and the position of its newest document."""
    caller = await admit_reader(request, "frameworks/read")
    parameters(request, frozenset())
    database = context(request).database
    found = await database.run(adding.listed, database, caller.tenant)
    profiles = [each._asdict() for each in found]
    return Response(orjson.dumps({"profiles": profiles}), media_type="application/json")


async def get_document(request: Request) -> Response:
    """200 with a profile as it came, now or as of a position; 404 where there is none."""
    caller = await admit_reader(request, "frameworks/read")
    given = parameters(request, frozenset({"profile", "as_of"}))
    as_of = positions.position("as_of", given["as_of"]) if "as_of" in given else None
    database = context(request).database
    position, document = await database.run(adding.document, database, caller.tenant, _profile(given), as_of)
    return Response(orjson.dumps(document), 200, {POSITION: str(position)}, "application/json")


async def put_document(request: Request) -> Response:
    """200 with the position, and with faults that leave it usable; 400 with every fault of another."""
    caller = await admit(request, "profile")
    wanted = _profile(parameters(request, frozenset({"profile"}))), await body(request)
    position, notices = await _changed(request, caller, adding.put, *wanted)
    return answer(position, notices=notices)


async def put_policy(request: Request) -> Response:
    """200; 404 where there is no such profile."""
    caller = await admit(request, "profile")
    profile, said = _profile(parameters(request, frozenset({"profile"}))), await body(request)
    check.require(check.shape("profile", "policy", said), "The policy")
    return answer(await _changed(request, caller, adding.adopt, profile, said["policy"]))


async def _changed(request: Request, caller: Caller, command: Any, *arguments: Any) -> Any:
    """What a command answers; whoever sends a statement to this process after that meets the new gate."""
    done = await run(request, caller, command, *arguments)
    context(request).gates.forget(caller.tenant)
    return done


def _profile(given: dict[str, str]) -> str:
    if "profile" not in given:
        raise BadRequest(faults=[Fault("profile", "is missing: it names the profile by its id")])
    return given["profile"]


_TEXT: Json = {"type": "string"}
_PROFILE = query("profile", "The profile, by its id.", required=True)
_NUMBER: Json = {"type": "integer", "minimum": 0}
_DOCUMENT: Json = {"type": "object", "description": "An xAPI Profile (Structure 6.0)."}
_MEMBERS: Json = {
    "profile": _TEXT,
    "name": _TEXT,
    "policy": {"enum": list(adding.POLICIES)},
    "position": _NUMBER,
    "by": _TEXT,
}
_LIST: Json = {
    "type": "object",
    "required": ["profiles"],
    "properties": {
        "profiles": {
            "type": "array",
            "items": {"type": "object", "required": list(_MEMBERS), "properties": _MEMBERS},
        }
    },
}
ENDPOINTS = [
    Endpoint(
        "/profiles",
        "GET",
        get_profiles,
        "List the xAPI Profiles that were added, and their policies.",
        responses={"200": content("All of them.", _LIST)},
    ),
    Endpoint(
        "/profiles/document",
        "GET",
        get_document,
        "An xAPI Profile, as it came.",
        parameters=[_PROFILE, query("as_of", "The document that it had at this position.", _NUMBER)],
        responses={
            "200": content("The document.", _DOCUMENT)
            | {"headers": {POSITION: {"required": True, "description": "Since when.", "schema": _NUMBER}}},
            **refused("404"),
        },
    ),
    Endpoint(
        "/profiles/document",
        "PUT",
        put_document,
        "Add an xAPI Profile, or a new document of it.",
        parameters=[_PROFILE],
        request_body={"required": True, "content": {"application/json": {"schema": _DOCUMENT}}},
        responses={"200": answered_with_notices("The profile says this.")},
    ),
    Endpoint(
        "/profiles/policy",
        "PUT",
        put_policy,
        "Say what becomes of statements that a profile does not allow.",
        parameters=[_PROFILE],
        request_body=taken("profile", "policy"),
        responses={"200": answered("The policy holds."), **refused("404")},
    ),
]
