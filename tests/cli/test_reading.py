"""Statements come out of every form of file, with their numbers."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.cli.reading import Line, read
from lrs.errors import OperatorError


def reading(content: bytes, **limits: int) -> list[Line]:
    return list(read(io.BufferedReader(io.BytesIO(content)), **limits))  # type: ignore[arg-type]


def numbers_and_texts(content: bytes) -> list[tuple[int, bytes]]:
    return [(line.number, line.text) for line in reading(content)]


A, B = b'{"a":1}', b'{"b": [2, 3]}'
CASES = {
    "lines": (b"%b\n%b\n" % (A, B), [(1, A), (2, B)]),
    "lines without a last end": (b"%b\n%b" % (A, B), [(1, A), (2, B)]),
    "lines of Windows": (b"%b\r\n%b\r\n" % (A, B), [(1, A), (2, B)]),
    "blank lines count": (b"\n%b\n\n  \n%b\n" % (A, B), [(2, A), (5, B)]),
    "a byte order mark": (b"\xef\xbb\xbf%b\n" % A, [(1, A)]),
    "one statement on one line": (A, [(1, A)]),
    "one statement on several lines": (b'{\n  "a": 1\n}\n', [(1, b'{\n  "a": 1\n}\n')]),
    "an array on one line": (b" [%b,%b] " % (A, B), [(1, A), (2, B)]),
    "an array on several lines": (b"[\n%b,\n%b\n]\n" % (A, B), [(1, A), (2, B)]),
    "an empty array": (b"[]", []),
    "nothing": (b"", []),
    "nothing but white space": (b" \n\n", []),
    "nonsense first": (b"nonsense\n%b\n" % A, [(1, b"nonsense"), (2, A)]),
    "a torn first line": (b'{"a":\n%b\n' % B, [(1, b'{"a":'), (2, B)]),
    "a torn last line": (b'%b\n{"b":' % A, [(1, A), (2, b'{"b":')]),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_every_form_is_understood(case, compress):
    content, expected = CASES[case]
    assert numbers_and_texts(compress(content)) == expected


values = st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text(), max_size=3)


@given(st.lists(values), st.sampled_from([None, 1, "\t"]), st.booleans())
def test_what_was_written_is_read(statements: list[Any], indent: Any, compressed: bool):
    array = json.dumps(statements, indent=indent).encode()
    lines = "".join(f"{json.dumps(each)}\n" for each in statements).encode()
    for content in (array, lines):
        found = reading(gzip.compress(content) if compressed else content)
        assert [json.loads(line.text) for line in found] == statements
        assert [line.number for line in found] == list(range(1, len(statements) + 1))


def test_gzip_files_one_after_the_other_are_one_file():
    assert numbers_and_texts(gzip.compress(A + b"\n") + gzip.compress(B + b"\n")) == [(1, A), (2, B)]


def test_a_line_that_is_too_long_is_marked_and_the_next_one_read():
    first, second = reading(b'{"a":"%b"}\n%b\n' % (b"x" * 5000, A), longest=1000)
    assert "longer than 1000" in first.fault
    assert (second.number, second.text, second.fault) == (2, A, "")


def test_a_damaged_gzip_file_is_explained_after_what_could_be_read():
    content = gzip.compress(b"\n".join([b'{"a":%d}' % number for number in range(100_000)]))
    lines = read(io.BufferedReader(io.BytesIO(content[: len(content) // 2])))  # type: ignore[arg-type]
    assert next(lines).text == b'{"a":0}'
    with pytest.raises(OperatorError, match="damaged"):
        list(lines)


def test_a_damaged_array_is_explained_with_its_line():
    with pytest.raises(OperatorError, match="line 2, column"):
        reading(b'[{"a":1},\n{"b"}]')


def test_an_array_too_large_to_be_read_at_once_is_refused_with_a_way_out():
    with pytest.raises(OperatorError, match="JSON Lines"):
        reading(b"[%b]" % b",".join([A] * 1000), largest=1000)


def test_lines_of_any_number_need_the_memory_of_one():
    class Endless(io.RawIOBase):
        left = 200_000

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            text = b'{"a":"%b"}\n' % (b"x" * 500)
            self.left -= 1
            buffer[: len(text)] = text
            return len(text) if self.left > 0 else 0

    def count(lines: Iterator[Line]) -> int:
        return sum(1 for _ in lines)

    tracemalloc.start()
    try:
        assert count(read(io.BufferedReader(Endless()))) == 199_999
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
