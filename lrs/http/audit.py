"""What auditors are given: signed checkpoints, the public key, tiles of the tree, entries of the log."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol

import orjson
from starlette.requests import Request
from starlette.responses import Response

from lrs.database.pool import Database
from lrs.errors import BadRequest, Fault, NotFound
from lrs.http import accesses, bodies, holding, positions
from lrs.http.admission import admit_reader, parameters
from lrs.http.arrivals import Arrivals
from lrs.http.context import context
from lrs.http.positions import POSITION
from lrs.http.projected import Reading, ViewsOf
from lrs.http.published import PURPOSE
from lrs.http.routes import Endpoint, content, part, problem, query
from lrs.log.event_log import EventLog
from lrs.xapi.vocabulary import Json

# C2SP tlog-tiles: x001/x234/067 is tile 1234067; one that is not full says how many hashes are meant.
_TILE = re.compile(r"(\d{1,2})/((?:x\d{3}/){0,5}\d{3})(?:\.p/([1-9]\d{0,2}))?\Z", re.ASCII)
WIDTH, HIGHEST = 256, 7
_MOST_BLANKS = 1024
_FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}
_AUDIT = ("audit",)


class Trail(Protocol):
    """The audit trails of the tenants: projections/audit/trail.py has them for real."""

    def checkpoint(self, tenant: str, size: int | None = None, /) -> bytes:
        """The newest checkpoint, or the one of a size."""

    def sign(self, tenant: str, /) -> bytes:
        """A checkpoint of what is known now."""

    def key(self, tenant: str, /) -> dict[str, Any]:
        """The public key."""

    def tile(self, tenant: str, level: int, index: int, width: int, /) -> bytes:
        """Hashes of a tile."""

    def entries(self, tenant: str, after: int, /, *, limit: int, most_bytes: int) -> tuple[bytes, int]:
        """The next entries, and the position after which to go on."""


TrailOf = Callable[[Database, str], Trail]


class Handlers:
    """The handlers, over the trails that the roof has."""

    def __init__(self, trail: TrailOf, arrivals: Arrivals) -> None:
        self._trail = trail
        self.arrivals = arrivals

    async def get_checkpoint(self, request: Request) -> Response:
        """200 with a signed note; 404 where there is none."""
        caller = await admit_reader(request, "audit/read")
        given = parameters(request, frozenset({"size"}))
        size = positions.position("size", given["size"]) if "size" in given else None
        found = await context(request).database.run(self.trail(request).checkpoint, caller.tenant, size)
        return _note(found)

    async def post_checkpoint(self, request: Request) -> Response:
        """201 with a signed note over all that was stored when it was asked for; 503 while unknown."""
        caller = await admit_reader(request, "audit/read")
        parameters(request, frozenset())
        rooms = context(request)
        if (await bodies.read(request, limit=_MOST_BLANKS, timeout=rooms.settings.body_timeout)).strip():
            raise BadRequest("This takes no body: it signs what is known now.")
        head = (await rooms.database.run(EventLog(rooms.database, caller.tenant).head)).position
        seconds = rooms.settings.wait_seconds
        await self.arrivals.wait(rooms.database, caller.tenant, _AUDIT, head, seconds=seconds)
        return _note(await rooms.database.run(self.trail(request).sign, caller.tenant), 201)

    async def get_key(self, request: Request) -> Response:
        """200 with the public key, which is made when it is first asked for."""
        caller = await admit_reader(request, "audit/read")
        parameters(request, frozenset())
        found = await context(request).database.run(self.trail(request).key, caller.tenant)
        return Response(orjson.dumps(found), media_type="application/json")

    async def get_tile(self, request: Request) -> Response:
        """200 with the hashes of a tile, one after the other; 404 where there is none."""
        caller = await admit_reader(request, "audit/read")
        parameters(request, frozenset())
        level, index, width = _tile(request.path_params["tile"])
        found = await context(request).database.run(
            self.trail(request).tile, caller.tenant, level, index, width
        )
        return Response(found, headers=_FOR_EVER, media_type="application/octet-stream")

    async def get_entries(self, request: Request) -> Response:
        """200 with entries of the log, a line of JSON each; a header says after which position to go on."""
        caller = await admit_reader(request, "log/read")
        given = parameters(request, frozenset({"after", "limit"}))
        settings = context(request).settings
        after = positions.position("after", given.get("after", "0"))
        limit = positions.limit("limit", given.get("limit"), settings.max_limit)
        found, position = await holding.read(
            request, lambda read: len(read[0]), self.trail(request).entries, caller.tenant, after,
            limit=limit, most_bytes=settings.max_page_bytes,
        )  # fmt: skip
        if found:
            await accesses.note(request, caller, position=position)
        return Response(found, headers={POSITION: str(position)}, media_type="application/jsonl")

    def trail(self, request: Request) -> Trail:
        """The trail of the process that answers this request."""
        rooms = context(request)
        return self._trail(rooms.database, rooms.settings.public_url)


def _note(text: bytes, status: int = 200) -> Response:
    return Response(text, status, {"Cache-Control": "no-cache"}, "text/plain; charset=utf-8")


def _tile(path: str) -> tuple[int, int, int]:
    if path.startswith("entries/"):
        raise NotFound("Entries are at /audit/entries: as tiles they could not be larger than 64 KiB.")
    found = _TILE.match(path)
    width = int(found[3] or WIDTH) if found else 0
    if not found or int(found[1]) > HIGHEST or width > WIDTH or (found[3] and width == WIDTH):
        rule = f"must be LEVEL/N or LEVEL/N.p/WIDTH, LEVEL at most {HIGHEST}, WIDTH at most {WIDTH - 1}"
        raise BadRequest(faults=[Fault("tile", rule, "C2SP tlog-tiles")])
    return int(found[1]), int(found[2].replace("x", "").replace("/", "")), width


_NOTE: Json = {"type": "string", "description": "A signed note: origin, size, root; then the signature."}
_KEY: Json = {
    "type": "object",
    "required": ["origin", "verifier", "pem"],
    "properties": {
        "origin": {"type": "string", "description": "The name of the log in its checkpoints."},
        "verifier": {"type": "string", "description": "As signed-note writes keys: name, id and key."},
        "pem": {"type": "string", "description": "The key by itself."},
    },
}
_BINARY: Json = {"type": "string", "format": "binary"}
_OF_ENTRIES = [
    query("after", "The position after which to begin.", {"type": "integer", "minimum": 0}),
    query("limit", "The most to return.", {"type": "integer", "minimum": 1}),
    PURPOSE,
]
_NO_CHECKPOINT = problem("Nothing was signed yet, or not at this size.")


def endpoints(trail: TrailOf, views: ViewsOf) -> list[Endpoint]:
    """What is offered beside the proofs, which are resources of the projection."""
    handlers = Handlers(trail, Reading(views).arrivals)
    signed = content("A checkpoint.", _NOTE, "text/plain")
    newest = {"200": signed, "404": _NO_CHECKPOINT}
    size = query("size", "Of this size, not the newest.", {"type": "integer", "minimum": 0})
    return [
        Endpoint(
            "/audit/checkpoint", "GET", handlers.get_checkpoint, "The newest signed checkpoint.",
            parameters=[size], responses=newest,
        ),
        Endpoint(
            "/audit/checkpoint", "POST", handlers.post_checkpoint, "Sign a checkpoint of the log as it is.",
            responses={"201": signed},
        ),
        Endpoint(
            "/audit/key", "GET", handlers.get_key, "The public key that checkpoints are signed with.",
            responses={"200": content("The key.", _KEY)},
        ),
        Endpoint(
            "/audit/tiles/checkpoint", "GET", handlers.get_checkpoint,
            "The newest signed checkpoint, where tlog-tiles has it.", parameters=[size], responses=newest,
        ),
        Endpoint(
            "/audit/tiles/tile/{tile}", "GET", handlers.get_tile,
            "Hashes of the audit tree, in the layout of tlog-tiles.", parameters=[part("tile")], deep=True,
            responses={
                "200": content("The hashes.", _BINARY, "application/octet-stream"),
                "404": problem("There is no such tile yet."),
            },
        ),
        Endpoint(
            "/audit/entries", "GET", handlers.get_entries, "Entries of the log, with their salts.",
            parameters=_OF_ENTRIES,
            responses={"200": content("A line of JSON each.", {"type": "string"}, "application/jsonl")},
        ),
    ]  # fmt: skip
