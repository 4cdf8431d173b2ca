"""How far is it? A bar on standard error while a person looks on, and nothing otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn


class Advance(Protocol):
    """Called with how far it is on the way to the total, and how many things that is; totals may grow."""

    def __call__(self, done: float, count: int, /, total: float | None = None) -> None: ...


@contextmanager
def bar(what: str, total: float | None, *, unit: str = "statements") -> Iterator[Advance]:
    """A function to call with how far it is on the way to the total, and how many things that is."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn(f"{{task.fields[count]}} {unit}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(what, total=total, count=0)

        def advance(done: float, count: int, /, total: float | None = None) -> None:
            progress.update(task, completed=done, count=count, total=total)

        yield advance
