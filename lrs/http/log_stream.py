"""The log as it grows: GET /log/stream, server-sent events whose ids are positions (WHATWG HTML 9.2)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from time import monotonic

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from lrs.errors import LRSError
from lrs.http import accesses, headers, holding, log_feed, positions
from lrs.http.admission import admit_reader, parameters
from lrs.http.context import context
from lrs.http.log_feed import AFTER, TOPIC
from lrs.http.published import PURPOSE
from lrs.http.routes import Endpoint, content, header
from lrs.log.event_log import Recorded

# Proxies cut off what is silent for long, and a client knows by it that the store still lives.
HEARTBEAT_SECONDS = 5.0
_LINE_END = re.compile(rb"\r\n|\r|\n")
_HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would hold back what comes
}


async def get_log_stream(request: Request) -> Response:
    """200 and then event after event, until the client has enough or the store stops."""
    caller = await admit_reader(request, "log/read")
    given = parameters(request, frozenset({"after", "topic"}))
    after = positions.position("after", given.get("after", "0"))
    # A browser that comes back asks for what it asked for at first, and says how far it got.
    if (seen := headers.get(request.scope, b"last-event-id")) is not None:
        after = positions.position("Last-Event-ID", seen)
    topics = positions.topics("topic", given.get("topic"))
    if request.method == "HEAD":
        return Response(headers=_HEADERS)
    await accesses.note(request, caller, position=after)
    return StreamingResponse(_stream(request, caller.tenant, after, topics), headers=_HEADERS)


async def _stream(request: Request, tenant: str, after: int, topics: frozenset[str]) -> AsyncIterator[bytes]:
    following = context(request).following
    spoke = monotonic()
    yield b"retry: 1000\n\n"
    with following.woken(tenant) as woken:
        while not following.closed:
            woken.clear()
            try:
                await admit_reader(request, "log/read")  # a key that was revoked meanwhile reads no further
                page = await following.page(tenant, after, topics)
            except LRSError:
                return  # the client comes back, and is told then what is wrong
            after, waits = page.position, page.position >= page.head
            if page.events or monotonic() - spoke > HEARTBEAT_SECONDS:
                # Only read when the client has taken what came before: nothing piles up here.
                holding.takes(request, log_feed.size(page))
                yield b"".join([_message(each) for each in page.events]) or b"id: %d\n\n" % after
                holding.takes(request, 0)
                spoke = monotonic()
            del page
            if waits:
                await woken.wait()


def _message(event: Recorded) -> bytes:
    """A statement keeps the lines that its client gave it."""
    data = b"\ndata: ".join(_LINE_END.split(log_feed.item(event)))
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (event.position, event.topic.encode(), data)


ENDPOINTS = [
    Endpoint(
        f"{log_feed.LOG}/stream", "GET", get_log_stream, "The events of the log, and those to come.",
        parameters=[
            AFTER,
            TOPIC,
            header("Last-Event-ID", "The position of the last event that was seen."),
            PURPOSE,
        ],
        responses={
            "200": content(
                "Server-sent events: the id is the position, the event the topic, the data an item of /log.",
                {"type": "string"},
                "text/event-stream",
            )
        },
    )
]  # fmt: skip
