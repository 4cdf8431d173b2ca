"""The tables of projections without a runner: events of a real log, folded one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from psycopg.sql import SQL, Identifier

from lrs.database import sql
from lrs.database.pool import Database
from lrs.log.event_log import EventLog, Recorded
from projections.projection import Insert, Projection
from projections.resource import Bare, Json, Resource, View


class Built:
    """One build of a projection, and what is read from it."""

    def __init__(self, database: Database, tenant: str, projection: Projection, build: int = 1) -> None:
        self.log = EventLog(database, tenant)
        self.projection = projection
        self.prefix = f"{projection.name}_v{build}"
        self.queries = sql.Queries(str(projection.folder / "queries.py"))
        self.reached = 0
        made = (projection.folder / "tables.sql").read_text()
        with database.connection() as connection:
            connection.execute(sql.filled(made, tenant, projection=self.prefix).encode())

    def follow(self) -> Built:
        """Take in what is new in the log."""
        self.take(self.log.read(after=self.reached))
        self.reached = self.log.head().position
        return self

    def take(self, events: Iterable[Recorded]) -> None:
        """Take in these events."""
        with self.log.database.connection() as connection:
            for event in events:
                for change in self._changes(event):
                    if isinstance(change, Insert):
                        connection.execute(self._insert(change), change.row)
                    else:
                        query = self.queries(self.log.tenant, change.query, projection=self.prefix)
                        connection.execute(query, change.parameters)

    def forget(self, position: int) -> None:
        """Let all rows of a position go."""
        with self.log.database.connection() as connection:
            for name in self.rows():
                of = Identifier(sql.schema(self.log.tenant).strip('"'), f"{self.prefix}{name}")
                connection.execute(SQL("DELETE FROM {} WHERE position = %s").format(of), [position])

    def ask(self, resources: Sequence[Resource], path: str, *, at: int | None = None, **asked: str) -> Json:
        """What a resource says, as of a position or now."""
        (resource,) = [each for each in resources if each.path == path]
        with self.log.database.connection() as connection:
            said = resource.read(self.view(connection, at=at), asked)
            return said.document if isinstance(said, Bare) else said

    def view(
        self, connection: Any, *, at: int | None = None, others: Mapping[str, str] | None = None
    ) -> View:
        """What was known at a position."""
        tables = {self.projection.name: self.prefix, **(others or {})}
        place = self.reached if at is None else at
        return View(connection, self.log.tenant, place, datetime.now(UTC), tables)

    def rows(self) -> dict[str, list[Any]]:
        """Everything in its tables, in a fixed order."""
        schema = sql.schema(self.log.tenant).strip('"')
        names = "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename LIKE %s ORDER BY 1"
        with self.log.database.connection() as connection:
            found = connection.execute(names.encode(), [schema, f"{self.prefix}\\_%"]).fetchall()
            return {
                name.removeprefix(self.prefix): sorted(
                    connection.execute(SQL("SELECT t::text FROM {} AS t").format(Identifier(schema, name)))
                )
                for (name,) in found
            }

    def _changes(self, event: Recorded) -> Iterable[Any]:
        wanted = self.projection.topics
        return self.projection.fold(event) if wanted is None or event.topic in wanted else ()

    def _insert(self, change: Insert) -> Any:
        into = Identifier(sql.schema(self.log.tenant).strip('"'), f"{self.prefix}_{change.table}")
        return SQL("INSERT INTO {} VALUES ({})").format(into, SQL(", ").join(SQL("%s") for _ in change.row))
