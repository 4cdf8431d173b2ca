"""How are projections read? All in one transaction, at a position that each of them has reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.errors import UndefinedTable

from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import NotBuilt, NotFound
from lrs.xapi import time
from projections import builds
from projections.builds import Build
from projections.projection import Projection
from projections.resource import View

QUERIES = sql.Queries(__file__)
_BEGIN = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
# A switch may fall between the look and the lock; not twice, for old tables are kept for a while.
_TRIES = 3


class _Chosen(NamedTuple):
    """Which builds are read, and at which position and time."""

    builds: list[Build]
    position: int
    time: datetime


class Views:
    """Opens what these projections have made of a tenant's log."""

    def __init__(self, database: Database, projections: Iterable[Projection]) -> None:
        self.database = database
        self._codes = {each.name: each.version for each in projections}
        # How the tables read last are locked: it travels with BEGIN, and a look tells if it was right.
        self._locks: dict[tuple[str, ...], bytes] = {}

    @contextmanager
    def open(
        self, tenant: str, names: Sequence[str], *, as_of: int | datetime | None = None
    ) -> Iterator[View]:
        """These projections as they were at a position or a time, at the latest as far as all have got.

        NotBuilt while one of them is not there yet. What is read stays what it is until the end.
        """
        with self.database.connection() as connection:
            chosen = self._begin(connection, tenant, names, as_of)
            tables = {build.name: build.prefix for build in chosen.builds}
            try:
                amendments = {build.name: build.amended for build in chosen.builds}
                yield View(connection, tenant, chosen.position, chosen.time, tables, amendments)
            finally:
                if not connection.broken:
                    connection.execute(b"ROLLBACK")

    def position(self, tenant: str, names: Sequence[str]) -> int:
        """How far all of these have got; NotBuilt while one of them is not there yet."""
        with self.database.connection() as connection:
            return self._choose(connection, tenant, names, None).position

    def _begin(
        self, connection: Connection[Any], tenant: str, names: Sequence[str], as_of: int | datetime | None
    ) -> _Chosen:
        """A transaction in which nobody drops the tables that it will read."""
        key = (tenant, *names)
        for last in (False,) * (_TRIES - 1) + (True,):
            try:
                locked = self._locks.get(key, b"")
                connection.execute(_BEGIN + locked)
                chosen = self._choose(connection, tenant, names, as_of)
                if (lock := builds.lock(tenant, chosen.builds)) != locked:
                    connection.execute(lock)
                    self._locks[key] = lock
            except BaseException as error:
                self._locks.pop(key, None)
                connection.execute(b"ROLLBACK")
                if last or not isinstance(error, UndefinedTable):
                    raise
            else:
                return chosen
        raise AssertionError  # the last try returns or raises

    def _choose(
        self, connection: Connection[Any], tenant: str, names: Sequence[str], as_of: int | datetime | None
    ) -> _Chosen:
        for name in names:
            if name not in self._codes:
                raise NotFound(f"There is no projection {name}.")
        wanted = {
            "names": list(names),
            "codes": [self._codes[name] for name in names],
            "position": as_of if isinstance(as_of, int) else None,
            "time": as_of if isinstance(as_of, datetime) else None,
        }
        rows = connection.execute(QUERIES(tenant, "choose"), wanted).fetchall()
        chosen = [Build(*row) for _, _, *row in rows]
        if missing := sorted(set(names) - {build.name for build in chosen}):
            raise NotBuilt(f"{', '.join(missing)}: not built from the log yet; try again in a moment.")
        position, stored, *_ = rows[0]
        return _Chosen(chosen, position, stored or time.EPOCH)
