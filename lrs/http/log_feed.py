"""The log for those who follow it from outside: GET /log, in pages from any position on."""

from __future__ import annotations

from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from lrs.http import accesses, holding, positions
from lrs.http.addresses import address
from lrs.http.admission import admit_reader, parameters
from lrs.http.context import context
from lrs.http.positions import POSITION
from lrs.http.published import PURPOSE
from lrs.http.routes import Endpoint, content, query
from lrs.log import events, feed
from lrs.log.event_log import Recorded
from lrs.log.feed import Next
from lrs.xapi import time

LOG = "/log"


async def get_log(request: Request) -> Response:
    """200 with the events after a position, and where to go on; at the end of the log there are none."""
    caller = await admit_reader(request, "log/read")
    given = parameters(request, frozenset({"after", "limit", "topic"}))
    rooms = context(request)
    after = positions.position("after", given.get("after", "0"))
    limit = positions.limit("limit", given.get("limit"), rooms.settings.max_limit)
    topics = positions.topics("topic", given.get("topic"))
    page = await holding.read(
        request, size, feed.page, rooms.database, caller.tenant, after,
        topics=topics, limit=limit, most_bytes=rooms.settings.max_page_bytes,
    )  # fmt: skip
    if page.events:
        await accesses.note(request, caller, position=page.position)
    path = address(request, LOG)
    following = orjson.dumps(f"{path}?{urlencode(given | {'after': page.position}, safe=',')}")
    body = b'{"events":[%b],"position":%d,"head":%d,"next":%b}' % (
        b",".join(map(item, page.events)), page.position, page.head, following,
    )  # fmt: skip
    return Response(body, headers={POSITION: str(page.position)}, media_type="application/json")


def size(page: Next) -> int:
    """How many bytes a page takes, as near as matters."""
    return sum([len(each.state) for each in page.events])


def item(event: Recorded) -> bytes:
    """An event as JSON; a statement is in it byte for byte as GET returns it, an erased event is empty."""
    data = b'null,"withheld":"erased"' if event.leaf is not None else events.shown(event.topic, event.state)
    return b'{"position":%d,"stored":"%b","topic":%b,"id":"%b","version":%d,"data":%b}' % (
        event.position,
        time.format(event.stored).encode(),
        orjson.dumps(event.topic),
        str(event.originator_id).encode(),
        event.version,
        data,
    )


AFTER = query(
    "after", "The position after which to begin; 0 is the beginning.", {"type": "integer", "minimum": 0}
)
TOPIC = query("topic", f"Only these topics, with commas between them: {', '.join(sorted(events.topics()))}.")
ITEM = {
    "type": "object",
    "required": ["position", "stored", "topic", "id", "version", "data"],
    "properties": {
        "position": {"type": "integer", "description": "Its place in the log: 1, 2, 3, … without a gap."},
        "stored": {"type": "string", "format": "date-time"},
        "topic": {"type": "string"},
        "id": {"type": "string", "format": "uuid", "description": "Of the statement, or of the stream."},
        "version": {"type": "integer", "description": "Its place in the stream; of a statement always 1."},
        "data": {
            "type": ["object", "null"],
            "description": "The statement, or what the event says; null where it is withheld.",
        },
        "withheld": {"const": "erased", "description": "Why there is no data, if there is none."},
    },
}
_PAGE = {
    "type": "object",
    "required": ["events", "position", "head", "next"],
    "properties": {
        "events": {"type": "array", "items": ITEM},
        "position": {"type": "integer", "description": "Up to here the log was looked through."},
        "head": {"type": "integer", "description": "How far the log had got."},
        "next": {"type": "string", "description": "Where to ask for what follows, now or later."},
    },
}

ENDPOINTS = [
    Endpoint(
        LOG, "GET", get_log, "The events of the log in order, a page at a time.",
        parameters=[
            AFTER,
            query("limit", "The most to return.", {"type": "integer", "minimum": 1}),
            TOPIC,
            PURPOSE,
        ],
        responses={"200": content("Some events, and the way to those that follow.", _PAGE)},
    )
]  # fmt: skip
