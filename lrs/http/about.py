"""The about resource: which versions of xAPI this store speaks, GET /about (Communication 2.8)."""

from __future__ import annotations

from functools import cache
from importlib import metadata

import orjson
from starlette.requests import Request
from starlette.responses import Response

from lrs.errors import UnsupportedVersion
from lrs.http.admission import parameters
from lrs.http.routes import Endpoint, content, problem
from lrs.xapi import document, version

# Clients of the old line stop at a version that they do not know.
OLD_LINE = ["1.0.0", "1.0.1", "1.0.2", "1.0.3"]
BOTH_LINES = [*OLD_LINE, "2.0.0"]
SOFTWARE = "tag:learning-record-store,2026:software"


async def get_about(request: Request) -> Response:
    """200 without a key and whatever the version header says; who speaks 1.0.x hears of 1.0.x only."""
    parameters(request, frozenset())
    body = _about(old=_speaks_the_old_line(request))
    return Response(body, headers={"ETag": document.etag(body)}, media_type="application/json")


def _speaks_the_old_line(request: Request) -> bool:
    try:
        return version.parse(request.headers.get(version.HEADER)) == "1.0.3"
    except UnsupportedVersion:
        # Communication 2.8: this resource is how a client finds out what it could have said.
        return False


@cache
def _about(*, old: bool) -> bytes:
    name = "learning-record-store"
    software = {"name": name, "version": metadata.version(name)}
    return orjson.dumps({"version": OLD_LINE if old else BOTH_LINES, "extensions": {SOFTWARE: software}})


_ABOUT = {
    "type": "object",
    "required": ["version"],
    "properties": {
        "version": {"type": "array", "items": {"enum": BOTH_LINES}},
        "extensions": {"type": "object"},
    },
}

ENDPOINTS = [
    Endpoint(
        "/xapi/about",
        "GET",
        get_about,
        "Which versions of xAPI this store speaks.",
        responses={
            "200": content("The versions, and the software with its own.", _ABOUT),
            "400": problem("There are query parameters; this resource has none."),
        },
        public=True,
    )
]
