"""How do thousands of values reach PostgreSQL cheaply? As binary arrays, joined from ready cells.

The format (array_recv in PostgreSQL's arrayfuncs.c): dimensions, flags, element type, length, lower bound,
then for each element its length and its bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import Connection
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEADER = struct.Struct(">iiIii")
_LENGTH = struct.Struct(">i")
_INT_CELL = struct.Struct(">ii")
_BIGINT_CELL = struct.Struct(">iq")
_UUID_LENGTH = _LENGTH.pack(16)


class Cells(bytes):
    """A whole array in binary format."""

    oid = 0


class UuidArray(Cells):
    oid = 2951


class ByteaArray(Cells):
    oid = 1001


class TextArray(Cells):
    oid = 1009


class IntArray(Cells):
    oid = 1007


class BigintArray(Cells):
    oid = 1016


def sixteen(uuid: str) -> bytes:
    """The bytes of a UUID in its usual form of 36 characters."""
    return bytes.fromhex(uuid.replace("-", ""))


def uuid_cell(sixteen_bytes: bytes) -> bytes:
    """One element of a uuid[]."""
    return _UUID_LENGTH + sixteen_bytes


def uuids(cells: Sequence[bytes]) -> UuidArray:
    """A uuid[] from ready cells."""
    return UuidArray(_header(2950, len(cells)) + b"".join(cells))


def uuids_of(values: Iterable[bytes]) -> UuidArray:
    """A uuid[] from the sixteen bytes of each."""
    return uuids([uuid_cell(each) for each in values])


def byteas(values: Sequence[bytes]) -> ByteaArray:
    """A bytea[]."""
    return ByteaArray(_header(17, len(values)) + _sized(values))


def texts(values: Sequence[str]) -> TextArray:
    """A text[]."""
    return TextArray(_header(25, len(values)) + _sized([value.encode() for value in values]))


def ints(values: Sequence[int]) -> IntArray:
    """An int[]."""
    return IntArray(_header(23, len(values)) + b"".join([_INT_CELL.pack(4, value) for value in values]))


def repeated_ints(counts: Sequence[int]) -> IntArray:
    """An int[] that says 1 as often as the first count, 2 as often as the second, and so on."""
    cells = [_INT_CELL.pack(4, number) * count for number, count in enumerate(counts, 1)]
    return IntArray(_header(23, sum(counts)) + b"".join(cells))


def bigints(values: Sequence[int]) -> BigintArray:
    """A bigint[]."""
    return BigintArray(_header(20, len(values)) + b"".join([_BIGINT_CELL.pack(8, value) for value in values]))


def _sized(values: Sequence[bytes]) -> bytes:
    return b"".join([part for value in values for part in (_LENGTH.pack(len(value)), value)])


def _header(element_oid: int, count: int) -> bytes:
    dimensions = 1 if count else 0
    header = _HEADER.pack(dimensions, 0, element_oid, count, 1)
    return header if count else header[:12]


def _dumper(array_type: type[Cells]) -> type[Dumper]:
    class CellsDumper(Dumper):
        format = Format.BINARY
        oid = array_type.oid

        def dump(self, obj: Cells) -> bytes:
            return obj

    return CellsDumper


_DUMPERS = {each: _dumper(each) for each in (UuidArray, ByteaArray, TextArray, IntArray, BigintArray)}


def register(connection: Connection[Any]) -> None:
    """Teach a connection to send these arrays as they are."""
    for array_type, dumper in _DUMPERS.items():
        connection.adapters.register_dumper(array_type, dumper)
