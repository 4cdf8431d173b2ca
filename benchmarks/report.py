"""What came out? Tables for people, and the same rows as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table as RichTable

Row = Mapping[str, Any]
# The widest table; a file or a narrow window must not squeeze its numbers.
WIDTH = 150


class Column(NamedTuple):
    """A member of the rows, its heading, how a value is written, and the ratio that is asked for, if any."""

    member: str
    heading: str
    write: Callable[[Any], str] = str
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One question's answers."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    note: str = ""


@dataclass(slots=True)
class Report:
    """Everything that one run measured, shown as soon as it is known."""

    conditions: dict[str, Any]
    console: Console = field(default_factory=lambda: Console(width=WIDTH))
    tables: list[Table] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Tell what happens now."""
        self.console.print(text, style="dim", highlight=False, markup=False, soft_wrap=True)

    def add(self, table: Table) -> None:
        """Show a table and keep it."""
        self.tables.append(table)
        self.console.print(_drawn(table))

    def save(self, path: Path) -> None:
        """Write everything as JSON."""
        found = {table.name: [dict(row) for row in table.rows] for table in self.tables}
        path.write_text(json.dumps({"conditions": self.conditions, "tables": found}, indent=1) + "\n")


def medians(rounds: Sequence[Mapping[str, float | None]]) -> dict[str, float | None]:
    """The middle of each number over all rounds; what was not measured stays unknown."""
    found = {name: [value for each in rounds if (value := each[name]) is not None] for name in rounds[0]}
    return {name: median(values) if values else None for name, values in found.items()}


def whole(value: float | None) -> str:
    """A count or a rate."""
    return "-" if value is None else f"{value:,.0f}"


def ratio(value: float | None) -> str:
    """A ratio, or a share."""
    return "-" if value is None else f"{value:.2f}"


def milliseconds(value: float) -> str:
    """A latency in milliseconds."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _drawn(table: Table) -> RichTable:
    drawn = RichTable(
        title=table.title, caption=table.note or None, title_justify="left", caption_justify="left"
    )
    for column in table.columns:
        right = not isinstance(table.rows[0][column.member], str) if table.rows else False
        drawn.add_column(column.heading, justify="right" if right else "left")
    for row in table.rows:
        drawn.add_row(*(_cell(column, row) for column in table.columns))
    return drawn


def _cell(column: Column, row: Row) -> str:
    """Green or red where a ratio is asked for; some rows are only there to compare."""
    value = row[column.member]
    text = column.write(value)
    asked = column.at_least is not None or column.at_most is not None
    if value is None or not asked or not row.get("required", True):
        return text
    good = (column.at_least is None or value >= column.at_least) and (
        column.at_most is None or value <= column.at_most
    )
    return f"[green]{text}[/]" if good else f"[bold red]{text}[/]"
