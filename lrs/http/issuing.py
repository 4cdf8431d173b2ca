"""How does a transcript go out? POST …/transcript/issues pins what it says at a position."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

import orjson
from starlette.requests import Request
from starlette.responses import Response

from lrs.database.pool import Database
from lrs.http import bodies
from lrs.http.addresses import address
from lrs.http.admission import admit_reader, parameters
from lrs.http.commands import taken
from lrs.http.context import context
from lrs.http.positions import POSITION
from lrs.http.projected import Reading, Resource, ViewsOf
from lrs.http.published import AFTER, AS_OF, OF_ALL
from lrs.http.routes import Endpoint, Handler, content, part, problem
from lrs.registrar import check, transcripts
from lrs.xapi import raw
from lrs.xapi.vocabulary import Json

# The resource whose document goes out: it names its learner's `id`, and the `sha256` of its canonical bytes.
TRANSCRIPT = "/learners/{learner}/transcript"
_MOST_BODY = 1024


def endpoints(resources: Sequence[Resource], views: ViewsOf) -> list[Endpoint]:
    """The command, where a transcript is among the resources."""
    reading = Reading(views)
    return [_endpoint(_handler(each, reading)) for each in resources if each.path == TRANSCRIPT]


def _handler(transcript: Resource, reading: Reading) -> Handler:
    async def post(request: Request) -> Response:
        """201 with the id under which it went out, and the position and hash that it is pinned to."""
        caller = await admit_reader(request, "registrar")
        given = parameters(request, OF_ALL)
        under = await _under(request)
        asked = await reading.ready(request, transcript, caller.tenant, given)
        database = context(request).database
        found = await database.run(reading.read, database, caller.tenant, transcript, asked)
        issued = {
            "transcript": under,
            "learner": found.document["learner"]["id"],
            "position": found.position,
            "sha256": found.document["sha256"],
        }
        if asked.as_of is None:
            issued |= await database.run(_before, database, caller.tenant, issued)
        position = await database.run(transcripts.issue, database, caller.tenant, **issued, by=caller.key)
        return Response(
            orjson.dumps(issued), 201, _headers(request, issued["position"], position), "application/json"
        )

    return post


async def _under(request: Request) -> str:
    """The id that the client has chosen, or a new one."""
    settings = context(request).settings
    text = await bodies.read(request, limit=_MOST_BODY, timeout=settings.body_timeout)
    if not text.strip():
        return str(uuid4())
    chosen = raw.parse(text, max_depth=settings.max_nesting)
    check.require(check.shape("issue", "issue", chosen), "The issue")
    return str(chosen["transcript"]).lower()


def _before(database: Database, tenant: str, wanted: Json) -> Json:
    """What went out under this id already: who asks again, since an answer was lost, issues once."""
    known = transcripts.issued(database, tenant, wanted["transcript"], learner=wanted["learner"])
    return {"position": known.position, "sha256": known.sha256} if known else {}


def _headers(request: Request, of: int, position: int) -> dict[str, str]:
    path = address(request, request.scope["path"].removesuffix("/issues"))
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
        request_body=taken("issue", "issue") | {"required": False},
        responses={
            "201": content("It went out.", _ISSUED) | {"headers": {POSITION: header}},
            "404": problem("Nobody is known by this id."),
            "409": problem("Nobody is registered under this id, or the issue's id is taken."),
        },
    )
