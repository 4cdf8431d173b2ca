"""How do commands speak? Results on standard output, everything else on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import typer
from rich import box
from rich.console import Console
from rich.table import Table


def tell(text: str) -> None:
    """Say something that is not the result."""
    typer.echo(text, err=True)


def show(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table for people; for programs, lines with a tab between the cells."""
    if not sys.stdout.isatty():
        for row in [headings, *rows]:
            typer.echo("\t".join(map(str, row)))
        return
    table = Table(*headings, box=box.SIMPLE_HEAD)
    for row in rows:
        table.add_row(*map(str, row))
    Console().print(table)


def show_facts(facts: Iterable[tuple[str, object]]) -> None:
    """What is known, one fact a line: a name, and after it, past spaces or for programs a tab, the value."""
    found = [(name, str(value)) for name, value in facts]
    widest = max(len(name) for name, _ in found)
    for name, value in found:
        typer.echo(f"{name.ljust(widest + 2)}{value}" if sys.stdout.isatty() else f"{name}\t{value}")
