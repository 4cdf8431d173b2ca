"""How do we reach PostgreSQL? Through one pool per process, for all tenants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic
from typing import Any, ParamSpec, TypeVar

import psycopg
from psycopg import Connection
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from lrs.database import arrays, bell
from lrs.errors import DatabaseTooSlow, DatabaseUnavailable, NotGranted

P = ParamSpec("P")
T = TypeVar("T")

WAIT_FOR_CONNECTION = 5.0
# How long each try waits; between two we look whether there is any hope.
ONE_TRY, ONE_TRY_WHILE_AWAY = 0.5, 0.05
# A network that swallows everything says nothing: these are the times after which we stop believing in it.
_NETWORK = {
    "connect_timeout": 3,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
}
AT_HAND = 0.001  # the pool takes 0 for too late
# Our statements are short: compiling them, or sharing them out among processes, costs more than running them.
# Before the first ANALYZE of a table PostgreSQL expects a handful of rows whatever we ask for, and would keep
# those of one filter to compare them all with all of another (materialize): 4 s, not 15 ms, at 22,000 rows.
_PLANS = "-c jit=off -c max_parallel_workers_per_gather=0 -c enable_material=off"
_OPTIONS = f"-c timezone=UTC -c synchronous_commit=on {_PLANS}"
# A standby that has just been promoted, or not yet, answers with these instead of an OperationalError.
_READ_ONLY = psycopg.errors.ReadOnlySqlTransaction


class Database:
    """One pool of connections and the threads that use them; every connection is in autocommit mode."""

    def __init__(self, conninfo: str, *, pool_size: int = 8, statement_timeout: int = 30) -> None:
        self.conninfo = conninfo
        self._away = False
        self._at_hand: Connection[Any] | None = None
        self.threads = ThreadPoolExecutor(max_workers=pool_size, thread_name_prefix="database")
        self.pool: ConnectionPool[Connection[Any]] = ConnectionPool(
            conninfo,
            kwargs={
                "autocommit": True,
                # After a ROLLBACK psycopg would drop every prepared statement, those of a Trip too.
                "prepare_threshold": None,
                "application_name": "lrs",
                "options": f"-c statement_timeout={statement_timeout}s {_OPTIONS}",
                **_NETWORK,
            },
            configure=self._connected,
            min_size=1,
            max_size=pool_size,
            # Who asks for a connection makes the pool try again; it need not go on by itself.
            reconnect_timeout=ONE_TRY_WHILE_AWAY,
            reconnect_failed=self._not_connected,
            open=False,
        )

    def open(self) -> Database:
        """Start connecting; whoever asks for a connection waits for it."""
        self.pool.open(wait=False)
        return self

    def close(self) -> None:
        """Close every connection, after the threads have finished what they do."""
        self.threads.shutdown(wait=True)
        if self._at_hand:
            self._put_back(self._at_hand)
        self.pool.close()

    def __enter__(self) -> Database:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def connection(self) -> Iterator[Connection[Any]]:
        """A connection; a database that is gone is DatabaseUnavailable."""
        with translated():
            lent = self._lend()
            try:
                with lent as connection:
                    yield connection
                self._away = False
            finally:
                self.pool.putconn(lent)

    @contextmanager
    def connection_at_hand(self) -> Iterator[Connection[Any]]:
        """The same, hardly ever waiting: DatabaseUnavailable where no connection is free at this moment.

        It is the one that was at hand before, and so a process of PostgreSQL that has everything at hand
        itself: the pool lets all take turns.
        """
        with translated():
            connection = self._at_hand or self.pool.getconn(timeout=AT_HAND)
            self._at_hand = None
            try:
                yield connection
            finally:
                self._keep_at_hand(connection)

    def _keep_at_hand(self, connection: Connection[Any]) -> None:
        if self._at_hand is None and connection.pgconn.transaction_status == TransactionStatus.IDLE:
            self._at_hand = connection
        else:
            self._put_back(connection)

    def _put_back(self, connection: Connection[Any]) -> None:
        bell.take_down(connection)
        self.pool.putconn(connection)

    def ping(self) -> None:
        """DatabaseUnavailable unless the database answers."""
        with self.connection() as connection:
            connection.execute(b"SELECT 1")

    def _lend(self) -> Connection[Any]:
        """Wait for a connection, but not long while the database is away: others wait behind us."""
        deadline = monotonic() + WAIT_FOR_CONNECTION
        while True:
            try:
                return self.pool.getconn(timeout=ONE_TRY_WHILE_AWAY if self._away else ONE_TRY)
            except PoolTimeout:
                if self._away or monotonic() > deadline:
                    raise

    def _connected(self, connection: Connection[Any]) -> None:
        self._away = False
        arrays.register(connection)

    def _not_connected(self, _: ConnectionPool[Connection[Any]]) -> None:
        self._away = True

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function that may safely be called twice in a thread; again if its connection had died."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads, lambda: self.persist(function, *args, **kwargs))

    def persist(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call it, and once more with fresh connections if the database had gone in between."""
        try:
            return function(*args, **kwargs)
        except DatabaseUnavailable as error:
            if not isinstance(error.__cause__, psycopg.OperationalError | psycopg.InterfaceError):
                raise
            if isinstance(error.__cause__, psycopg.errors.QueryCanceled | PoolTimeout):
                raise
            self.pool.check()
            return function(*args, **kwargs)


@contextmanager
def translated() -> Iterator[None]:
    """Turn what psycopg says of a missing database, or one that is closed to us, into our own error."""
    try:
        yield
    except psycopg.errors.QueryCanceled as error:
        raise DatabaseTooSlow() from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotGranted(_not_granted(error)) from error
    except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, PoolClosed, _READ_ONLY) as error:
        raise DatabaseUnavailable() from error


def _not_granted(error: psycopg.Error) -> str:
    refused = f"The database refuses this to the role of the store: {error.diag.message_primary}."
    return f"{refused} Its owner has to run lrs migrate --grant-to ROLE, again for each new tenant."
