"""How are units of cmi5 launched and waived, and who hands out a key once? (cmi5 8, 9.3.7)"""

from __future__ import annotations

import base64

import orjson
from starlette.requests import Request
from starlette.responses import Response

from lrs.errors import LRSError, NotAllowed
from lrs.http.admission import admit_reader, parameters
from lrs.http.commands import body
from lrs.http.context import context
from lrs.http.routes import Endpoint, content, part, problem
from lrs.launching.sessions import tenant_of
from lrs.xapi.vocabulary import Json

_FETCH = "/cmi5/fetch"
_TWICE, _INSECURE, _BROKEN = "1", "2", "3"


async def post_launch(request: Request) -> Response:
    """201 with the URL to send the learner to; 400 with every fault, 404 where there is no such course."""
    caller = await admit_reader(request, "cmi5/launch")
    parameters(request, frozenset())
    rooms = context(request)
    done = await rooms.launching.launch(
        caller.tenant, await body(request), authority=caller.authority, by=caller.key
    )
    base = _base(request)
    bound = done.launch.bound
    answer = {
        "session": bound.session,
        "registration": bound.registration,
        "activityId": bound.activity,
        "launchMethod": done.launch.unit.known["launchMethod"],
        "url": done.launch.link(endpoint=f"{base}/xapi", fetch=f"{base}{_FETCH}/{done.token}"),
    }
    return Response(orjson.dumps(answer), 201, media_type="application/json")


async def post_waiver(request: Request) -> Response:
    """200 with the registration in which a unit is waived (cmi5 9.3.7); 400 with every fault, 404."""
    caller = await admit_reader(request, "cmi5/launch")
    parameters(request, frozenset())
    bound = await context(request).launching.waive(
        caller.tenant, await body(request), authority=caller.authority
    )
    answer = {"registration": bound.registration, "activityId": bound.activity}
    return Response(orjson.dumps(answer), media_type="application/json")


async def post_fetch(request: Request) -> Response:
    """200 with the token that opens the session, or with why there is none (cmi5 8.2)."""
    rooms = context(request)
    token = request.path_params["token"]
    try:
        found = await rooms.database.run(_fetched, request, token)
    except NotAllowed as error:
        return _fetch_answer({"error-code": _INSECURE, "error-text": error.message})
    except LRSError as error:
        return _fetch_answer({"error-code": _BROKEN, "error-text": error.message})
    if found is None:
        text = "The authorization token has already been returned, or the session is over."
        return _fetch_answer({"error-code": _TWICE, "error-text": text})
    return _fetch_answer({"auth-token": base64.b64encode(":".join(found).encode()).decode()})


def _fetched(request: Request, token: str) -> tuple[str, str] | None:
    rooms = context(request)
    if not rooms.launching.sessions.has(tenant := tenant_of(token)):
        raise NotAllowed("There is no such session.")
    return rooms.launching.sessions.fetch(tenant, token)


def _fetch_answer(answer: Json) -> Response:
    return Response(orjson.dumps(answer), 200, {"Cache-Control": "no-store"}, "application/json")


def _base(request: Request) -> str:
    """Where units reach this store: as LRS_PUBLIC_URL says, or else as whoever launches reached it."""
    settings = context(request).settings
    if "public_url" in settings.model_fields_set:
        return settings.public_url.rstrip("/")
    return f"{request.url.scheme}://{request.url.netloc}{settings.root_path}"


_TEXT = {"type": "string"}
_LAUNCH: Json = {
    "type": "object",
    "required": ["course", "au", "actor"],
    "additionalProperties": False,
    "properties": {
        "course": _TEXT | {"description": "The course, by our id or the publisher's."},
        "au": _TEXT | {"description": "The assignable unit, by our activity id or the publisher's."},
        "actor": {"type": "object", "description": "The learner, an Agent with an account."},
        "registration": _TEXT | {"format": "uuid", "description": "A new one unless it is given."},
        "mode": {"enum": ["Normal", "Browse", "Review"]},
        "returnURL": _TEXT,
        "base": _TEXT | {"description": "Where the files of the package are served."},
        "moveOn": _TEXT,
        "masteryScore": {"type": "number", "minimum": 0, "maximum": 1},
        "launchParameters": _TEXT,
    },
}
_LAUNCHED: Json = {
    "type": "object",
    "required": (names := ["session", "registration", "activityId", "launchMethod", "url"]),
    "properties": dict.fromkeys(names, _TEXT),
}
_WAIVER: Json = {
    **_LAUNCH,
    "required": [*_LAUNCH["required"], "reason"],
    "properties": {name: _LAUNCH["properties"][name] for name in ("course", "au", "actor", "registration")}
    | {"reason": _TEXT | {"minLength": 1, "description": "Such as Tested Out, or Equivalent AU."}},
}
_WAIVED: Json = {
    "type": "object",
    "required": (waived := ["registration", "activityId"]),
    "properties": dict.fromkeys(waived, _TEXT),
}
_FETCHED: Json = {
    "type": "object",
    "properties": dict.fromkeys(["auth-token", "error-code", "error-text"], _TEXT),
}

ENDPOINTS = [
    Endpoint(
        "/cmi5/launches",
        "POST",
        post_launch,
        "Launch a unit of a cmi5 course for a learner.",
        request_body={"required": True, "content": {"application/json": {"schema": _LAUNCH}}},
        responses={
            "201": content("Where to send the learner.", _LAUNCHED),
            "404": problem("There is no such course."),
        },
    ),
    Endpoint(
        "/cmi5/waivers",
        "POST",
        post_waiver,
        "Waive a unit of a cmi5 course for a learner.",
        request_body={"required": True, "content": {"application/json": {"schema": _WAIVER}}},
        responses={
            "200": content("It is waived.", _WAIVED),
            "404": problem("There is no such course."),
        },
    ),
    Endpoint(
        f"{_FETCH}/{{token}}",
        "POST",
        post_fetch,
        "Hand out the key of a session, once.",
        parameters=[part("token")],
        responses={"200": content("The token, or why there is none.", _FETCHED)},
        public=True,
    ),
]
