"""What projections tell: the resources that they declare, now or as of a moment that has passed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import orjson
from starlette.requests import Request
from starlette.responses import Response

from lrs.auth.scopes import NEEDS, Need
from lrs.database.pool import Database
from lrs.errors import BadRequest, Fault, NotBuilt, NotFound
from lrs.http import moments, positions, published
from lrs.http.admission import admit_reader, parameters
from lrs.http.arrivals import Arrivals, Names
from lrs.http.context import context
from lrs.http.positions import POSITION
from lrs.http.routes import Endpoint, Handler
from lrs.xapi import document, time
from lrs.xapi.vocabulary import Json

AsOf = int | datetime | None


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
    def read(self) -> Callable[[Any, Mapping[str, str]], Json]:
        """What a view and the parameters make."""


class Views(Protocol):
    """Opens projections: projections/view.py has it for real."""

    def open(self, tenant: str, names: Names, *, as_of: AsOf) -> AbstractContextManager[Any]:
        """As they are, or were: something with a `position` and a `time`."""

    def position(self, tenant: str, names: Names) -> int:
        """How far all of these have got."""


ViewsOf = Callable[[Database], Views]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a resource said, and the position that it is true for."""

    position: int
    document: Json

    @property
    def body(self) -> bytes:
        """As it goes out."""
        return orjson.dumps(self.document)


class Reading:
    """Reads resources through the views that the roof has."""

    def __init__(self, views: ViewsOf) -> None:
        self.views = views
        self.arrivals = Arrivals(self._reached)

    async def read(
        self, request: Request, resource: Resource, tenant: str, given: Mapping[str, str]
    ) -> Answer:
        """What the resource says to these parameters; it waits first where they ask for it."""
        if any("\0" in part for part in request.path_params.values()):
            raise NotFound  # no text of PostgreSQL can hold it
        rooms = context(request)
        as_of = positions.moment("as_of", given["as_of"]) if "as_of" in given else None
        after = positions.position("after", given.get("after", "0"))
        seconds = rooms.settings.wait_seconds
        if as_of is not None:
            place = await moments.position(rooms.database, tenant, as_of, seconds=seconds)
            after = max(after, place)
        if after:
            await self.arrivals.wait(rooms.database, tenant, resource.projections, after, seconds=seconds)
        asked = {name: value for name, value in given.items() if name not in published.OF_ALL}
        asked |= request.path_params
        return await rooms.database.run(self._read, rooms.database, tenant, resource, as_of, asked)

    def _read(
        self, database: Database, tenant: str, resource: Resource, as_of: AsOf, asked: Mapping[str, str]
    ) -> Answer:
        with self.views(database).open(tenant, resource.projections, as_of=as_of) as view:
            body = resource.read(view, asked)
            place = {"position": view.position, "as_of": time.format(view.time)}
        return Answer(view.position, body | place)

    def _reached(self, database: Database, tenant: str, names: Names) -> int:
        try:
            return self.views(database).position(tenant, names)
        except NotBuilt:
            return 0  # who waits for a position waits for the first tables too


def endpoints(resources: Sequence[Resource], views: ViewsOf) -> list[Endpoint]:
    """A GET for each of the resources, and one for each schema that they publish."""
    reading = Reading(views)
    served = [published.endpoint(each, _handler(each, reading)) for each in resources]
    return [*served, *published.schemas(resources)]


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
        return answer(request, await reading.read(request, resource, caller.tenant, given))

    return get


def answer(request: Request, found: Answer) -> Response:
    """200, or 304 to who has it already (RFC 9110 13.1.2)."""
    body = found.body
    etag = document.etag(body)
    headers = {"ETag": etag, POSITION: str(found.position), "Cache-Control": "no-cache"}
    if document.is_known(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def _need(resource: Resource) -> Need:
    for need in NEEDS:
        if need == resource.need:
            return need
    raise ValueError(f"{resource.path} needs {resource.need!r}, which no scope covers.")
