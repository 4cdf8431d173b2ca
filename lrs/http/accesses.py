"""Who reads what of whom? Noted before it is sent, and told by GET /audit/access (34 CFR 99.32)."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import Response

from lrs.accesses import access_log, asking
from lrs.accesses.access_log import Access
from lrs.accesses.asking import Selves
from lrs.auth.caller import Caller
from lrs.errors import BadRequest, Fault
from lrs.http import headers, published
from lrs.http.admission import admit_reader, parameters
from lrs.http.context import context
from lrs.http.published import LONGEST_PURPOSE
from lrs.http.routes import Endpoint, Handler, content

LONGEST_PATH = 300


async def note(request: Request, caller: Caller, *, learner: str = "", position: int = 0) -> None:
    """Wait until it is noted that the caller reads this of a learner, or of many; only then answer."""
    access = Access(
        by=caller.key,
        what=f"{request.method} {request.scope['path'][:LONGEST_PATH]}",
        learner=access_log.whose(learner),
        position=position,
        purpose=_purpose(request),
    )
    await context(request).noting.note(caller.tenant, access)


def _handler(selves: Selves) -> Handler:
    async def get(request: Request) -> Response:
        """200 with a page of accesses; a key that is bound to a learner is told of those to her record."""
        whose = request.query_params.get("learner", "")
        caller = await admit_reader(request, "history/read", learner=whose)
        given = parameters(request, asking.ALLOWED)
        rooms = context(request)
        found = await rooms.database.run(asking.page, rooms.database, caller.tenant, given, selves=selves)
        body = orjson.dumps(found)
        return Response(body, headers={"Cache-Control": "no-cache"}, media_type="application/json")

    return get


def _purpose(request: Request) -> str:
    given = headers.get(request.scope, b"x-lrs-purpose") or ""
    purpose = given.encode("latin-1").decode(errors="replace").replace("\0", " ").strip()
    if len(purpose) > LONGEST_PURPOSE:
        raise BadRequest(faults=[Fault("X-LRS-Purpose", f"has more than {LONGEST_PURPOSE} characters")])
    return purpose


def endpoint(selves: Selves) -> Endpoint:
    """The access log, for who may read it."""
    return Endpoint(
        "/audit/access",
        "GET",
        _handler(selves),
        "Who read what of whom.",
        parameters=asking.PARAMETERS,
        responses={"200": content("Accesses.", published.referred(asking.SCHEMA))},
        schemas=published.components(asking.SCHEMA),
    )
