"""What is the least a Starlette server can do? Take the body whole, look at nothing, answer a short JSON."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

ANSWER = b'["00000000-0000-4000-8000-000000000000"]'


async def answer(request: Request) -> Response:
    await request.body()
    return Response(ANSWER, media_type="application/json")


app = Starlette(routes=[Route("/xapi/statements", answer, methods=["POST"]), Route("/", answer)])
