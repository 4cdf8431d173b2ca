"""The roof: one application out of the rooms, opened once per process."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from lrs.accesses.noting import Noting
from lrs.auth import tenants
from lrs.auth.keys import Keys, key_authority
from lrs.database.pool import Database
from lrs.errors import LRSError
from lrs.housekeeping import Housekeeping
from lrs.http import (
    about,
    accesses,
    activities,
    activity_profile,
    agent_profile,
    agents,
    audit,
    cmi5_courses,
    cmi5_launches,
    described,
    erasures,
    errors,
    health,
    issuing,
    log_feed,
    log_stream,
    profiles,
    projected,
    registrar,
    registrar_catalogue,
    registrar_frameworks,
    state,
    statement_endpoints,
)
from lrs.http.alternate import AlternateSyntax
from lrs.http.context import Context
from lrs.http.front import Browsers, Front
from lrs.http.lags import Lags
from lrs.http.observe import Observe
from lrs.http.pressure import Pressure
from lrs.http.refusals import owed
from lrs.http.routes import Endpoint
from lrs.launching.launching import Launching
from lrs.launching.sweep import Sweep
from lrs.log.following import Following
from lrs.logs import log_as_json
from lrs.profiling.gates import Gates
from lrs.regular import Regular, Work
from lrs.settings import Settings
from lrs.store.blobs import Blobs
from lrs.store.documents import Documents
from lrs.store.statements import Statements
from projections import found, status
from projections.audit.trail import Trail
from projections.forget import forget
from projections.learners.read import selves
from projections.view import Views

# How long a computing thread may keep the others from running: the writer waits for this after every commit.
SWITCH_INTERVAL = 0.0005
# A request makes thousands of objects and few cycles. To look for these after every 700 objects, as Python
# does by itself, now and then takes a fifth of the time of a large answer.
COLLECT_AFTER = (20_000, 20, 20)

# Processes look so often between two checkpoints whether the next one is due; whoever is first signs it.
LOOKS = 6

# The description of all, for people and for programs.
DOCS, OPENAPI = "/docs", "/openapi.json"
ENDPOINTS: list[Endpoint] = [
    *statement_endpoints.ENDPOINTS,
    *state.ENDPOINTS,
    *agents.ENDPOINTS,
    *agent_profile.ENDPOINTS,
    *activities.ENDPOINTS,
    *activity_profile.ENDPOINTS,
    *about.ENDPOINTS,
    *log_feed.ENDPOINTS,
    *log_stream.ENDPOINTS,
    *registrar.ENDPOINTS,
    *registrar_catalogue.ENDPOINTS,
    *registrar_frameworks.ENDPOINTS,
    *profiles.ENDPOINTS,
    *cmi5_courses.ENDPOINTS,
    *cmi5_launches.ENDPOINTS,
    *health.ENDPOINTS,
]


def from_environment() -> ASGIApp:
    """The application as `lrs serve` starts it in each of its processes."""
    return create(Settings())


def create(settings: Settings, further: Sequence[Endpoint] = ()) -> ASGIApp:
    """The application; `database_url` must be set. A request passes the layers from the last line upwards."""
    log_as_json(settings.log_level)
    app: ASGIApp = api(settings, further)
    app = AlternateSyntax(app, max_body=settings.max_body, body_timeout=settings.body_timeout)
    app = Front(Browsers(app), ENDPOINTS)
    largest = max(settings.max_body, settings.max_document)
    app = Pressure(app, largest=largest, max_bodies=settings.max_bodies, max_answers=settings.max_answers)
    paths = {each.path for each in ENDPOINTS} | {DOCS, OPENAPI}
    return Observe(app, paths=paths, default_version=settings.default_xapi_version)


def api(settings: Settings, further: Sequence[Endpoint] = ()) -> FastAPI:
    """All resources, their description, and the rooms behind them."""
    offered = [*ENDPOINTS, *further, *projected_endpoints()]
    app = FastAPI(
        title="Learning Record Store",
        version=version("learning-record-store"),
        summary="xAPI 1.0.3 and 2.0 on an append-only log.",
        lifespan=lambda _: _open(settings),
        openapi_url=OPENAPI,
        docs_url=None,
        redoc_url=None,
    )
    # Asked for beside the page: a proxy may have put both below a path of its own.
    page = get_swagger_ui_html(openapi_url=OPENAPI.lstrip("/"), title=app.title)
    app.add_route(DOCS, lambda _: page, include_in_schema=False)
    app.router.redirect_slashes = False
    for endpoint in offered:
        _add(app, endpoint)
    app.add_exception_handler(LRSError, _answer_error)
    app.add_exception_handler(HTTPException, _answer_http_error(offered))
    app.openapi = described.openapi(app, offered, settings.root_path)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[dict[str, Context]]:
    sys.setswitchinterval(SWITCH_INTERVAL)
    database = Database(
        settings.database_url or "",
        pool_size=settings.pool_size,
        statement_timeout=settings.statement_timeout,
    )
    with database:
        rooms = _rooms(settings, database)
        rooms.keys.start()
        rooms.gates.start()
        gc.freeze()  # what lives as long as the process need not be looked through again and again
        gc.set_threshold(*COLLECT_AFTER)
        housekeeping = Housekeeping(database, keep_replaced=settings.keep_replaced_documents)
        housekeeping.start()
        signing = Regular(_signing(database, settings), settings.checkpoint_seconds / LOOKS)
        signing.start()
        sweep = Sweep(rooms.launching, session_seconds=settings.cmi5_session_seconds)
        sweep.start()
        try:
            yield {"context": rooms}
        finally:
            await sweep.stop()
            signing.stop()
            await housekeeping.stop()
            rooms.following.stop()
            rooms.statements.close()
            await asyncio.gather(*(asyncio.to_thread(each.stop) for each in (rooms.gates, rooms.keys)))


def _signing(database: Database, settings: Settings) -> Work:
    trail, seconds = _trail(database, settings.public_url), settings.checkpoint_seconds

    async def sign(going_on: Callable[[], bool]) -> None:
        names = [name for name, _ in await database.run(tenants.names, database)]
        await database.run(trail.sign_due, names, seconds, going_on=going_on)

    return sign


def _rooms(settings: Settings, database: Database) -> Context:
    keys = Keys(database)
    statements = Statements(
        database, max_waiting=settings.max_waiting, max_page_bytes=settings.max_page_bytes
    )
    documents = Documents(database, keep_replaced=settings.keep_replaced_documents)
    return Context(
        settings=settings,
        database=database,
        lags=Lags(database, lambda: _lags(database)),
        keys=keys,
        noting=Noting(database),
        statements=statements,
        documents=documents,
        blobs=Blobs(database),
        following=Following(database),
        launching=Launching(database, keys, statements, documents),
        gates=Gates(database),
    )


def prepare(settings: Settings) -> list[str]:
    """Before the first process starts: bring the schema up to date, and create the first key."""
    with Database(settings.database_url or "", statement_timeout=3600) as database:
        done = tenants.migrate_all(database) if settings.migrate else []
        if settings.bootstrap_key and settings.bootstrap_secret:
            authority = key_authority(settings.public_url, settings.bootstrap_key)
            secret = settings.bootstrap_secret.get_secret_value()
            Keys(database).bootstrap(settings.bootstrap_key, secret, authority)
        return done


def _lags(database: Database) -> dict[str, status.Lag]:
    return status.lags(database, [name for name, _ in tenants.names(database)], found.projections())


def projected_endpoints() -> list[Endpoint]:
    """What the installed projections declare."""
    resources = found.resources()
    return [
        *projected.endpoints(resources, _views),
        *issuing.endpoints(resources, _views),
        *audit.endpoints(_trail, _views),
        accesses.endpoint(lambda database, *whose: selves(_views(database), *whose)),
        *erasures.endpoints(forget),
    ]


@lru_cache(maxsize=4)
def _views(database: Database) -> Views:
    return Views(database, found.projections())


def _trail(database: Database, public_url: str) -> Trail:
    return Trail(_views(database), public_url)


def _add(app: FastAPI, endpoint: Endpoint) -> None:
    app.add_api_route(
        endpoint.route,
        endpoint.handler,
        methods=endpoint.methods,
        response_class=Response,
        response_model=None,
        include_in_schema=False,
    )


async def _answer_error(request: Request, error: Exception) -> Response:
    return errors.answer(request, error)


def _answer_http_error(offered: Sequence[Endpoint]) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Starlette's own: no such path, or a method that the resource does not have."""
    methods: dict[str, dict[str, None]] = {}
    for endpoint in offered:
        methods.setdefault(endpoint.route, {}).update(dict.fromkeys(endpoint.methods))

    async def answer(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  registered for HTTPException only
        headers = dict(error.headers or {}) | owed(request.scope)
        path = getattr(request.scope.get("route"), "path", request.scope["path"])
        if error.status_code == 405 and path in methods:
            # RFC 9110 15.5.6: all that it has; Starlette names those of the first route only.
            headers["Allow"] = ", ".join(methods[path])
        return Response(errors.problem(str(error.detail)), error.status_code, headers, "application/json")

    return answer
