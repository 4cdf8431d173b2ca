"""Which status does an error have, and what does the client read? The one place that knows both."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from lrs import errors
from lrs.errors import LRSError
from lrs.http import status_info

STATUS: dict[type[LRSError], int] = {
    errors.BadRequest: 400,
    errors.NotAuthenticated: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.Conflict: 409,
    errors.PreconditionFailed: 412,
    errors.TooLarge: 413,
    errors.Unavailable: 503,
}
RETRY_AFTER_SECONDS = 2


def status(error: LRSError) -> int:
    """The status of an error: its own class's, or the nearest ancestor's."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def answer(request: Request, error: Exception) -> Response:
    """The answer to a request that failed: what broke, and which rule it broke."""
    assert isinstance(error, LRSError)  # noqa: S101  registered for LRSError only
    code = status(error)
    further = status_info.of(request.scope["path"], code, error.message)
    body = problem(error.message, [_fault(fault) for fault in error.faults], **further)
    return Response(body, code, _headers(code), "application/json")


def problem(message: str, faults: list[dict[str, str]] | None = None, **further: object) -> bytes:
    """The body of every answer that is an error."""
    return orjson.dumps({"error": message, "faults": faults or [], **further})


def _fault(fault: errors.Fault) -> dict[str, str]:
    return {"pointer": fault.pointer, "rule": fault.rule, "section": fault.section}


def _headers(code: int) -> dict[str, str]:
    headers: dict[int, dict[str, Any]] = {
        401: {"WWW-Authenticate": 'Basic realm="xAPI", charset="UTF-8"'},
        503: {"Retry-After": str(RETRY_AFTER_SECONDS)},
    }
    return headers.get(code, {})
