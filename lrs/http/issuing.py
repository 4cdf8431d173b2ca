"""How does a transcript go out? POST …/transcript/issues pins what it says at a position."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote
from uuid import uuid4

import orjson
from starlette.requests import Request
from starlette.responses import Response

from lrs.errors import BadRequest
from lrs.http import bodies
from lrs.http.admission import admit_reader, parameters
from lrs.http.context import context
from lrs.http.positions import POSITION
from lrs.http.projected import Reading, Resource, ViewsOf
from lrs.http.published import AFTER, AS_OF, OF_ALL
from lrs.http.routes import Endpoint, Handler, content, part, problem
from lrs.registrar import transcripts
from lrs.xapi.vocabulary import Json

# The resource whose document goes out: it names its learner's `id`, and the `sha256` of its canonical bytes.
TRANSCRIPT = "/learners/{learner}/transcript"
_MOST_BLANKS = 1024


def endpoints(resources: Sequence[Resource], views: ViewsOf) -> list[Endpoint]:
    """The command, where a transcript is among the resources."""
    reading = Reading(views)
    return [_endpoint(_handler(each, reading)) for each in resources if each.path == TRANSCRIPT]


def _handler(transcript: Resource, reading: Reading) -> Handler:
    async def post(request: Request) -> Response:
        """201 with the id under which it went out, and the position and hash that it is pinned to."""
        caller = await admit_reader(request, "registrar")
        given = parameters(request, OF_ALL)
        await _require_no_body(request)
        asked = await reading.ready(request, transcript, caller.tenant, given)
        database = context(request).database
        found = await database.run(reading.read, database, caller.tenant, transcript, asked)
        issued = {
            "transcript": str(uuid4()),
            "learner": found.document["learner"]["id"],
            "position": found.position,
            "sha256": found.document["sha256"],
        }
        position = await database.run(transcripts.issue, database, caller.tenant, **issued, by=caller.key)
        return Response(
            orjson.dumps(issued), 201, _headers(request, found.position, position), "application/json"
        )

    return post


async def _require_no_body(request: Request) -> None:
    timeout = context(request).settings.body_timeout
    if (await bodies.read(request, limit=_MOST_BLANKS, timeout=timeout)).strip():
        raise BadRequest("This takes no body: say with as_of which moment is meant.")


def _headers(request: Request, of: int, position: int) -> dict[str, str]:
    path = quote(context(request).settings.root_path + request.scope["path"].removesuffix("/issues"))
    return {POSITION: str(position), "Location": f"{path}?as_of={of}"}


_ISSUED: Json = {
    "type": "object",
    "required": ["transcript", "learner", "position", "sha256"],
    "properties": {
        "transcript": {"type": "string", "format": "uuid", "description": "The id under which it went out."},
        "learner": {"type": "string", "format": "uuid"},
        "position": {"type": "integer", "description": "What was known up to here is what it says."},
        "sha256": {"type": "string", "description": "Of the canonical bytes of the document."},
    },
}


def _endpoint(handler: Handler) -> Endpoint:
    header = {"description": "The position that says it went out.", "schema": {"type": "integer"}}
    return Endpoint(
        f"{TRANSCRIPT}/issues",
        "POST",
        handler,
        "Issue a transcript as it is, or was at a moment.",
        parameters=[part("learner"), AS_OF, AFTER],
        responses={
            "201": content("It went out.", _ISSUED) | {"headers": {POSITION: header}},
            "404": problem("Nobody is known by this id."),
            "409": problem("This is an identifier, and nobody is registered under this id."),
        },
    )
