"""What projections tell: the resources that they declare, now or as of a moment that has passed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import orjson
from starlette.requests import Request
from starlette.responses import Response

from lrs.accesses import asking
from lrs.auth.scopes import NEEDS, Need
from lrs.database.pool import Database
from lrs.errors import BadRequest, Fault, NotBuilt, NotFound
from lrs.http import accesses, holding, moments, positions, published
from lrs.http.admission import admit_reader, parameters
from lrs.http.arrivals import Arrivals, Names
from lrs.http.context import context
from lrs.http.positions import POSITION
from lrs.http.routes import Endpoint, Handler
from lrs.xapi import document, time
from lrs.xapi.vocabulary import Json

AsOf = int | datetime | None


class Bare(Protocol):
    """A document to which nothing is added: projections/resource.py has it for real."""

    @property
    def document(self) -> Json:
        """As it goes out."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Those that go with it."""


class Resource(published.Described, Protocol):
    """What a projection declares that can be asked for: projections/resource.py has it for real."""

    @property
    def need(self) -> str:
        """The scope's need."""

    @property
    def projections(self) -> Names:
        """Those that it looks at."""

    @property
    def learner(self) -> str:
        """The part of the path that names the learner, or nothing where it is about no one learner."""

    @property
    def read(self) -> Callable[[Any, Mapping[str, str]], Json | Bare]:
        """What a view and the parameters make."""


class Views(Protocol):
    """Opens projections: projections/view.py has it for real."""

    def open(self, tenant: str, names: Names, *, as_of: AsOf) -> AbstractContextManager[Any]:
        """As they are, or were: something with a `position` and a `time`."""

    def position(self, tenant: str, names: Names) -> int:
        """How far all of these have got."""


ViewsOf = Callable[[Database], Views]


class Asked(NamedTuple):
    """Which moment is meant, how far its answer has to be, and the parameters that are the resource's own."""

    as_of: AsOf
    place: int
    parameters: Mapping[str, str]


class Answer(NamedTuple):
    """What a resource said, as it goes out, and the position that it is true for."""

    position: int
    document: Json
    body: bytes
    headers: Mapping[str, str]


class Reading:
    """Reads resources through the views that the roof has."""

    def __init__(self, views: ViewsOf) -> None:
        self.views = views
        self.arrivals = Arrivals(self._reached)

    async def ready(
        self, request: Request, resource: Resource, tenant: str, given: Mapping[str, str]
    ) -> Asked:
        """What these parameters ask for, when it is there to be read."""
        if any("\0" in part for part in request.path_params.values()):
            raise NotFound  # no text of PostgreSQL can hold it
        rooms = context(request)
        as_of = positions.moment("as_of", given["as_of"]) if "as_of" in given else None
        after = positions.position("after", given.get("after", "0"))
        seconds = rooms.settings.wait_seconds
        place = after
        if as_of is not None:
            place = await moments.position(rooms.database, tenant, as_of, seconds=seconds)
            after = max(after, place)
        if after:
            await self.arrivals.wait(rooms.database, tenant, resource.projections, after, seconds=seconds)
        asked = {name: value for name, value in given.items() if name not in published.OF_ALL}
        return Asked(as_of, place, asked | request.path_params)

    def read(self, database: Database, tenant: str, resource: Resource, asked: Asked) -> Answer:
        """What the resource says to it."""
        with self.views(database).open(tenant, resource.projections, as_of=asked.as_of) as view:
            if view.position < asked.place:
                # A crash of PostgreSQL may take back a batch that was seen: nobody waits for its disk.
                raise NotBuilt
            said = resource.read(view, asked.parameters)
            if not isinstance(said, dict):
                return Answer(view.position, said.document, orjson.dumps(said.document), said.headers)
            whole = said | {"position": view.position, "as_of": time.format(view.time)}
        return Answer(view.position, whole, orjson.dumps(whole), {})

    def _reached(self, database: Database, tenant: str, names: Names) -> int:
        try:
            return self.views(database).position(tenant, names)
        except NotBuilt:
            return 0  # who waits for a position waits for the first tables too


def endpoints(resources: Sequence[Resource], views: ViewsOf) -> list[Endpoint]:
    """A GET for each of the resources, and one for each schema that they publish."""
    reading = Reading(views)
    served = [published.endpoint(each, _handler(each, reading)) for each in resources]
    return [*served, *published.schemas(resources, [asking.SCHEMA])]


def _handler(resource: Resource, reading: Reading) -> Handler:
    need = _need(resource)
    allowed, required = published.parameters(resource)

    async def get(request: Request) -> Response:
        """200 with what projections say, and the position it is true for; 304, 400, 404, 503."""
        chosen = request.path_params
        caller = await admit_reader(request, need, learner=chosen.get(resource.learner, ""))
        given = parameters(request, allowed)
        if missing := sorted(required - set(given)):
            raise BadRequest(faults=[Fault(name, "is required") for name in missing])
        asked = await reading.ready(request, resource, caller.tenant, given)
        database = context(request).database
        try:
            found = await holding.read(request, _size, reading.read, database, caller.tenant, resource, asked)
        except NotFound:
            if caller.learner:  # why not may be about another learner
                raise NotFound from None
            raise
        if resource.personal:
            learner = asked.parameters.get("learner", "")
            await accesses.note(request, caller, learner=learner, position=found.position)
        return answer(request, found)

    return get


def answer(request: Request, found: Answer) -> Response:
    """200, or 304 to who has it already (RFC 9110 13.1.2)."""
    etag = document.etag(found.body)
    headers = {**found.headers, "ETag": etag, POSITION: str(found.position), "Cache-Control": "no-cache"}
    if document.is_known(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    return Response(found.body, headers=headers, media_type="application/json")


def _size(found: Answer) -> int:
    return len(found.body)


def _need(resource: Resource) -> Need:
    for need in NEEDS:
        if need == resource.need:
            return need
    raise ValueError(f"{resource.path} needs {resource.need!r}, which no scope covers.")
