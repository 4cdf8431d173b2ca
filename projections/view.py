"""How are projections read? All in one transaction, at a position that each of them has reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.errors import UndefinedTable

from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import NotBuilt, NotFound
from lrs.log.event_log import EventLog
from lrs.xapi import time
from projections import builds
from projections.builds import Build
from projections.projection import Projection
from projections.resource import View

QUERIES = sql.Queries(__file__)
_BEGIN = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
# A switch may fall between the look and the lock; not twice, for old tables are kept for a while.
_TRIES = 3


class Views:
    """Opens what these projections have made of a tenant's log."""

    def __init__(self, database: Database, projections: Iterable[Projection]) -> None:
        self.database = database
        self._codes = {each.name: each.version for each in projections}

    @contextmanager
    def open(
        self, tenant: str, names: Sequence[str], *, as_of: int | datetime | None = None
    ) -> Iterator[View]:
        """These projections as they were at a position or a time, at the latest as far as all have got.

        NotBuilt while one of them is not there yet. What is read stays what it is until the end.
        """
        with self.database.connection() as connection:
            chosen = self._begin(connection, tenant, names)
            try:
                yield self._view(connection, tenant, chosen, as_of)
            finally:
                if not connection.broken:
                    connection.execute(b"ROLLBACK")

    def position(self, tenant: str, names: Sequence[str]) -> int:
        """How far all of these have got; NotBuilt while one of them is not there yet."""
        with self.database.connection() as connection:
            return min(build.position for build in self._choose(connection, tenant, names))

    def _begin(self, connection: Connection[Any], tenant: str, names: Sequence[str]) -> list[Build]:
        """A transaction in which nobody drops the tables that it will read."""
        for last in (False,) * (_TRIES - 1) + (True,):
            connection.execute(_BEGIN)
            try:
                chosen = self._choose(connection, tenant, names)
                for build in chosen:
                    builds.keep_tables(connection, tenant, build)
            except BaseException as error:
                connection.execute(b"ROLLBACK")
                if last or not isinstance(error, UndefinedTable):
                    raise
            else:
                return chosen
        raise AssertionError  # the last try returns or raises

    def _choose(self, connection: Connection[Any], tenant: str, names: Sequence[str]) -> list[Build]:
        for name in names:
            if name not in self._codes:
                raise NotFound(f"There is no projection {name}.")
        wanted = {"names": list(names), "codes": [self._codes[name] for name in names]}
        rows = connection.execute(QUERIES(tenant, "choose"), wanted).fetchall()
        chosen = [Build(*row) for row in rows]
        if missing := sorted(set(names) - {build.name for build in chosen}):
            raise NotBuilt(f"{', '.join(missing)}: not built from the log yet; try again in a moment.")
        return chosen

    def _view(
        self, connection: Connection[Any], tenant: str, chosen: Sequence[Build], as_of: int | datetime | None
    ) -> View:
        position = min(build.position for build in chosen)
        if isinstance(as_of, datetime):
            log = EventLog(self.database, tenant)
            position = min(position, log.position_at(connection, as_of))
        elif as_of is not None:
            position = min(position, as_of)
        row = connection.execute(QUERIES(tenant, "stored"), {"position": position}).fetchone()
        tables = {build.name: build.prefix for build in chosen}
        return View(connection, tenant, position, row[0] if row else time.EPOCH, tables)
