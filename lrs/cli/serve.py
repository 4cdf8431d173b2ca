"""How is the store run? `lrs serve`: a database, a schema up to date, a socket, and processes that answer."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import nullcontext
from socket import socket
from typing import Annotated

import typer
from uvicorn import Config, Server
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from lrs.auth import tenants
from lrs.auth.keys import Keys
from lrs.cli import counting, place, project, sockets
from lrs.database.pool import Database
from lrs.logs import log_as_json
from lrs.settings import Settings

BACKLOG = 2048
# Longer than proxies keep an idle connection: so we never close one that is just about to be used.
KEEP_ALIVE_SECONDS = 75
_HANDED_OVER = ("host", "port", "workers", "data_dir", "database_url")


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on. [LRS_HOST, else 127.0.0.1]", show_default=False)
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help="Port; 0 takes a free one. [LRS_PORT, else 8080]", show_default=False
        ),
    ] = None,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Server processes. [LRS_WORKERS, else 1]", show_default=False),
    ] = None,
) -> None:
    """Run the store until Ctrl-C.

    Without a database URL it starts a PostgreSQL of its own in the data
    folder, and stops it at the end. Before it stops it finishes what it has
    accepted. All settings: docs/configuration.md.

    \b
    lrs serve              everything in ./lrs-data
    lrs serve --port 0     the line "xAPI at …" tells the port
    lrs serve --host 0.0.0.0 --workers 4 --database-url postgresql://db/lrs
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    chosen = place.settings(data_dir, database_url, host=host, port=port, workers=workers)
    try:
        with sockets.bound(chosen.host, chosen.port) as bound, place.url(chosen) as url:
            found = {"database_url": url, "port": bound.getsockname()[1]}
            _serve(chosen.model_copy(update=found), bound, embedded=not chosen.database_url)
    except KeyboardInterrupt:
        return


def _stop(*_: object) -> None:
    """A friendly kill is like Ctrl-C; a second one does not interrupt the stopping that the first began."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _serve(chosen: Settings, bound: socket, *, embedded: bool) -> None:
    from lrs.app import prepare  # noqa: PLC0415  so the other commands start without all the faces

    if not chosen.migrate:
        with Database(str(chosen.database_url)) as database:
            place.make_ready(database, chosen)
    prepare(chosen)
    for name in _HANDED_OVER:
        os.environ[f"LRS_{name.upper()}"] = str(getattr(chosen, name))
    log_as_json(chosen.log_level)
    bound.listen(BACKLOG)  # from now on a client waits for a process to answer, and is not turned away
    if chosen.project:
        project.tell_of_missing_tables(str(chosen.database_url))
    _announce(chosen, bound, embedded=embedded)
    with project.beside(str(chosen.database_url)) if chosen.project else nullcontext():
        _run(chosen, bound)


def _announce(chosen: Settings, bound: socket, *, embedded: bool) -> None:
    at = sockets.url(bound)
    typer.echo(f"xAPI at {at}/xapi")
    typer.echo(f"Documentation at {at}/docs")
    folder = f"--data-dir {chosen.data_dir}"
    where = (
        f"in {chosen.data_dir.resolve()}" if embedded else f"at {place.describe(str(chosen.database_url))}"
    )
    typer.echo(f"Data {where}")
    if not _has_key(chosen):
        rest = f" {folder}" if embedded else ""
        typer.echo(f"Nobody can come in yet; make a key with: lrs keys create{rest}")


def _has_key(chosen: Settings) -> bool:
    with Database(str(chosen.database_url)) as database:
        return any(each.revoked is None for each in Keys(database).all(tenants.DEFAULT))


def _run(chosen: Settings, bound: socket) -> None:
    config = _config(chosen)
    if chosen.workers == 1:
        Server(config).run(sockets=[bound])
        return
    with counting.folder() as metrics:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)
        supervisor = Multiprocess(config, sockets=[bound])
        supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        sys.exit(STARTUP_FAILURE)


def _config(chosen: Settings) -> Config:
    return Config(
        "lrs.cli.worker:application",
        factory=True,
        host=chosen.host,
        port=chosen.port,
        workers=chosen.workers,
        loop="uvloop",
        http="lrs.http.protocol:Protocol",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # nothing here depends on who the client of a proxy is
        limit_concurrency=chosen.max_connections,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=chosen.shutdown_seconds,
    )
