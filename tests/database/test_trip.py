"""Statements that travel together arrive together, however many statements a connection has seen."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext

import psycopg
import pytest

from lrs.database import arrays
from lrs.database.pool import Database
from lrs.database.prepared import MOST
from lrs.database.trip import Trip


def a_query(number: int) -> bytes:
    return b"SELECT count(*) + %d FROM unnest($1::int[])" % number


def run(trip: Trip) -> list[int]:
    return [int.from_bytes(each.get_value(0, 0) or b"") for each in trip.run()]


def test_all_results_come_in_order(database: Database) -> None:
    with database.connection() as connection:
        trip = Trip(connection)
        for number in range(3):
            trip.add(a_query(number), arrays.ints([1] * number))
        assert run(trip) == [0, 2, 4]


def test_on_the_loop_they_come_too(database: Database) -> None:
    async def travel() -> list[int]:
        with database.connection() as connection:
            trips = Trip(connection)
            trips.add(a_query(1), arrays.ints([7]))
            return [int.from_bytes(each.get_value(0, 0) or b"") for each in await trips.run_on_loop()]

    assert asyncio.run(travel()) == [2]


def test_more_statements_than_a_connection_remembers(database: Database) -> None:
    """As with many tenants: what is used in a trip is never what is forgotten to make room in it."""
    with database.connection() as connection:
        for number in range(MOST + 5):
            trip = Trip(connection)
            trip.add(a_query(0), arrays.ints([]))
            trip.add(a_query(number + 1), arrays.ints([]))
            assert run(trip) == [0, number + 1]


def test_a_statement_that_fails_takes_the_others_with_it(database: Database) -> None:
    with database.connection() as connection:
        connection.execute(b"CREATE TEMPORARY TABLE travelled (n int)")
        trip = Trip(connection)
        trip.add(b"INSERT INTO travelled SELECT unnest($1::int[])", arrays.ints([1]))
        trip.add(b"SELECT 1 / cardinality($1::int[])", arrays.ints([]))
        trip.add(b"INSERT INTO travelled SELECT unnest($1::int[])", arrays.ints([2]))
        with pytest.raises(psycopg.errors.DivisionByZero):
            trip.run()
        assert connection.execute(b"SELECT n FROM travelled").fetchall() == []
        connection.execute(b"DROP TABLE travelled")


def test_what_a_failed_trip_was_to_prepare_is_prepared_by_the_next(database: Database) -> None:
    """One statement was prepared before the failure, the other never came to it."""
    with database.connection() as connection:
        trip = Trip(connection)
        trip.add(b"SELECT 1 / cardinality($1::int[])", arrays.ints([]))
        trip.add(a_query(1000), arrays.ints([]))
        with pytest.raises(psycopg.errors.DivisionByZero):
            trip.run()
        trip = Trip(connection)
        trip.add(b"SELECT 1 / cardinality($1::int[])", arrays.ints([1]))
        trip.add(a_query(1000), arrays.ints([]))
        assert run(trip)[1] == 1000


def test_a_failure_costs_no_statement_that_was_known(database: Database) -> None:
    prepared = b"SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'lrs!_%' ESCAPE '!'"
    with database.connection() as connection:
        for values in ([1], []):
            trip = Trip(connection)
            trip.add(a_query(1), arrays.ints([]))
            trip.add(b"SELECT 2 / cardinality($1::int[])", arrays.ints(values))
            before = connection.execute(prepared).fetchone()
            with nullcontext() if values else pytest.raises(psycopg.errors.DivisionByZero):
                trip.run()
        assert connection.execute(prepared).fetchone() == before


def test_a_trip_that_is_too_large_for_the_socket_arrives_whole(database: Database) -> None:
    """The loop then waits for room to write as well."""
    size = 8 * 1024 * 1024

    async def travel() -> int:
        with database.connection_at_hand() as connection:
            trip = Trip(connection)
            trip.add(b"SELECT octet_length(($1::bytea[])[1])", arrays.byteas([b"x" * size]))
            (result,) = await trip.run_on_loop()
            return int.from_bytes(result.get_value(0, 0) or b"")

    database.ping()
    assert asyncio.run(travel()) == size
