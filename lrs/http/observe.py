"""What does every answer carry, and what do we note of it? Version, request id, metrics, a line of log."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import count
from secrets import token_hex

from prometheus_client import Counter, Histogram
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lrs import metrics
from lrs.errors import UnsupportedVersion
from lrs.http import errors, headers
from lrs.http.refusals import owed
from lrs.xapi import version

LOG = logging.getLogger("lrs.request")
_PROCESS = token_hex(6)
_REQUESTS = count(1)
_REQUEST_ID = re.compile(r"[\w.:-]{1,100}\Z", re.ASCII)
_METHODS = frozenset({"GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"})


class Observe:
    """The outermost layer: it also answers 500 for an error that nobody foresaw."""

    def __init__(self, app: ASGIApp, *, paths: Iterable[str], default_version: str) -> None:
        self.app = app
        self.paths = frozenset(paths)
        self.default_version = default_version.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = identify(headers.get(scope, b"x-request-id"))
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                extra = (
                    (b"x-experience-api-version", self._version(scope)),
                    (b"x-request-id", request_id.encode()),
                )
                message["headers"] = [*message.get("headers", ()), *extra]
            await send(message)

        try:
            await self.app(scope, receive, answer)
        except Exception:
            LOG.exception("unforeseen", extra={"request_id": request_id})
            if not status:
                await _answer_500(scope, answer)
        finally:
            # Where the path has parts that clients choose, only the route's own has an end.
            known = scope["path"] in self.paths
            resource = scope["path"] if known else getattr(scope.get("route"), "path", "other")
            note(scope["method"], scope["path"], resource, status, began, request_id)

    def _version(self, scope: Scope) -> bytes:
        """Communication 3.3: the version whose rules were applied; the default where none could be."""
        try:
            return written(headers.get(scope, b"x-experience-api-version"))
        except UnsupportedVersion:
            return self.default_version


@lru_cache(maxsize=64)
def written(header: str | None) -> bytes:
    """The version whose rules a header asks for; UnsupportedVersion."""
    return version.parse(header).encode()


@cache
def _metrics(method: str, resource: str, status: int) -> tuple[Counter, Histogram]:
    """Few in number, and looking them up by their labels costs more than counting."""
    return metrics.REQUESTS.labels(method, resource, str(status)), metrics.REQUEST_SECONDS.labels(
        method, resource
    )


def identify(header: str | None) -> str:
    """The id of a request: its own, or a new one."""
    return header if header and _REQUEST_ID.match(header) else f"{_PROCESS}-{next(_REQUESTS):x}"


async def _answer_500(scope: Scope, send: Send) -> None:
    body = errors.problem("The store made a mistake; its log has the details under the X-Request-Id.")
    response = Response(body, 500, owed(scope), "application/json")
    await send({"type": "http.response.start", "status": 500, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": body})


def note(method: str, path: str, resource: str, status: int, began: float, request_id: str) -> None:
    """Count and time a request that is answered; `began` is of time.perf_counter()."""
    seconds = time.perf_counter() - began
    method = method if method in _METHODS else "other"
    requests, request_seconds = _metrics(method, resource, status)
    requests.inc()
    request_seconds.observe(seconds)
    level = logging.ERROR if status >= 500 else logging.DEBUG
    if LOG.isEnabledFor(level):
        noted = {"request_id": request_id, "method": method, "path": path, "status": status}
        LOG.log(level, "request", extra=noted | {"milliseconds": round(seconds * 1000, 3)})
