"""How does everything get out? `lrs export`: the statements as JSON Lines, in the order of the log."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from lrs.auth import tenants
from lrs.cli import moments, place, progress, reader
from lrs.cli.reader import Reader
from lrs.cli.words import tell
from lrs.errors import OperatorError
from lrs.log.event_log import EventLog
from lrs.log.events import STATEMENT_STORED

COMPRESSION = 6
# In a JSON text they are white space and no more, and in JSON Lines they end a statement.
_LINE_ENDS = bytes.maketrans(b"\n\r", b"  ")


def export(
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="POSITION|TIME", help="The first to write, or stored at or after it."),
    ] = None,
    end: Annotated[
        str | None,
        typer.Option("--to", metavar="POSITION|TIME", help="The last to write, or stored at or before it."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write, compressed if it ends in .gz; else stdout."),
    ] = None,
    by: reader.By = place.COMMAND_LINE,
    purpose: reader.Purpose = "",
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Write the statements as JSON Lines, in the order in which they were stored, also while a server runs.

    Each line is what the store returns for that statement; voided ones are
    there, too, and erased ones are not. What is stored after the start is left for the next time.

    \b
    lrs export -o everything.jsonl.gz
    lrs export --from 2026-09-01T00:00:00Z | jq .verb.id
    lrs export --tenant school --from 12001
    """
    with place.opened_for(tenant, data_dir, database_url) as database:
        log = EventLog(database, tenant)
        last = min(log.head().position, _last(log, end))
        after = _first(log, start) - 1
        told = f"lrs export, positions {after + 1} to {last}"
        Reader(by, purpose).note(database, tenant, told, position=last)
        with _opened(output) as file, progress.bar("Exporting", max(0, last - after)) as advance:
            count = _write(log, after, last, file, advance)
    if output:
        tell(f"{count} statements in {output}")


def _write(log: EventLog, after: int, last: int, file: BinaryIO, advance: progress.Advance) -> int:
    count = 0
    for event in log.read(after=after, until=last):
        if event.topic == STATEMENT_STORED and event.leaf is None:
            file.write(event.state.translate(_LINE_ENDS) + b"\n")
            count += 1
            if count % 100 == 0:
                advance(event.position - after, count)
    return count


def _first(log: EventLog, start: str | None) -> int:
    """The position to begin with."""
    if start is None or start.isdecimal():
        return max(1, int(start or 1))
    return _position_at(log, moments.moment("--from", start) - moments.SMALLEST_STEP) + 1


def _last(log: EventLog, end: str | None) -> int:
    """The position to end with."""
    if end is None or end.isdecimal():
        return int(end or sys.maxsize)
    return _position_at(log, moments.moment("--to", end))


def _position_at(log: EventLog, moment: datetime) -> int:
    with log.database.connection() as connection:
        return log.position_at(connection, moment)


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that appears under its name when it is complete."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = output.with_name(f"{output.name}.part")
    try:
        with part.open("wb") as plain, _compressing(plain, output) as file:
            yield file
        part.replace(output)
    except OSError as error:
        raise OperatorError(f"{output} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)


def _compressing(plain: BinaryIO, output: Path) -> AbstractContextManager[BinaryIO]:
    if output.suffix != ".gz":
        return nullcontext(plain)
    # Without a time of writing in it, equal exports are equal files.
    return gzip.GzipFile(filename="", fileobj=plain, mode="wb", compresslevel=COMPRESSION, mtime=0)  # type: ignore[return-value]
