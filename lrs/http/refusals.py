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
    response.headers.update(owed(scope) | headers)
    await response(scope, receive, send)


def owed(scope: Scope) -> dict[str, str]:
    """The headers that the resource has on every answer, also on those that it does not give itself."""
    if not scope["path"].endswith("/statements"):
        return {}
    # Communication 2.1.3; this bound is true of every tenant.
    return {"X-Experience-API-Consistent-Through": time.format(time.EPOCH)}
