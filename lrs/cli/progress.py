"""How far is it? A bar on standard error while a person looks on, and nothing otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

Advance = Callable[[float, int], None]


@contextmanager
def bar(what: str, total: float | None) -> Iterator[Advance]:
    """A function to call with how far it is on the way to the total, and how many statements that is."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[count]} statements"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(what, total=total, count=0)
        yield lambda done, count: progress.update(task, completed=done, count=count)
