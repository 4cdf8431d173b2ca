"""What was the store then? `lrs replay`: rebuild a tenant in another database, as it was at a moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from lrs.auth import tenants
from lrs.cli import moments, place, progress
from lrs.cli.asking import settled
from lrs.cli.words import show_facts, tell
from lrs.database.pool import Database
from lrs.errors import AuditFailed, NotBuilt, OperatorError
from lrs.log.event_log import EventLog
from lrs.replaying import replay as replaying
from projections import found, rebuild
from projections.audit.project import NAME
from projections.audit.tree import Tree
from projections.view import Views


def replay(
    into: Annotated[
        str,
        typer.Option(
            "--into", metavar="URL|DIR", help="The other database, or the folder of an embedded one."
        ),
    ],
    to: Annotated[
        str | None, typer.Option("--to", metavar="POSITION|TIME", help="As it was then, not as it is now.")
    ] = None,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Rebuild a tenant in another database as it was at a position or a time, from its log.

    Log, index, documents, attachments, keys and projections; the tenant
    must be empty there. What was erased since stays erased, and of a
    document that was replaced since there may be no content any more.
    It signs with a key of its own. Writers and a server may go on meanwhile.

    \b
    lrs replay --to 2026-11-17T00:00:00Z --into ./last-tuesday
    lrs serve --data-dir ./last-tuesday --port 8001
    """
    with place.opened_for(tenant, data_dir, database_url) as database:
        log = EventLog(database, tenant)
        until = log.head().position if to is None else settled(log, moments.place("--to", to))
        if not until:
            raise OperatorError(f"There was nothing in tenant {tenant} yet.")
        with _target(into) as other:
            tenants.create(other, tenant)
            began = time.monotonic()
            lost = _copy(log, EventLog(other, tenant), until)
            rate = until / (time.monotonic() - began)
            _project(other, tenant)
            root = _same_root(database, other, tenant, until)
    show_facts([("tenant", tenant), ("position", until), ("events a second", f"{rate:.0f}"), ("root", root)])
    if lost:
        tell(f"{lost} documents are left out: they were replaced since, and their contents were not kept.")


def _copy(source: EventLog, target: EventLog, until: int) -> int:
    with progress.bar(f"Replaying {source.tenant}", until, unit="events") as advance:
        return replaying.replay(source, target, until=until, progress=lambda at: advance(at, at, total=until))


def _project(database: Database, tenant: str) -> None:
    for each in found.projections():
        with progress.bar(f"Building {each.name}", None, unit="events") as advance:
            rebuild.rebuild(database, tenant, each, progress=lambda at, of: advance(at, at, total=of))


def _same_root(database: Database, other: Database, tenant: str, size: int) -> str:
    """The root of the audit tree, which vouches for every byte of the log that was copied."""
    made = _root(other, tenant, size)
    try:
        known = _root(database, tenant, size)
    except NotBuilt:
        return made
    if made != known:
        raise AuditFailed(f"The audit tree of size {size} has the root {known}, and not {made} as made anew.")
    return made


def _root(database: Database, tenant: str, size: int) -> str:
    with Views(database, found.projections()).open(tenant, [NAME]) as view:
        if view.position < size:
            raise NotBuilt
        return Tree(view).root(size).hex()


@contextmanager
def _target(into: str) -> Iterator[Database]:
    """The other store, which is made where there is none."""
    folder = None if "://" in into else Path(into)
    with place.opened(place.settings(folder, None if folder else into), create=True) as database:
        yield database
