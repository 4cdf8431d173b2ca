"""How does what others have collected get in? `lrs import`: files of statements, as often as one likes."""

from __future__ import annotations

import asyncio
import io
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, cast

import orjson
import typer

from lrs.auth import tenants
from lrs.auth.keys import key_authority
from lrs.cli import authorities, place, progress, reading
from lrs.cli.importing import Importer
from lrs.cli.reading import Line
from lrs.cli.words import tell
from lrs.errors import OperatorError
from lrs.settings import Settings
from lrs.store.statements import Authority

STDIN = Path("-")
IMPORTER = "import"
SWITCH_INTERVAL = 0.0005  # seconds; the writer's thread must not wait long for the one that reads


def import_statements(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help="JSON Lines, a JSON array or one statement, plain or gzip; - is standard input.",
            allow_dash=True,
        ),
    ],
    tenant: place.Tenant = tenants.DEFAULT,
    rejects: Annotated[
        Path | None,
        typer.Option(help="Set bad lines aside in this file and go on, instead of stopping at the first."),
    ] = None,
    authority: Annotated[
        str | None,
        typer.Option(
            help="Agent, as JSON, whose word the statements are; by default the account named import "
            "at LRS_PUBLIC_URL.",
        ),
    ] = None,
    version: Annotated[
        Literal["1.0.3", "2.0.0"] | None,
        typer.Option(
            help="Whose rules the statements must keep. By default those of the version they name; without "
            "one those of 2.0.0, or else of 1.0.3.",
            show_default=False,
        ),
    ] = None,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Store statements out of files, also while a server runs.

    Each is checked as if a client had sent it. Doing it twice stores
    nothing twice: a statement that is there already is passed over, and one
    without an id gets an id made out of its text, so the same line is
    always the same statement. After an interruption just run it again.

    As always the store itself writes `stored` and `authority`, in place of
    what the file has there. An attachment needs a fileUrl, or content that
    this tenant has already: files of statements bring no contents.

    \b
    lrs import statements.jsonl.gz
    lrs import --rejects bad.jsonl 2024.jsonl 2025.jsonl
    jq --raw-output .text bad.jsonl > repaired.jsonl
    zstd -dc archive.jsonl.zst | lrs import --tenant school -
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    chosen = place.settings(data_dir, database_url)
    bad = _Rejects(rejects, files)
    with place.opened(chosen, create=True) as database, bad:
        place.require_tenant(database, tenant)
        importer = Importer(
            database,
            tenant,
            authority=_authority(authority, chosen),
            version=version,
            max_nesting=chosen.max_nesting,
            reject=bad.add,
        )
        began = time.monotonic()
        try:
            asyncio.run(_run(importer, files, bad))
        except KeyboardInterrupt:
            tell("Stopped. Run it again to go on: nothing is stored twice.")
            raise typer.Exit(130) from None
        finally:
            importer.close()
            _sum_up(importer, time.monotonic() - began)
    bad.complain()


async def _run(importer: Importer, files: list[Path], bad: _Rejects) -> None:
    for path in files:
        bad.file = "standard input" if path == STDIN else str(path)
        try:
            with _opened(path) as (source, size), progress.bar(bad.file, size) as advance:
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


@contextmanager
def _opened(path: Path) -> Iterator[tuple[io.BufferedReader, int | None]]:
    if path == STDIN:
        yield cast(io.BufferedReader, sys.stdin.buffer), None
        return
    try:
        source = path.open("rb")
    except OSError as error:
        raise OperatorError(f"{error.strerror}.") from error
    with source:
        yield source, path.stat().st_size if path.is_file() else None


class _Rejects:
    """Where bad lines go: into a file, or, without one, the first is the end."""

    def __init__(self, path: Path | None, sources: list[Path]) -> None:
        if path and path.resolve() in {each.resolve() for each in sources}:
            raise OperatorError(f"{path} is to be read; set bad lines aside in another file.")
        self.path = path
        self.file = ""
        self.first: str | None = None
        self._output: BinaryIO | None = None

    def __enter__(self) -> _Rejects:
        try:
            self._output = self.path.open("wb") if self.path else None
        except OSError as error:
            raise OperatorError(
                f"The rejects file {self.path} cannot be written: {error.strerror}."
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        if self._output:
            self._output.close()

    def add(self, line: Line, reason: str) -> bool:
        """Note a line and why it is bad; whether to go on."""
        self.first = self.first or f"{self.file}, {line.unit} {line.number}: {reason}"
        if self._output is None:
            return False
        text = line.text.decode(errors="replace")
        noted = {"file": self.file, line.unit: line.number, "reason": reason, "text": text}
        self._output.write(orjson.dumps(noted) + b"\n")
        return True

    def complain(self) -> None:
        """Say that the import stopped, if it did."""
        if self.first and self.path is None:
            raise OperatorError(
                f"{self.first}\nStopped there. Repair the line, or set bad lines aside with --rejects FILE, "
                "and run it again: what is stored is not stored twice."
            )


def _authority(text: str | None, chosen: Settings) -> Authority:
    agent = authorities.parse(text) if text else key_authority(chosen.public_url, IMPORTER)
    return Authority(agent, orjson.dumps(agent))


def _sum_up(importer: Importer, seconds: float) -> None:
    tally = importer.tally
    typer.echo(
        f"{tally.stored} stored, {tally.already_there} already there, {tally.rejected} rejected "
        f"({seconds:.1f} s)"
    )
