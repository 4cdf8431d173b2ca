"""A projection to follow, the events that it wants, and runners that follow it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from eventsourcing.persistence import StoredEvent
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from lrs.database import migrate, sql
from lrs.database.pool import Database
from lrs.log.event_log import EventLog
from projections import builds
from projections.builds import Look
from projections.projection import Projection
from projections.runner import Runner
from tests.database.proxy import Proxy


class Story:
    """One tenant's log, and what a projection made of it."""

    def __init__(self, database: Database, tenant: str) -> None:
        self.database = database
        self.tenant = tenant
        self.log = EventLog(database, tenant)

    def tell(self, *texts: str, topic: str = "said") -> int:
        """Append an event for each text; the last position."""
        stored = [StoredEvent(uuid4(), 1, topic, text.encode()) for text in texts]
        with self.database.connection() as connection:
            return self.log.append(connection, stored).previous + len(stored)

    def look(self) -> Look:
        with self.database.connection() as connection:
            return builds.look(connection, self.tenant)

    def position(self, projection: Projection) -> int:
        """How far that has got which can be read; 0 before there is anything."""
        read = self.look().read(projection)
        return read.position if read else 0

    def await_position(self, projection: Projection, position: int, seconds: float = 20) -> None:
        until = time.monotonic() + seconds
        while self.position(projection) < position:
            assert time.monotonic() < until, self.look()
            time.sleep(0.02)

    def ask(self, query: str, projection: Projection) -> list[Any]:
        """Rows of the tables that can be read; `{t}` is what their names begin with."""
        read = self.look().read(projection)
        assert read
        text = query.replace("{t}", f"{sql.schema(self.tenant)}.{read.prefix}")
        with self.database.connection() as connection:
            return connection.execute(text.encode()).fetchall()

    def failed_until(self, position: int) -> int:
        """How many events up to a position no projection can take."""
        text = "SELECT count(*) FROM {s}.log WHERE notification_id <= %s AND state = 'unspeakable'"
        with self.database.connection() as connection:
            query = text.replace("{s}", sql.schema(self.tenant)).encode()
            return connection.execute(query, [position]).fetchall()[0][0]  # type: ignore[no-any-return]

    def failures(self) -> list[tuple[int, str]]:
        """What is set aside: positions and errors."""
        text = "SELECT position, error FROM {s}.projection_failure ORDER BY position"
        with self.database.connection() as connection:
            return connection.execute(text.replace("{s}", sql.schema(self.tenant)).encode()).fetchall()


@pytest.fixture
def story(database: Database, tenant: str) -> Story:
    return Story(database, tenant)


def eventually(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until it is so."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


class Role:
    """A role that may run the store where it was granted to, and make no tables."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.name = f"lrs_test_{uuid4().hex[:8]}"
        self.conninfo = make_conninfo(database.conninfo, user=self.name)
        self._run("CREATE ROLE {} LOGIN")

    def let_in(self, tenant: str, *projections: Projection) -> None:
        """What `lrs migrate --grant-to` does, and the tables of these."""
        with self.database.connection() as connection:
            migrate.grant(connection, tenant, self.name)
        builds.prepare(self.database, tenant, projections)

    def drop(self) -> None:
        self._run("DROP OWNED BY {}")
        self._run("DROP ROLE {}")

    def _run(self, text: str) -> None:
        with self.database.connection() as connection:
            connection.execute(SQL(text).format(Identifier(self.name)))  # type: ignore[arg-type]


@pytest.fixture
def role(database: Database) -> Iterator[Role]:
    role = Role(database)
    yield role
    role.drop()


Follow = Callable[..., Any]


@pytest.fixture
def following(database: Database, tenant: str) -> Follow:
    """Runs a runner in a thread: `with following(projection): …`."""

    @contextmanager
    def run(
        *projections: Projection, tenants: Sequence[str] = (tenant,), own: Database = database
    ) -> Iterator[Runner]:
        runner = Runner(own, projections, lambda: list(tenants))
        thread = threading.Thread(target=runner.run)
        thread.start()
        try:
            yield runner
        finally:
            runner.stop()
            thread.join()

    return run


@pytest.fixture
def following_through(database: Database, tenant: str) -> Follow:
    """The same, with a way to the database that can be cut."""

    @contextmanager
    def run(*projections: Projection) -> Iterator[Proxy]:
        proxy = Proxy(database.conninfo)
        with Database(proxy.conninfo, pool_size=3) as own:
            runner = Runner(own, projections, lambda: [tenant])
            thread = threading.Thread(target=runner.run)
            thread.start()
            try:
                yield proxy
            finally:
                proxy.open()
                runner.stop()
                thread.join()
        proxy.close()

    return run
