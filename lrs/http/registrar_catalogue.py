"""What registrars do with the catalogue: PUT /catalogue/… What is so already is not said again."""

from __future__ import annotations

from collections.abc import Callable

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


def _put_of_activity(say: Callable[..., int]) -> Handler:
    async def put(request: Request) -> Response:
        """200; 400 with every fault."""
        caller = await admit(request, "activity")
        return answer(await run(request, caller, say, _activity(request), await body(request)))

    return put


def _delete_of_activity(end: Callable[..., int]) -> Handler:
    async def delete(request: Request) -> Response:
        """200; 404 where it never was."""
        caller = await admit(request, "activity")
        return answer(await run(request, caller, end, _activity(request)))

    return delete


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
        _put_of_activity(catalogue.map_activity),
        "Let an activity belong to a course.",
        parameters=[_ACTIVITY],
        request_body=taken("catalogue", "mapping"),
        responses={"200": answered("It belongs to the course.")},
    ),
    Endpoint(
        "/catalogue/activities",
        "DELETE",
        _delete_of_activity(catalogue.unmap),
        "Let an activity belong to no course any longer.",
        parameters=[_ACTIVITY],
        responses={"200": answered("It belongs to none."), **refused("404")},
    ),
    Endpoint(
        "/catalogue/alignments",
        "PUT",
        _put_of_activity(catalogue.align_activity),
        "Say which competencies an activity shows.",
        parameters=[_ACTIVITY],
        request_body=taken("catalogue", "aligning"),
        responses={"200": answered("It shows these.")},
    ),
    Endpoint(
        "/catalogue/alignments",
        "DELETE",
        _delete_of_activity(catalogue.unalign),
        "Say that an activity shows no competency any longer.",
        parameters=[_ACTIVITY],
        responses={"200": answered("It shows none."), **refused("404")},
    ),
    _defines("policy", "/catalogue/policy", "Say which attempts and which lines count."),
    _defines("mastery", "/catalogue/mastery", "Say how mastery is estimated, and when it is reached."),
]
