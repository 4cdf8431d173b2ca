"""Which statements are in this file? JSON Lines, an array or one statement, plain or gzip, numbered."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, cast

import msgspec

from lrs.errors import MalformedJSON, OperatorError
from lrs.xapi import raw

STDIN = Path("-")
MEBIBYTE = 1024 * 1024
LARGEST_DOCUMENT = 512 * MEBIBYTE
LONGEST_LINE = 32 * MEBIBYTE
_GZIP = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """One statement's text, its number from 1 and of what, and why it can be no statement."""

    number: int
    text: bytes
    fault: str = ""
    unit: str = "line"


def name(path: Path) -> str:
    """What to call a file, or -, to a person."""
    return "standard input" if path == STDIN else str(path)


@contextmanager
def opened(path: Path) -> Iterator[tuple[io.BufferedReader, int | None]]:
    """A file, or standard input for -, and how many bytes it has, where that is known."""
    if path == STDIN:
        yield cast(io.BufferedReader, sys.stdin.buffer), None
        return
    try:
        source = path.open("rb")
    except OSError as error:
        raise OperatorError(f"{error.strerror}.") from error
    with source:
        yield source, path.stat().st_size if path.is_file() else None


def read(
    source: io.BufferedReader, *, longest: int = LONGEST_LINE, largest: int = LARGEST_DOCUMENT
) -> Iterator[Line]:
    """The statements of a file, one after the other; JSON Lines need no more memory than a line.

    An array, or one statement over several lines, is read whole. OperatorError where a file cannot be read.
    """
    try:
        yield from _statements(_decompressed(source), longest, largest)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise OperatorError(f"The gzip file is damaged: {error}.") from error


def _decompressed(source: io.BufferedReader) -> io.BufferedReader:
    if not source.peek(2).startswith(_GZIP):
        return source
    return io.BufferedReader(gzip.GzipFile(fileobj=source))


def _statements(file: io.BufferedReader, longest: int, largest: int) -> Iterator[Line]:
    if file.peek(3).startswith(_BYTE_ORDER_MARK):
        file.read(3)
    lines = _lines(file, 1 + _skip_blank(file), longest)
    if _next(file) == b"[":
        yield from _elements(_rest(file, largest))
    elif first := next(lines, None):
        # A statement over several lines goes on with a name; a damaged line, with the next statement.
        if not first.text.endswith(b"}") and _next(file) in (b" ", b"\t", b'"'):
            yield Line(first.number, first.text + b"\n" + _rest(file, largest))
        else:
            yield first
            yield from lines


def _lines(file: io.BufferedReader, number: int, longest: int) -> Iterator[Line]:
    while text := file.readline(longest + 1):
        fault = ""
        if len(text) > longest and not text.endswith(b"\n"):
            fault = f"The line is longer than {longest} bytes."
            _skip_line(file)
        if stripped := text.strip():
            yield Line(number, stripped, fault)
        number += 1


def _elements(text: bytes) -> Iterator[Line]:
    try:
        elements = raw.split(text)
    except msgspec.DecodeError as error:
        raise OperatorError(f"The array is damaged. {_explain(text, error)}") from error
    for number, element in enumerate(elements, 1):
        yield Line(number, element, unit="element")


def _rest(file: io.BufferedReader, largest: int) -> bytes:
    text = file.read(largest + 1)
    if len(text) > largest:
        raise OperatorError(
            f"This is one JSON text of more than {largest // MEBIBYTE} MiB. Turn it into JSON Lines, a "
            "statement a line, which may be of any size: for example with `jq --compact-output '.[]'`."
        )
    return text


def _explain(text: bytes, error: msgspec.DecodeError) -> str:
    """The strict parser knows line and column."""
    try:
        raw.parse(text, max_depth=len(text))
    except MalformedJSON as found:
        return found.message
    return str(error)


def _next(file: io.BufferedReader) -> bytes:
    return file.peek(1)[:1]


def _skip_blank(file: io.BufferedReader) -> int:
    """Go on to what is no white space; how many lines ended on the way."""
    ended = 0
    while _next(file).isspace():
        ended += file.read(1) == b"\n"
    return ended


def _skip_line(file: io.BufferedReader) -> None:
    while (rest := file.readline(MEBIBYTE)) and not rest.endswith(b"\n"):
        pass
