"""What can be learned, and in which order? `lrs frameworks`: import frameworks of competencies, list them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from lrs.auth import tenants
from lrs.case import prerequisites as before
from lrs.cli import place
from lrs.cli.words import show, tell
from lrs.errors import BadRequest, OperatorError
from lrs.registrar import frameworks
from lrs.registrar.frameworks import Checked, Imported
from lrs.settings import Settings
from lrs.xapi import raw
from lrs.xapi.vocabulary import Json

app = typer.Typer(no_args_is_help=True, help="Import and list frameworks of competencies (1EdTech CASE).")

_MOST_SHOWN = 50


@app.command("import")
def import_frameworks(
    files: Annotated[list[Path], typer.Argument(help="CFPackages as JSON, as docs/frameworks.md explains.")],
    prerequisites: Annotated[
        Path | None,
        typer.Option("--prerequisites", help="What comes before what in the one FILE: a .csv or .json."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would change, or what is wrong.")
    ] = False,
    by: place.By = place.COMMAND_LINE,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Import frameworks: all of the files, or none where something is wrong.

    A framework that is there already gets a new version; a second time, nothing changes.

    \b
    lrs frameworks import ccss-math.json
    lrs frameworks import ccss-math.json --prerequisites edges.csv --dry-run
    """
    settings = place.settings(data_dir, database_url)
    if prerequisites and len(files) > 1:
        raise OperatorError("Name one file with --prerequisites: they are those of one framework.")
    wanted = [checked(each, prerequisites, settings) for each in files]
    with place.opened_for(tenant, data_dir, database_url) as database:
        done = frameworks.adopt(database, tenant, wanted, by=by, dry_run=dry_run)
    _tell(wanted, done, dry_run=dry_run)


@app.command("list")
def all_frameworks(
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """List the frameworks, each as its newest import has it, and the position of that."""
    with place.opened_for(tenant, data_dir, database_url) as database:
        rows = list(frameworks.imported(database, tenant))
    show(["framework", "title", "items", "associations", "version", "by"], rows)


def checked(file: Path, edges: Path | None, settings: Settings) -> Checked:
    """The package in a file, with the prerequisites of another; OperatorError with what is wrong in which."""
    package = parsed(file, settings)
    try:
        sound = frameworks.checked(package)
    except BadRequest as error:
        raise wrong(file, error) from error
    if edges is None:
        return sound
    try:
        return frameworks.checked(before.merged(sound.package, _edges(edges, settings)))
    except BadRequest as error:
        raise wrong(edges, error) from error


def _edges(file: Path, settings: Settings) -> list[before.Edge]:
    if file.suffix.lower() == ".csv":
        return before.from_csv(_text(file, settings).decode())
    return before.from_json(parsed(file, settings))


def parsed(file: Path, settings: Settings) -> Json:
    """The JSON of a file; OperatorError where it is none."""
    try:
        value: Json = raw.parse(_text(file, settings), max_depth=settings.max_nesting)
    except BadRequest as error:
        raise OperatorError(f"{file} cannot be read: {error.message}") from error
    return value


def _text(file: Path, settings: Settings) -> bytes:
    try:
        if (size := file.stat().st_size) > settings.max_document:
            raise OperatorError(f"{file} has {size:,} bytes, more than LRS_MAX_DOCUMENT allows.")
        return file.read_text("utf-8-sig").encode()
    except OSError as error:
        raise OperatorError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise OperatorError(f"{file} is not UTF-8: byte {error.start + 1} is none.") from error


def wrong(file: Path, error: BadRequest) -> OperatorError:
    """One fault a line, as compilers tell them; the first ones, where they are many."""
    told = "".join(f"\n  {fault}" for fault in error.faults[:_MOST_SHOWN])
    more = len(error.faults) - _MOST_SHOWN
    return OperatorError(
        f"{file} is not imported, and nothing has changed:{told}"
        + (f"\n  and {more} more" if more > 0 else "")
    )


def _tell(wanted: Sequence[Checked], done: Sequence[Imported], *, dry_run: bool) -> None:
    changed = [(each, what) for each, what in zip(wanted, done, strict=True) if what.change != "none"]
    if changed:
        show(
            ["framework", "title", "change"],
            [(what.framework, each.package["CFDocument"]["title"], what.change) for each, what in changed],
        )
    for each in wanted:
        for notice in each.notices:
            tell(f"{each.package['CFDocument']['title']}: {notice}")
    if dry_run:
        tell(f"{len(changed)} frameworks would change; nothing was done.")
    elif changed:
        tell(f"{len(changed)} frameworks imported, up to position {changed[-1][1].position}.")
    else:
        tell("Nothing to change: the store has these already.")
