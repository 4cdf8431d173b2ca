"""What can a person at the terminal do? One command a file; what goes wrong is a sentence and exit code 1."""

from __future__ import annotations

import logging
import sys
from importlib.metadata import version
from typing import Annotated

import psycopg
import typer

from lrs.cli import (
    audit,
    catalogue,
    cmi5,
    erase,
    export,
    frameworks,
    import_statements,
    info,
    keys,
    learners,
    migrate,
    profiles,
    project,
    projections,
    replay,
    retention,
    serve,
    tenants,
    transcripts,
)
from lrs.cli.words import tell
from lrs.errors import LRSError

__all__ = ["app", "main"]

app = typer.Typer(
    name="lrs",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command("serve")(serve.serve)
app.command("project")(project.project)
app.add_typer(projections.app, name="projections")
app.add_typer(audit.app, name="audit")
app.add_typer(keys.app, name="keys")
app.add_typer(tenants.app, name="tenants")
app.add_typer(catalogue.app, name="catalogue")
app.add_typer(frameworks.app, name="frameworks")
app.add_typer(learners.app, name="learners")
app.add_typer(cmi5.app, name="cmi5")
app.add_typer(profiles.app, name="profiles")
app.add_typer(transcripts.app, name="transcripts")
app.add_typer(erase.app, name="erase")
app.add_typer(retention.app, name="retention")
app.command("migrate")(migrate.migrate)
app.command("import")(import_statements.import_statements)
app.command("export")(export.export)
app.command("replay")(replay.replay)
app.command("info")(info.info)


def main() -> None:
    """Run the command line; what goes wrong becomes a sentence on standard error and exit code 1."""
    # The pool tells in an error of ours what goes wrong; it need not tell the terminal as well.
    logging.getLogger("psycopg").addHandler(logging.NullHandler())
    try:
        app()
    except LRSError as error:
        tell(f"lrs: {error}")
        sys.exit(1)
    except psycopg.Error as error:
        tell(f"lrs: PostgreSQL refuses: {error.diag.message_primary or error} ({error.sqlstate}).")
        sys.exit(1)


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"lrs {version('learning-record-store')}")
        raise typer.Exit


@app.callback()
def lrs(
    _version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Tell the version.")
    ] = False,
) -> None:
    """A learning record store: xAPI 1.0.3 and 2.0 on an append-only log.

    \b
    lrs serve                        start it; everything it needs comes with it
    lrs keys create                  let a client in
    lrs import statements.jsonl.gz   bring what you have

    Every setting is an environment variable LRS_…; options win over them.
    """
