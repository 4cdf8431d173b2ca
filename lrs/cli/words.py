"""How do commands speak? Results on standard output, everything else on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import orjson
import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lrs.xapi.vocabulary import Json


def tell(text: str) -> None:
    """Say something that is not the result."""
    typer.echo(text, err=True)


def show(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table for people; for programs, lines with a tab between the cells."""
    if not sys.stdout.isatty():
        for row in [headings, *rows]:
            typer.echo("\t".join(map(_plain, row)))
        return
    table = Table(*headings, box=box.SIMPLE_HEAD)
    for row in rows:
        table.add_row(*(escape(_plain(cell)) for cell in row))
    Console().print(table)


def show_facts(facts: Iterable[tuple[str, object]]) -> None:
    """What is known, one fact a line: a name, and after it, past spaces or for programs a tab, the value."""
    found = [(name, str(value)) for name, value in facts]
    widest = max(len(name) for name, _ in found)
    for name, value in found:
        typer.echo(f"{name.ljust(widest + 2)}{value}" if sys.stdout.isatty() else f"{name}\t{value}")


def show_json(document: Json) -> None:
    """A document: over several lines for people, on one for programs."""
    option = orjson.OPT_INDENT_2 if sys.stdout.isatty() else 0
    typer.echo(orjson.dumps(document, option=option))


def _plain(cell: object) -> str:
    """What others wrote neither ends a cell or a line, nor commands the terminal."""
    return "".join(each if each.isprintable() else " " for each in str(cell))
