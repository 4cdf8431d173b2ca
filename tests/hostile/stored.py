"""What does the database hold of a tenant? Counted before and after, so that nothing is half stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lrs.database import sql
from lrs.database.pool import Database

TABLES = (
    "log", "statement_term", "statement_ref", "voided", "activity_definition", "agent_name", "attachment",
    "blob", "blob_chunk", "document",
)  # fmt: skip
Counts = dict[str, int]


class Stored:
    """The tables of one tenant."""

    def __init__(self, database: Database, tenant: str) -> None:
        self.database = database
        self.schema = sql.schema(tenant)

    def counts(self) -> Counts:
        """How many rows each table has."""
        counts = ", ".join(f"(SELECT count(*) FROM {self.schema}.{table})" for table in TABLES)  # noqa: S608
        with self.database.connection() as connection:
            row = connection.execute(f"SELECT {counts}".encode()).fetchone()
        assert row
        return dict(zip(TABLES, row, strict=True))

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """What happens meanwhile leaves no trace in any table."""
        before = self.counts()
        yield
        assert self.counts() == before
