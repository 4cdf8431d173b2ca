"""What follows the log, how far is it, and what did it say? `lrs projections`: status, rebuild, as-of …"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from lrs.auth import tenants
from lrs.cli import moments, place, reader
from lrs.cli.asking import ask
from lrs.cli.progress import bar
from lrs.cli.reader import Reader
from lrs.cli.words import show, show_json
from lrs.database.pool import Database
from lrs.errors import OperatorError
from projections import digest, found
from projections import rebuild as rebuilding
from projections import retry as retrying
from projections.rebuild import Progress
from projections.status import Status, failures, status

app = typer.Typer(no_args_is_help=True, help="See how far the projections are, repair them, make them anew.")

Name = Annotated[str, typer.Argument(help="Which projection; `lrs projections status` lists them.")]
OfTenant = Annotated[str | None, typer.Option("--tenant", "-t", help="Only of this tenant.")]


@app.command("status")
def status_of(
    tenant: OfTenant = None, data_dir: place.DataDir = None, database_url: place.DatabaseURL = None
) -> None:
    """Tell how far each projection is, in events and seconds, and what is set aside.

    \b
    lrs projections status
    lrs projections failures transcript
    """
    with _opened(data_dir, database_url, tenant) as (database, names):
        rows = [_row(name, each) for name in names for each in status(database, name)]
    show(
        [
            "tenant",
            "projection",
            "version",
            "code",
            "position",
            "behind",
            "seconds",
            "state",
            "held",
            "failures",
        ],
        rows,
    )


@app.command("failures")
def failures_of(
    name: Name,
    tenant: OfTenant = None,
    limit: Annotated[int, typer.Option(min=1, help="Most of them for each tenant.")] = 100,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Show which events a projection has set aside, and why."""
    projection = found.projection(name)
    with _opened(data_dir, database_url, tenant) as (database, names):
        rows = [
            (each, failed.version, failed.position, failed.failed.isoformat(timespec="seconds"), failed.error)
            for each in names
            for failed in failures(database, each, projection.name, limit=limit)
        ]
    show(["tenant", "version", "position", "when", "error"], rows)


@app.command("retry")
def retry(
    name: Name,
    tenant: OfTenant = None,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Take in again what was set aside, after what was wrong has been repaired.

    The result is as if it had never failed. A projection in which the order
    of events matters says so, and wants a rebuild instead.
    """
    projection = found.projection(name)
    with _opened(data_dir, database_url, tenant) as (database, names):
        for each in names:
            done = retrying.retry(database, each, projection)
            typer.echo(f"tenant {each}: {done.taken} taken, {done.failed} failed again")


@app.command("rebuild")
def rebuild(
    name: Name,
    tenant: OfTenant = None,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Make a projection anew from the log, beside the one that is read, then switch.

    Readers notice nothing, and writers may go on. If it is interrupted, the
    next rebuild, or `lrs serve`, goes on where it stopped.

    \b
    lrs projections rebuild transcript
    lrs projections rebuild transcript --tenant school
    """
    projection = found.projection(name)
    with _opened(data_dir, database_url, tenant) as (database, names):
        for each in names:
            with _progress(f"{projection.name} of {each}") as progress:
                build = rebuilding.rebuild(database, each, projection, progress=progress)
            typer.echo(f"tenant {each}: {build.prefix} is read now, at position {build.position}")


@app.command("verify")
def verify(
    name: Name,
    tenant: OfTenant = None,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Make a projection anew from the log and compare it with the one that is read, byte by byte.

    Exit code 1 where they differ. What was made is thrown away again.
    """
    projection = found.projection(name)
    with _opened(data_dir, database_url, tenant) as (database, names):
        for each in names:
            with _progress(f"{projection.name} of {each}") as progress:
                differing = digest.verify(database, each, projection, progress=progress)
            if differing:
                raise OperatorError(
                    f"tenant {each}: {', '.join(differing)} of {name} is not what the log says. "
                    f"Make it anew with `lrs projections rebuild {name} --tenant {each}`."
                )
            typer.echo(f"tenant {each}: {name} is what the log says")


@app.command("as-of")
def as_of(
    path: Annotated[str, typer.Argument(help="A resource's path, as over HTTP, its parts filled in.")],
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="POSITION|TIME", help="What was known then, not what is known now."),
    ] = None,
    by: reader.By = place.COMMAND_LINE,
    purpose: reader.Purpose = "",
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Tell as JSON what projections say now, or said at a position or a time of the past.

    It is what GET of that path answers, `position` and `as_of` included. A
    path that does not exist tells which there are. A time without an offset is UTC.

    \b
    lrs projections as-of /learners
    lrs projections as-of /learners/6f1e7e0c-…/transcript --at 2026-01-31T00:00:00Z
    lrs projections as-of /catalogue --at 12001 | jq .courses
    lrs projections as-of '/catalogue/activities?activity=https://pathway.example/math-7'
    """
    then = None if at is None else moments.place("--at", at)
    with _opened(data_dir, database_url, tenant) as (database, _):
        said = ask(database, tenant, path, as_of=then, reader=Reader(by, purpose))
    show_json(said)


@contextmanager
def _opened(
    data_dir: Path | None, database_url: str | None, tenant: str | None
) -> Iterator[tuple[Database, list[str]]]:
    with place.opened(place.settings(data_dir, database_url)) as database:
        if tenant:
            place.require_tenant(database, tenant)
        yield database, [tenant] if tenant else [name for name, _ in tenants.names(database)]


@contextmanager
def _progress(what: str) -> Iterator[Progress]:
    with bar(what, None, unit="events") as advance:
        yield lambda position, head: advance(position, position, total=head)


def _row(tenant: str, each: Status) -> list[object]:
    state = "being built" if not each.finished else "superseded" if each.superseded else "read"
    held = str(each.holder)[:8] if each.holder else ""
    return [
        tenant, each.name, each.version, each.code, each.position,
        each.behind, f"{each.seconds:.1f}", state, held, each.failures,
    ]  # fmt: skip
