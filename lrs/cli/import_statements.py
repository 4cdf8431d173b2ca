"""How does what others have collected get in? `lrs import`: files of statements, as often as one likes."""

from __future__ import annotations

import asyncio
import io
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import orjson
import typer

from lrs.auth import tenants
from lrs.auth.keys import key_authority
from lrs.cli import authorities, place, progress, reading
from lrs.cli.importing import Importer
from lrs.cli.reading import Line
from lrs.cli.rejects import Rejects
from lrs.cli.words import tell
from lrs.errors import OperatorError
from lrs.settings import Settings
from lrs.store.statements import Authority

IMPORTER = "import"
SWITCH_INTERVAL = 0.0005  # seconds; the writer's thread must not wait long for the one that reads


Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE…",
        help="JSON Lines, a JSON array or one statement, plain or gzip; - is standard input.",
        allow_dash=True,
    ),
]
RejectsFile = Annotated[
    Path | None,
    typer.Option(help="Set bad lines aside in this file and go on, instead of stopping at the first."),
]
AuthorityText = Annotated[
    str | None,
    typer.Option(
        help="Agent, as JSON, whose word the statements are; by default the account named import at "
        "LRS_PUBLIC_URL.",
    ),
]
WhoseRules = Annotated[
    Literal["1.0.3", "2.0.0"] | None,
    typer.Option(
        help="Whose rules the statements must keep. By default those of the version they name; without one "
        "those of 2.0.0, or else of 1.0.3.",
        show_default=False,
    ),
]


def import_statements(
    files: Files,
    tenant: place.Tenant = tenants.DEFAULT,
    rejects: RejectsFile = None,
    authority: AuthorityText = None,
    version: WhoseRules = None,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Store statements out of files, also while a server runs.

    Each is checked as if a client had sent it, by profiles too. Doing it twice
    stores nothing twice: a statement that is there already is passed over, and
    one without an id gets an id made out of its text, so the same line is
    always the same statement. After an interruption just run it again.

    As always the store itself writes `stored` and `authority`, in place of
    what the file has there. An attachment needs a fileUrl, or content that
    this tenant has already: files of statements bring no contents. So a
    signature is checked where its content is here; one that has only a
    fileUrl is not, as when a client sends it.

    \b
    lrs import statements.jsonl.gz
    lrs import --rejects bad.jsonl 2024.jsonl 2025.jsonl
    jq --raw-output .text bad.jsonl > repaired.jsonl
    zstd -dc archive.jsonl.zst | lrs import --tenant school -
    """
    chosen = place.settings(data_dir, database_url)
    bad = Rejects(rejects, files)
    with place.opened(chosen, create=True) as database, bad:
        place.require_tenant(database, tenant)
        word = _authority(authority, chosen)
        nesting = chosen.max_nesting
        _import(
            Importer(database, tenant, authority=word, version=version, max_nesting=nesting, reject=bad.add),
            files,
            bad,
        )
    bad.complain()


def _import(importer: Importer, files: list[Path], bad: Rejects) -> None:
    sys.setswitchinterval(SWITCH_INTERVAL)
    began = time.monotonic()
    try:
        asyncio.run(_run(importer, files, bad))
    except KeyboardInterrupt:
        tell("Stopped. Run it again to go on: nothing is stored twice.")
        raise typer.Exit(130) from None
    finally:
        importer.close()
        tally, seconds = importer.tally, time.monotonic() - began
        typer.echo(
            f"{tally.stored} stored, {tally.already_there} already there, {tally.rejected} rejected "
            f"({seconds:.1f} s)"
        )


async def _run(importer: Importer, files: list[Path], bad: Rejects) -> None:
    for path in files:
        bad.file = reading.name(path)
        try:
            with reading.opened(path) as (source, size), progress.bar(bad.file, size) as advance:
                lines = _following(reading.read(source), source, importer, advance)
                if not await importer.run(lines):
                    return
        except OperatorError as error:
            raise OperatorError(f"{bad.file}: {error.message}") from error


def _following(
    lines: Iterator[Line], source: io.BufferedReader, importer: Importer, advance: progress.Advance
) -> Iterator[Line]:
    """The same lines, with a look at how far we are now and then."""
    for number, line in enumerate(lines):
        if number % 100 == 0:
            advance(source.tell() if source.seekable() else 0, importer.tally.accepted)
        yield line


def _authority(text: str | None, chosen: Settings) -> Authority:
    agent = authorities.parse(text) if text else key_authority(chosen.public_url, IMPORTER)
    return Authority(agent, orjson.dumps(agent))
