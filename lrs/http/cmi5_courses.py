"""How do cmi5 courses come in? POST /cmi5/courses takes a course package; what is so is not said again."""

from __future__ import annotations

import io

from starlette.requests import Request
from starlette.responses import Response

from lrs.http import bodies
from lrs.http.commands import admit, answer, answered
from lrs.http.context import context
from lrs.http.routes import Endpoint
from lrs.registrar import structures


async def post_course(request: Request) -> Response:
    """200 with our id of the course; 400 with every fault of the package, each with its line."""
    caller = await admit(request)
    rooms = context(request)
    package = await bodies.read(request, limit=rooms.settings.max_body, timeout=rooms.settings.body_timeout)
    imported = await rooms.database.run(
        structures.import_course, rooms.database, caller.tenant, io.BytesIO(package), by=caller.key
    )
    return answer(imported.position, structure=imported.structure, course=imported.course)


ENDPOINTS = [
    Endpoint(
        "/cmi5/courses",
        "POST",
        post_course,
        "Import a cmi5 course from its package: cmi5.xml, or a zip with cmi5.xml in it.",
        request_body={
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        responses={"200": answered("The course consists of this.", "structure", "course")},
    ),
]
