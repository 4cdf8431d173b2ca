"""What is on offer, and what does it count? `lrs catalogue`: import it from one file, export it again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lrs.auth import tenants
from lrs.cli import place
from lrs.cli.words import show, tell
from lrs.errors import BadRequest, OperatorError
from lrs.registrar import catalogue
from lrs.registrar.catalogue import Adopted
from lrs.registrar.catalogue_file import CatalogueFile, written

app = typer.Typer(no_args_is_help=True, help="Import and export providers, courses, scales and the policy.")


@app.command("import")
def import_catalogue(
    file: Annotated[Path, typer.Argument(help="A YAML file, as docs/registrars.md explains it.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would change, or what is wrong.")
    ] = False,
    by: place.By = place.COMMAND_LINE,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Let the catalogue say what a file says: all of it, or nothing where something is wrong.

    What the file leaves out stays as it is. A second time, nothing changes.

    \b
    lrs catalogue import catalogue.yaml --dry-run
    lrs catalogue import catalogue.yaml
    """
    text = _text(file)
    with place.opened_for(tenant, data_dir, database_url) as database:
        try:
            said = CatalogueFile(text)
        except BadRequest as error:
            raise _wrong(file, error) from error
        try:
            adopted = catalogue.adopt(database, tenant, said.content, by=by, dry_run=dry_run)
        except BadRequest as error:
            raise _wrong(file, BadRequest(faults=said.located(error.faults))) from error
    _tell_changes(adopted, dry_run=dry_run)


@app.command("export")
def export(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write; else stdout.")] = None,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Write the catalogue as a file that `lrs catalogue import` takes.

    \b
    lrs catalogue export -o catalogue.yaml
    """
    with place.opened_for(tenant, data_dir, database_url) as database:
        text = written(catalogue.export(database, tenant))
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, "utf-8")
    except OSError as error:
        raise OperatorError(f"{output} cannot be written: {error.strerror}.") from error


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise OperatorError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise OperatorError(f"{file} is not UTF-8: byte {error.start + 1} is none.") from error


def _wrong(file: Path, error: BadRequest) -> OperatorError:
    """One fault a line, as compilers tell them."""
    faults = "".join(f"\n  {fault}" for fault in error.faults)
    return OperatorError(f"{file} is not imported, and nothing has changed:{faults}")


def _tell_changes(adopted: Adopted, *, dry_run: bool) -> None:
    if adopted.changes:
        show(
            ["what", "id", "change"],
            [(each.kind, each.id, "new" if each.new else "changed") for each in adopted.changes],
        )
    if dry_run:
        tell(f"{len(adopted.changes)} changes; nothing was done.")
    elif adopted.changes:
        tell(f"{len(adopted.changes)} changes, up to position {adopted.position}.")
    else:
        tell("Nothing to change: the catalogue says this already.")
