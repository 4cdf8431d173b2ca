"""Why is a query slow? Its plan, as PostgreSQL carried it out with the values of the question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, NamedTuple

from psycopg import Connection, Cursor

from benchmarks.questions import Parameters
from lrs.database.pool import Database
from lrs.store.statements import Statements
from lrs.xapi import query as queries

MAX_LIMIT = 500
_TIMES = re.compile(r"^(?:Planning|Execution) Time: ([\d.]+) ms", re.MULTILINE)


class Plan(NamedTuple):
    """A question, how long the database took to plan and answer it, and how."""

    milliseconds: float
    question: Parameters
    text: str


def of(database: Database, tenant: str, questions: Sequence[Parameters]) -> list[Plan]:
    """The plans of these questions, the quickest first."""
    with _ExplainingDatabase(database.conninfo, statement_timeout=600) as explaining:
        statements = Statements(explaining, max_waiting=0)
        try:
            found = [_plan(statements, tenant, question) for question in questions]
            return sorted(found, key=lambda plan: plan.milliseconds)
        finally:
            statements.close()


def _plan(statements: Statements, tenant: str, question: Parameters) -> Plan:
    asked = queries.parse(list(question.items()), "2.0.0", max_limit=MAX_LIMIT)
    _ExplainingCursor.seen.clear()
    if asked.statement_id:
        statements.get(tenant, asked.statement_id, voided=False)
    else:
        statements.find(tenant, asked)
    text = "\n".join(_ExplainingCursor.seen)
    return Plan(sum(float(each) for each in _TIMES.findall(text)), question, text)


class _ExplainingCursor(Cursor[Any]):
    """Explains every query before it runs it."""

    seen: ClassVar[list[str]] = []

    def execute(self, query: Any, params: Any = None, **options: Any) -> _ExplainingCursor:
        lines = Cursor(self.connection).execute(b"EXPLAIN (ANALYZE, BUFFERS) " + query, params, prepare=False)
        self.seen.append("\n".join(str(line) for (line,) in lines.fetchall()))
        super().execute(query, params, **options)
        return self


class _ExplainingDatabase(Database):
    @contextmanager
    def connection(self) -> Iterator[Connection[Any]]:
        with super().connection() as connection:
            connection.cursor_factory = _ExplainingCursor
            yield connection
