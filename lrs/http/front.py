"""Which way does a request go? Hot operations straight to their handlers, all others through FastAPI."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from lrs.errors import LRSError
from lrs.http import errors, headers
from lrs.http.positions import POSITION
from lrs.http.routes import Endpoint

EXPOSED = [
    "ETag", "Last-Modified", "Content-Length", "X-Experience-API-Version", "X-Request-Id",
    "X-Experience-API-Consistent-Through", "X-Experience-API-Hash", "Retry-After", "WWW-Authenticate",
    POSITION, "X-Total-Count", "Link",
]  # fmt: skip
ACCEPTED = [
    "Authorization", "Content-Type", "X-Experience-API-Version", "X-Experience-API-Hash", "If-Match",
    "If-None-Match", "Accept-Language", "X-Request-Id", "Last-Event-ID",
    "X-LRS-Purpose",
]  # fmt: skip


class Front:
    """The hot endpoints, without the machinery around the others, which costs more than they do.

    What asks for more than that, a browser or a form of the alternate syntax, goes the long way.
    """

    def __init__(self, app: ASGIApp, endpoints: Sequence[Endpoint]) -> None:
        self.app = app
        self.hot = {(e.method, e.path): e.handler for e in endpoints if e.hot}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        handler = self.hot.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if handler is None or b"method=" in scope["query_string"] or headers.get(scope, b"origin"):
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await handler(request)
        except LRSError as error:
            response = errors.answer(request, error)
        await response(scope, receive, send)


class Browsers:
    """Cross-origin requests for those that come from a browser; the others pass by."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.cross_origin = CORSMiddleware(
            app, allow_origins=["*"], allow_methods=["*"], allow_headers=ACCEPTED, expose_headers=EXPOSED
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from_browser = scope["type"] == "http" and any(name == b"origin" for name, _ in scope["headers"])
        await (self.cross_origin if from_browser else self.app)(scope, receive, send)
