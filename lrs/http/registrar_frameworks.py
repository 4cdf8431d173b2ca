"""How does a framework of competencies come in over HTTP? PUT /frameworks/{framework}, whole and as it is."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from lrs.http.commands import admit, answer, answered_with_notices, body, run, taken
from lrs.http.routes import Endpoint, part
from lrs.registrar import frameworks


async def put_framework(request: Request) -> Response:
    """200 with the position, and with what is no fault but worth knowing; 400 with every fault."""
    caller = await admit(request)
    wanted = request.path_params["framework"], await body(request)
    position, notices = await run(request, caller, frameworks.put, *wanted)
    return answer(position, notices=notices)


ENDPOINTS = [
    Endpoint(
        "/frameworks/{framework}",
        "PUT",
        put_framework,
        "Import a framework of competencies, a CFPackage of CASE, by the identifier of its CFDocument.",
        parameters=[part("framework")],
        request_body=taken("framework", "package"),
        responses={"200": answered_with_notices("The framework is what the package says.")},
    ),
]
