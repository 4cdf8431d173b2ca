"""How are documents served? What the state and profile resources share (Communication 2.2)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import orjson
from starlette.requests import Request
from starlette.responses import Response

from lrs.errors import BadRequest, Fault
from lrs.http import bodies, holding, sessions
from lrs.http.admission import Admitted, admit
from lrs.http.context import context
from lrs.http.document_query import Asked, Resource, ask
from lrs.store.changes import Write
from lrs.store.documents import Listed
from lrs.xapi import document

# A document is anybody's bytes: a browser that is sent to it must not run them as a page of this store.
INERT = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
# Browsers keep what has Last-Modified and no such header for as long as they like.
REVALIDATE = {"Cache-Control": "no-cache"}


async def get(request: Request, resource: Resource) -> Response:
    """200 with the document, or with the ids of those that changed since; 304, 404."""
    caller, version = await admit(request, resource.reading)
    asked = ask(request, resource, version)
    await sessions.require_document(request, caller, asked)
    rooms = context(request)
    if asked.document_id is None:
        listed = await holding.read(
            request,
            lambda listed: sum([len(each.document_id) for each in listed]),
            rooms.documents.ids,
            caller.tenant,
            asked.owner,
            registration=asked.registration,
            since=asked.since,
        )
        return _list(listed)
    found = await holding.read(
        request, lambda found: len(found.content), rooms.documents.get, caller.tenant, asked.key
    )
    headers = {"ETag": found.etag, "Last-Modified": _http_date(found.updated), **REVALIDATE}
    if document.is_known(request.headers.get("if-none-match"), found.etag):
        return Response(status_code=304, headers=headers)
    return Response(found.content, headers={"Content-Type": found.content_type, **headers, **INERT})


async def put(request: Request, resource: Resource) -> Response:
    """Store the body as the document; 204, 409, 412 (Communication 3.1)."""
    admitted = await admit(request, resource.writing)
    write = await _write(request, resource, admitted)
    rooms = context(request)
    await rooms.database.run(rooms.documents.put, admitted.caller.tenant, write)
    return Response(status_code=204)


async def post(request: Request, resource: Resource) -> Response:
    """Store the body as the document, or merge two JSON objects; 204, 412 (Communication 2.2)."""
    admitted = await admit(request, resource.writing)
    write = await _write(request, resource, admitted)
    rooms = context(request)
    largest = rooms.settings.max_document
    await rooms.database.run(rooms.documents.post, admitted.caller.tenant, write, largest=largest)
    return Response(status_code=204)


async def delete(request: Request, resource: Resource) -> Response:
    """Remove the document, or all where the resource allows to leave out the id; 204, 412."""
    admitted = await admit(request, resource.writing)
    caller, version = admitted
    asked = ask(request, resource, version)
    await sessions.require_document(request, caller, asked)
    rooms = context(request)
    if asked.document_id is None:
        await rooms.database.run(
            rooms.documents.delete_all,
            caller.tenant,
            asked.owner,
            registration=asked.registration,
            by=caller.key,
        )
    else:
        write = _change(request, resource, admitted, asked)
        await rooms.database.run(rooms.documents.delete, caller.tenant, write)
    return Response(status_code=204)


async def _write(request: Request, resource: Resource, admitted: Admitted) -> Write:
    asked = ask(request, resource, admitted.version)
    await sessions.require_document(request, admitted.caller, asked)
    write = _change(request, resource, admitted, asked)
    settings = context(request).settings
    write.content_type = _content_type(request)
    write.content = await bodies.read(
        request, limit=settings.max_document, timeout=settings.body_timeout, setting="LRS_MAX_DOCUMENT"
    )
    sessions.require_content(admitted.caller, asked, write)
    return write


def _change(request: Request, resource: Resource, admitted: Admitted, asked: Asked) -> Write:
    def check(current: str | None) -> None:
        document.check_preconditions(
            request.method,
            resource.kind,
            admitted.version,
            current=current,
            if_match=request.headers.get("if-match"),
            if_none_match=request.headers.get("if-none-match"),
        )

    return Write(asked.key, admitted.caller.key, check)


def _content_type(request: Request) -> str:
    """RFC 9110 8.3: who does not say what it is leaves us bytes."""
    said = request.headers.get("content-type") or "application/octet-stream"
    if not said.isprintable():
        # It comes back as a header of its own: nobody may smuggle another one in.
        raise BadRequest(faults=[Fault("Content-Type", "must be printable characters", "RFC 9110 8.3")])
    return said


def _list(listed: list[Listed]) -> Response:
    body = orjson.dumps([each.document_id for each in listed])
    headers = {"ETag": document.etag(body), **REVALIDATE}
    if listed:
        # Communication 2.2: when the most recently modified of them was.
        headers["Last-Modified"] = _http_date(max(each.updated for each in listed))
    return Response(body, headers=headers, media_type="application/json")


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
