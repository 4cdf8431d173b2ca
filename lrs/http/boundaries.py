"""Where does one part of a multipart body end and the next begin? Read piece by piece (RFC 2046, 5.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lrs.errors import MalformedMultipart

MOST_HEADERS = 32
MOST_HEADER_BYTES = 8 * 1024
MOST_BESIDE_BYTES = 64 * 1024
MOST_PADDING = 64

Headers = dict[str, str]
Told = Headers | bytes

_LINE_END = re.compile(rb"(--)|[ \t]{0,%d}(?=\r\n)" % MOST_PADDING)
_LINE_END_BEGUN = re.compile(rb"-|[ \t]{0,%d}\r?" % MOST_PADDING)
_FOLD = re.compile(rb"\r\n[ \t]+")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\x00-\x08\x0a-\x1f\x7f]*)")


class Reader:
    """Yields for each part its headers, with names in lower case, and then its content in pieces.

    The line break before a boundary belongs to the boundary, so what comes next always begins with one.
    """

    def __init__(self, boundary: bytes) -> None:
        self._delimiter = b"\r\n--" + boundary
        self._buffer = bytearray(b"\r\n")
        self._beside = 0
        self._read: Callable[[], Told | None] = self._read_preamble

    def feed(self, piece: bytes) -> Iterator[Told]:
        """What can be told from the body so far; MalformedMultipart where it breaks a rule."""
        self._buffer += piece
        while (told := self._read()) is not None:
            if told != b"":
                yield told

    def finish(self) -> None:
        """The body is over; MalformedMultipart where a part is not."""
        if self._read == self._read_preamble:
            rule = "does not occur in the body, on a line of its own that ends with CR LF"
            raise MalformedMultipart(f"The boundary of the header Content-Type {rule}.")
        if self._read != self._read_epilogue:
            raise MalformedMultipart("The body ends before the boundary that closes it: --boundary--.")

    def _read_preamble(self) -> Told | None:
        before, line = self._cut()
        self._count_beside(before)
        return self._pass(line) if line else self._drop(before)

    def _read_headers(self) -> Told | None:
        end = self._buffer.find(b"\r\n\r\n")
        if end > MOST_HEADER_BYTES or (end < 0 and len(self._buffer) > MOST_HEADER_BYTES + 4):
            raise MalformedMultipart(f"The headers of a part are longer than {MOST_HEADER_BYTES:,} bytes.")
        if end < 0:
            return None
        headers = _headers(bytes(self._buffer[2:end]))
        del self._buffer[: end + 2]
        self._read = self._read_start
        return headers

    def _read_start(self) -> Told | None:
        """A boundary may follow the headers at once: then their empty line is its line break."""
        before, line = self._cut()
        if line and before == 0:
            return self._pass(line)
        if before == 0:
            return None
        self._read = self._read_content
        return self._drop(2)

    def _read_content(self) -> Told | None:
        before, line = self._cut()
        content = bytes(self._buffer[:before])
        if line:
            self._pass(line)
            return content
        self._drop(before)
        return content or None

    def _read_epilogue(self) -> Told | None:
        self._count_beside(len(self._buffer))
        return self._drop(len(self._buffer))

    def _cut(self) -> tuple[int, re.Match[bytes] | None]:
        """How much comes for certain before the next boundary, and its line's end if that is here too."""
        start = 0
        while (start := self._buffer.find(self._delimiter, start)) >= 0:
            end = start + len(self._delimiter)
            line = _LINE_END.match(self._buffer, end)
            if line or _LINE_END_BEGUN.fullmatch(self._buffer, end):
                return start, line
            start = end
        return max(0, len(self._buffer) - len(self._delimiter) + 1), None

    def _pass(self, line: re.Match[bytes]) -> bytes:
        del self._buffer[: line.end()]
        self._read = self._read_epilogue if line.lastindex else self._read_headers
        return b""

    def _drop(self, count: int) -> bytes | None:
        del self._buffer[:count]
        return b"" if count else None

    def _count_beside(self, count: int) -> None:
        self._beside += count
        if self._beside > MOST_BESIDE_BYTES:
            raise MalformedMultipart(f"More than {MOST_BESIDE_BYTES:,} bytes stand outside of the parts.")


def _headers(block: bytes) -> Headers:
    lines = _FOLD.sub(b" ", block).split(b"\r\n") if block else []
    if len(lines) > MOST_HEADERS:
        raise MalformedMultipart(f"A part has more than {MOST_HEADERS} headers.")
    headers: Headers = {}
    for line in lines:
        header = _HEADER.fullmatch(line)
        if not header:
            shown = line[:80].decode("latin-1")
            raise MalformedMultipart(f"A part has a line that is no header, as in Name: value: {shown!r}.")
        name = header[1].decode("ascii").lower()
        if name in headers:
            raise MalformedMultipart(f"A part has the header {name} twice.")
        headers[name] = header[2].decode("latin-1").strip(" \t")
    return headers
