"""How is a request refused before its resource sees it? As the resource would have refused it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from lrs.errors import LRSError
from lrs.http import errors
from lrs.xapi import time


async def refuse(scope: Scope, receive: Receive, send: Send, error: LRSError, **headers: str) -> None:
    """Answer with the error and with headers of the refuser's own."""
    response = errors.answer(Request(scope, receive), error)
    if scope["path"].endswith("/statements"):
        # Communication 2.1.3: on every answer of this resource; this bound is true of every tenant.
        response.headers["X-Experience-API-Consistent-Through"] = time.format(time.EPOCH)
    response.headers.update(headers)
    await response(scope, receive, send)
