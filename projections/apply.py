"""How do events become rows? Folded one by one, written together; what cannot be taken is set aside."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg import Connection, errors
from psycopg.sql import SQL

from lrs.database import sql
from lrs.log.event_log import Recorded
from projections.builds import QUERIES, Build, table
from projections.projection import Change, Closing, Insert, Projection

MOST_SAID = 2000
# Of the codes of errors: a limit of PostgreSQL, such as how long a value in an index may be.
_LIMIT = "54"


class Folded(NamedTuple):
    """What one event changes."""

    position: int
    changes: list[Change]


class Failure(NamedTuple):
    """Why an event could not be taken."""

    position: int
    error: str


class Tables:
    """The tables and queries of one build."""

    def __init__(self, tenant: str, projection: Projection, build: Build) -> None:
        self.tenant = tenant
        self.build = build
        self.folder = projection.folder

    def write(self, connection: Connection[Any], folded: Sequence[Folded]) -> list[Failure]:
        """Make all changes; what the database refuses is found by halves and left out."""
        try:
            with connection.transaction():
                self._change(connection, chain.from_iterable(each.changes for each in folded))
        except Exception as error:
            if not _is_of_an_event(error):
                raise
            if len(folded) == 1:
                return [Failure(folded[0].position, describe(error))]
            half = len(folded) // 2
            return self.write(connection, folded[:half]) + self.write(connection, folded[half:])
        return []

    def close(self, connection: Connection[Any], closing: Closing, first: int, last: int) -> None:
        """Make what follows from the rows, once those of a batch are there."""

        def ask(query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
            return connection.execute(self._query(query), parameters, binary=True).fetchall()

        self._change(connection, closing(ask, first, last))

    def set_aside(self, connection: Connection[Any], failures: Iterable[Failure]) -> None:
        """Remember what failed, and why."""
        for each in failures:
            connection.execute(QUERIES(self.tenant, "set_aside"), self.build.key | each._asdict())

    def _change(self, connection: Connection[Any], changes: Iterable[Change]) -> None:
        rows: dict[str, list[tuple[Any, ...]]] = {}
        runs: dict[str, list[dict[str, Any]]] = {}
        ran = set[tuple[str, Hashable]]()
        for change in changes:
            if isinstance(change, Insert):
                rows.setdefault(change.table, []).append(change.row)
                continue
            one = (change.query, change.once)
            if change.once is None or one not in ran:
                runs.setdefault(change.query, []).append(change.parameters)
                ran.add(one)
        with connection.cursor() as cursor:
            for name in sorted(rows):
                self._copy(cursor, name, rows[name])
            for name in sorted(runs):
                cursor.executemany(self._query(name), runs[name])

    def _copy(self, cursor: psycopg.Cursor[Any], name: str, rows: Sequence[tuple[Any, ...]]) -> None:
        named = table(self.tenant, f"{self.build.prefix}_{name}")
        with cursor.copy(SQL("COPY {} FROM STDIN").format(named)) as copy:
            for row in rows:
                copy.write_row(row)

    def _query(self, name: str) -> bytes:
        return _queries(self.folder)(self.tenant, name, projection=self.build.prefix)


def fold(projection: Projection, events: Iterable[Recorded]) -> tuple[list[Folded], list[Failure]]:
    """What the events change, and which of them the fold could not take."""
    folded, failures, one = [], [], projection.fold
    for event in events:
        if event.leaf is not None and not projection.salted:
            continue  # it is erased
        try:
            if changes := list(one(event)):
                folded.append(Folded(event.position, changes))
        except Exception as error:
            failures.append(Failure(event.position, describe(error)))
    return folded, failures


def describe(error: Exception) -> str:
    """What went wrong, as PostgreSQL can keep it."""
    text = f"{type(error).__name__}: {error}".replace("\0", "\\0")
    return text.encode(errors="backslashreplace").decode()[:MOST_SAID]


@cache
def _queries(folder: Path) -> sql.Queries:
    return sql.Queries(str(folder / "queries.sql"))


def _is_of_an_event(error: Exception) -> bool:
    """Whether the event is to blame; else it is the database, and all events would fail alike."""
    if isinstance(error, errors.InsufficientPrivilege | errors.ReadOnlySqlTransaction):
        return False
    if isinstance(error, psycopg.Error) and (error.sqlstate or "").startswith(_LIMIT):
        return True
    return not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | psycopg.InternalError)
