"""How do several statements reach PostgreSQL in one round trip? Sent together, with one wait for all answers.

psycopg's own pipeline waits several times for each statement, which costs more than the statement.
Without a transaction around it, a trip is one transaction (PostgreSQL documentation, "Pipeline Mode").
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Sequence
from typing import Any

from psycopg import Connection
from psycopg.errors import OperationalError, error_from_result
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

from lrs.database import bell, prepared
from lrs.database.arrays import Cells
from lrs.database.bell import Bell

Travel = Generator[Wait, Ready | int, list[PGresult]]


class Trip:
    """Statements that travel together over one connection, with parameters $1, $2, … in binary format."""

    def __init__(self, connection: Connection[Any]) -> None:
        self.connection = connection
        self._waiting: list[tuple[bytes, Sequence[Cells]]] = []
        self._results: list[PGresult] = []

    def add(self, query: bytes, *parameters: Cells) -> None:
        """Take a statement along."""
        self._waiting.append((query, parameters))

    def run(self) -> list[PGresult]:
        """Travel; all results so far, with binary values, or psycopg's error for what failed."""
        return self._arrived(self.connection.wait(self._travel()))

    async def run_on_loop(self) -> list[PGresult]:
        """The same, while the event loop goes on with other work; a cancelled trip costs the connection.

        Whoever lent the connection takes its bell down when it goes to somebody else.
        """
        try:
            return self._arrived(await _wait_on_loop(self._travel(), bell.of(self.connection)))
        except asyncio.CancelledError:
            bell.take_down(self.connection)
            self.connection.close()
            raise

    def _travel(self) -> Travel:
        """Send everything, then receive until the end of the trip."""
        pgconn = self.connection.pgconn
        pgconn.enter_pipeline_mode()
        asked = self._send(pgconn)
        pgconn.pipeline_sync()
        while pgconn.flush():
            if (yield Wait.RW) & Ready.R:
                pgconn.consume_input()
        results = yield from _receive(pgconn)
        pgconn.exit_pipeline_mode()
        # A trip that failed was given up at its first error, which is the last result.
        return [each for each, wanted in zip(results, asked, strict=False) if wanted or _failed(each)]

    def _send(self, pgconn: PGconn) -> list[bool]:
        """Send what waits and what PostgreSQL must know for it; of each message whether its answer counts."""
        known = prepared.of(self.connection)
        asked: list[bool] = []
        for query, parameters in self._waiting:
            asked += [False] * known.prepare(pgconn, query, parameters) + [True]
            pgconn.send_query_prepared(
                known.name(query), parameters, [Format.BINARY] * len(parameters), Format.BINARY
            )
        self._waiting = []
        return asked

    def _arrived(self, results: list[PGresult]) -> list[PGresult]:
        failed = next((each for each in results if _failed(each)), None)
        prepared.of(self.connection).arrived(well=failed is None)
        if failed is not None:
            raise _error(failed)
        self._results += results
        return self._results


def _receive(pgconn: PGconn) -> Travel:
    results: list[PGresult] = []
    while True:
        while pgconn.is_busy():
            yield Wait.R
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            continue  # the end of one statement's results
        if result.status == ExecStatus.PIPELINE_SYNC:
            return results
        results.append(result)


def _failed(result: PGresult) -> bool:
    return result.status == ExecStatus.FATAL_ERROR


def _error(failed: PGresult) -> Exception:
    """Where there is no SQLSTATE the server has said nothing: the connection is lost."""
    error = error_from_result(failed)
    return error if error.sqlstate else OperationalError(str(error))


async def _wait_on_loop(travel: Travel, bell: Bell) -> list[PGresult]:
    try:
        wanted = next(travel)
        while True:
            wanted = travel.send(await bell.rings(wanted))
    except StopIteration as arrived:
        return arrived.value  # type: ignore[no-any-return]
