"""What Python packs into a binary array is what PostgreSQL unpacks."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection

from lrs.database import arrays
from lrs.database.pool import Database

every_example = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30
)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


def there_and_back(database: Database, array: arrays.Cells, kind: str) -> Any:
    with database.connection() as connection:
        return connection.execute(f"SELECT %b::{kind}[]".encode(), [array]).fetchall()[0][0]


@every_example
@given(values=st.lists(st.uuids()))
def test_uuids(database: Database, values: list[uuid.UUID]) -> None:
    cells = [arrays.uuid_cell(each.bytes) for each in values]
    assert there_and_back(database, arrays.uuids(cells), "uuid") == values


@every_example
@given(values=st.lists(st.binary()))
def test_byteas(database: Database, values: list[bytes]) -> None:
    assert there_and_back(database, arrays.byteas(values), "bytea") == values


@every_example
@given(values=st.lists(texts))
def test_texts(database: Database, values: list[str]) -> None:
    assert there_and_back(database, arrays.texts(values), "text") == values


@every_example
@given(values=st.lists(st.integers(-(2**31), 2**31 - 1)))
def test_ints(database: Database, values: list[int]) -> None:
    assert there_and_back(database, arrays.ints(values), "int") == values


@every_example
@given(values=st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_bigints(database: Database, values: list[int]) -> None:
    assert there_and_back(database, arrays.bigints(values), "bigint") == values


@every_example
@given(counts=st.lists(st.integers(0, 5)))
def test_repeated_ints(database: Database, counts: list[int]) -> None:
    expected = [number for number, count in enumerate(counts, 1) for _ in range(count)]
    assert there_and_back(database, arrays.repeated_ints(counts), "int") == expected


@pytest.mark.parametrize("make", [arrays.uuids, arrays.byteas, arrays.texts, arrays.ints, arrays.bigints])
def test_no_value_is_an_empty_array(database: Database, make: Any) -> None:
    kinds = {2951: "uuid", 1001: "bytea", 1009: "text", 1007: "int", 1016: "bigint"}
    array = make([])
    assert there_and_back(database, array, kinds[array.oid]) == []


def test_another_connection_learns_it_too(database: Database) -> None:
    connection: Connection[Any]
    with Database(database.conninfo, pool_size=1) as own, own.connection() as connection:
        assert connection.execute(b"SELECT %b", [arrays.ints([1, 2])]).fetchall() == [([1, 2],)]
