"""What registrars do with learners: POST /learners and below. What is so already is not said again."""

from __future__ import annotations

from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from lrs.http.addresses import address
from lrs.http.commands import admit, answer, answered, body, refused, run, taken
from lrs.http.routes import Endpoint, part
from lrs.registrar import decisions, learners


async def post_learner(request: Request) -> Response:
    """201 with the id of a new learner, and where she is."""
    caller = await admit(request)
    learner = str(uuid4())
    position = await run(request, caller, learners.register, learner, await body(request))
    response = answer(position, 201, learner=learner)
    response.headers["Location"] = address(request, f"/learners/{learner}")
    return response


async def put_learner(request: Request) -> Response:
    """200; 404 for whoever is not registered."""
    caller = await admit(request)
    return answer(await run(request, caller, learners.revise, _learner(request), await body(request)))


async def post_identifier(request: Request) -> Response:
    """200; 404 for whoever is not registered, 409 where the identifier is linked to another."""
    caller = await admit(request)
    return answer(await run(request, caller, learners.link, _learner(request), await body(request)))


async def delete_identifier(request: Request) -> Response:
    """200; 404 where the identifier was not hers, 409 where it is linked to another."""
    caller = await admit(request)
    return answer(await run(request, caller, learners.unlink, _learner(request), await body(request)))


async def post_decision(request: Request) -> Response:
    """201 with the id of the decision; 404 for whoever is not registered, 409 for a second repeal."""
    caller = await admit(request)
    decision = str(uuid4())
    decided = decisions.decide, decision, _learner(request), await body(request)
    return answer(await run(request, caller, *decided), 201, decision=decision)


def _learner(request: Request) -> str:
    return str(request.path_params["learner"])


ENDPOINTS = [
    Endpoint(
        "/learners",
        "POST",
        post_learner,
        "Register a learner.",
        request_body=taken("learner", "learner"),
        responses={"201": answered("She is registered, under this id.", "learner")},
    ),
    Endpoint(
        "/learners/{learner}",
        "PUT",
        put_learner,
        "Say anew how a learner is known.",
        parameters=[part("learner")],
        request_body=taken("learner", "learner"),
        responses={"200": answered("She is known like this."), **refused("404")},
    ),
    Endpoint(
        "/learners/{learner}/identifiers",
        "POST",
        post_identifier,
        "Link an identifier to a learner: what is said of it is said of her.",
        parameters=[part("learner")],
        request_body=taken("learner", "link"),
        responses={"200": answered("The identifier is hers."), **refused("404", "409")},
    ),
    Endpoint(
        "/learners/{learner}/identifiers",
        "DELETE",
        delete_identifier,
        "Unlink an identifier, which is a learner of its own again.",
        parameters=[part("learner")],
        request_body=taken("learner", "link"),
        responses={"200": answered("The identifier is not hers."), **refused("404", "409")},
    ),
    Endpoint(
        "/learners/{learner}/decisions",
        "POST",
        post_decision,
        "Decide about a course of a learner, whatever the statements say.",
        parameters=[part("learner")],
        request_body=taken("decision", "decision"),
        responses={"201": answered("It is decided, under this id.", "decision"), **refused("404", "409")},
    ),
]
