"""Does it live, is it ready, and how is it doing? /livez, /readyz and /metrics."""

from __future__ import annotations

import os

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response

from lrs import metrics
from lrs.errors import DatabaseUnavailable
from lrs.http.context import context
from lrs.http.errors import RETRY_AFTER_SECONDS
from lrs.http.routes import Endpoint, content


async def livez(_: Request) -> Response:
    """200 as long as the process answers at all."""
    return Response(b'{"live":true}', media_type="application/json")


async def readyz(request: Request) -> Response:
    """200 when requests can be served, and how far the projections are; 503 while the database is away."""
    database = context(request).database
    try:
        await database.run(database.ping)
    except DatabaseUnavailable as error:
        body = orjson.dumps({"ready": False, "reason": error.message})
        return Response(body, 503, {"Retry-After": str(RETRY_AFTER_SECONDS)}, "application/json")
    lags = await context(request).lags.known()
    behind = {name: {"behind": lag.events, "seconds": lag.seconds} for name, lag in lags.items()}
    return Response(orjson.dumps({"ready": True, "projections": behind}), media_type="application/json")


async def prometheus(request: Request) -> Response:
    """The metrics of all processes of this server, in the text format of Prometheus."""
    pool = context(request).database.pool.get_stats()
    metrics.POOL_CONNECTIONS.labels("open").set(pool.get("pool_size", 0))
    metrics.POOL_CONNECTIONS.labels("idle").set(pool.get("pool_available", 0))
    await context(request).lags.known()
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


_LAG = {"type": "object", "properties": {"behind": {"type": "integer"}, "seconds": {"type": "number"}}}
_STATE = {
    "type": "object",
    "properties": {
        "ready": {"type": "boolean"},
        "reason": {"type": "string"},
        "projections": {"type": "object", "additionalProperties": _LAG},
    },
}

ENDPOINTS = [
    Endpoint(
        "/livez", "GET", livez, "Does the process live?", public=True,
        responses={"200": content("It lives.", {"type": "object"})},
    ),
    Endpoint(
        "/readyz", "GET", readyz, "Can requests be served?", public=True,
        responses={"200": content("They can.", _STATE), "503": content("Not right now.", _STATE)},
    ),
    Endpoint(
        "/metrics", "GET", prometheus, "Metrics for Prometheus.", public=True,
        responses={"200": content("All metrics.", {"type": "string"}, "text/plain")},
    ),
]  # fmt: skip
