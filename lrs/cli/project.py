"""Who keeps the projections up to date? `lrs project` by itself, or a process beside each `lrs serve`."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess

from lrs.auth import tenants
from lrs.cli import place
from lrs.cli.parent import end_with_parent
from lrs.cli.words import tell
from lrs.database.pool import Database
from lrs.errors import NotGranted
from lrs.logs import log_as_json
from lrs.settings import Settings
from projections import builds, found
from projections.runner import Runner

LOG = logging.getLogger("lrs.project")
# Nobody waits for a batch; what takes so long is stuck.
LONGEST_STATEMENT = 600
POOL_SIZE = 3
# Those who wait for an answer come first.
NICE = 5
RESTART_SECONDS = 1.0
STOP_SECONDS = 20.0


def project(data_dir: place.DataDir = None, database_url: place.DatabaseURL = None) -> None:
    """Keep the projections up to date until Ctrl-C.

    `lrs serve` does so by itself, unless LRS_PROJECT is false. Several may
    run, anywhere: they share the work, and when one dies the others go on.

    \b
    LRS_PROJECT=false lrs serve --database-url postgresql://db/lrs
    lrs project --database-url postgresql://db/lrs
    """
    chosen = place.settings(data_dir, database_url)
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    with place.opened(chosen) as database:
        log_as_json(chosen.log_level)
        conninfo = database.conninfo
        tell(
            "Projecting: " + (", ".join(each.name for each in found.projections()) or "nothing is installed")
        )
        _follow(conninfo, stopping)


def tell_of_missing_tables(database_url: str) -> None:
    """Statements are taken all the same; but a person has to know why projections stay empty."""
    with Database(database_url) as database:
        for tenant, _ in tenants.names(database):
            if missing := _missing(database, tenant):
                tell(
                    f"Not projected for tenant {tenant}: {missing}. The tables are missing, and this role "
                    "may not make them: run `lrs migrate --grant-to ROLE` as their owner."
                )


def _missing(database: Database, tenant: str) -> str:
    try:
        return ", ".join(builds.lacking(database, tenant, found.projections()))
    except NotGranted:
        return "everything"


@contextmanager
def beside(database_url: str) -> Iterator[None]:
    """A process that projects as long as this lasts, and another one whenever it dies."""
    stopping = threading.Event()
    watching = threading.Thread(target=_watch, args=[database_url, stopping], name="project")
    watching.start()
    try:
        yield
    finally:
        stopping.set()
        watching.join()


def _watch(database_url: str, stopping: threading.Event) -> None:
    while not stopping.is_set():
        process = multiprocessing.get_context("spawn").Process(target=_child, args=[database_url])
        process.start()
        while process.is_alive() and not stopping.is_set():
            stopping.wait(RESTART_SECONDS / 2)
        if not stopping.is_set():
            LOG.error("the process that projects died; another one starts", extra={"code": process.exitcode})
            stopping.wait(RESTART_SECONDS)
            continue
        _end(process)


def _end(process: BaseProcess) -> None:
    process.terminate()
    process.join(STOP_SECONDS)
    if process.is_alive():
        process.kill()
        process.join()


def _child(database_url: str) -> None:
    """In the process beside the server; a Ctrl-C at the terminal is for the server, which then ends us."""
    stopping = threading.Event()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    end_with_parent()
    os.nice(NICE)
    log_as_json(Settings().log_level)
    _follow(database_url, stopping)


def _follow(database_url: str, stopping: threading.Event) -> None:
    with Database(database_url, pool_size=POOL_SIZE, statement_timeout=LONGEST_STATEMENT) as database:
        runner = Runner(database, found.projections(), lambda: [name for name, _ in tenants.names(database)])
        following = threading.Thread(target=runner.run, name="runner")
        following.start()
        while following.is_alive() and not stopping.wait(0.5):
            pass
        runner.stop()
        following.join()
    if not stopping.is_set():
        LOG.error("the runner died: nothing is projected any longer")
        sys.exit(1)
