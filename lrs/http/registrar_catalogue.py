"""What registrars do with the catalogue: PUT /catalogue/… What is so already is not said again."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from lrs.errors import BadRequest, Fault
from lrs.http.admission import parameters
from lrs.http.commands import admit, answer, answered, body, refused, run, taken
from lrs.http.routes import Endpoint, Handler, part, query
from lrs.registrar import catalogue
from lrs.registrar.names import Kind
from lrs.xapi.vocabulary import Json


def _put(kind: Kind) -> Handler:
    async def put(request: Request) -> Response:
        """200; 400 with every fault."""
        caller = await admit(request)
        name = request.path_params.get(kind, "")
        return answer(await run(request, caller, catalogue.define, kind, name, await body(request)))

    return put


async def delete_provider(request: Request) -> Response:
    """200; 404 where there is no such provider."""
    caller = await admit(request)
    name = request.path_params["provider"]
    return answer(await run(request, caller, catalogue.revoke, name, await body(request)))


async def put_activity(request: Request) -> Response:
    """200; 400 with every fault."""
    caller = await admit(request, "activity")
    mapped = catalogue.map_activity, _activity(request), await body(request)
    return answer(await run(request, caller, *mapped))


async def delete_activity(request: Request) -> Response:
    """200; 404 where it never belonged to a course."""
    caller = await admit(request, "activity")
    return answer(await run(request, caller, catalogue.unmap, _activity(request)))


def _activity(request: Request) -> str:
    given = parameters(request, frozenset({"activity"}))
    if "activity" not in given:
        raise BadRequest(faults=[Fault("activity", "is missing: it names the activity by its IRI")])
    return given["activity"]


def _defines(kind: Kind, path: str, summary: str) -> Endpoint:
    return Endpoint(
        path,
        "PUT",
        _put(kind),
        summary,
        parameters=[part(kind)] if "{" in path else [],
        request_body=taken("catalogue", kind),
        responses={"200": answered("The catalogue says so.")},
    )


_ACTIVITY: Json = query("activity", "The activity, by its IRI.", {"type": "string"}, required=True)

ENDPOINTS = [
    _defines(
        "provider", "/catalogue/providers/{provider}", "Say who a provider is and how far it is trusted."
    ),
    Endpoint(
        "/catalogue/providers/{provider}",
        "DELETE",
        delete_provider,
        "Trust a provider no longer; it keeps its name.",
        parameters=[part("provider")],
        request_body=taken("catalogue", "revocation"),
        responses={"200": answered("It is trusted no longer."), **refused("404")},
    ),
    _defines("scale", "/catalogue/scales/{scale}", "Say which scores are which grades, and what they count."),
    _defines("course", "/catalogue/courses/{course}", "Say what a course is called and worth."),
    Endpoint(
        "/catalogue/activities",
        "PUT",
        put_activity,
        "Let an activity belong to a course.",
        parameters=[_ACTIVITY],
        request_body=taken("catalogue", "mapping"),
        responses={"200": answered("It belongs to the course.")},
    ),
    Endpoint(
        "/catalogue/activities",
        "DELETE",
        delete_activity,
        "Let an activity belong to no course any longer.",
        parameters=[_ACTIVITY],
        responses={"200": answered("It belongs to none."), **refused("404")},
    ),
    _defines("policy", "/catalogue/policy", "Say which attempts and which lines count."),
]
