"""Which statements and which contents does a multipart/mixed body bring? (Communication 1.5.2)"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from hashlib import new as new_hash
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import NamedTuple

from starlette.requests import Request

from lrs.errors import Fault, LRSError, MalformedMultipart, TooLarge, Unavailable
from lrs.http import bodies
from lrs.http.boundaries import MOST_BESIDE_BYTES, MOST_HEADER_BYTES, Headers, Reader
from lrs.xapi import signature

MAX_ATTACHMENT = "LRS_MAX_ATTACHMENT"
MAX_ATTACHMENTS = "LRS_MAX_ATTACHMENTS"
MOST_PARTS = 10_000
# Boundaries and headers; that is for the header Content-Length, and each is counted when it arrives.
MOST_BETWEEN = MOST_PARTS * (MOST_HEADER_BYTES + 512) + MOST_BESIDE_BYTES
MOST_IN_MEMORY = 1024 * 1024
PIECE = 256 * 1024
SECTION = "Communication 1.5.2"

# A sha2 is any of the SHA-2 family (Data 2.4.11); its number of digits says which.
_ALGORITHMS = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
_SHA2 = re.compile(r"[0-9a-f]+")
_BOUNDARY = re.compile(r"[ -~]{0,199}[!-~]")


@dataclass(frozen=True, slots=True)
class Part:
    """A content that came after the statements: a stretch of the file that all of them share."""

    sha2: str
    content_type: str
    size: int
    spool: SpooledTemporaryFile[bytes]
    offset: int

    def chunks(self) -> Iterator[bytes]:
        """The content from its start, in constant memory; for one thread at a time."""
        self.spool.seek(self.offset)
        for left in range(self.size, 0, -PIECE):
            yield self.spool.read(min(left, PIECE))

    def content(self) -> bytes:
        """The whole content of a small part, such as a signature."""
        if self.size > signature.LARGEST:
            raise TooLarge(f"A signature may have at most {signature.LARGEST:,} bytes.")
        return b"".join(self.chunks())

    def close(self) -> None:
        """Remove the file with this and all other parts of the body."""
        self.spool.close()


class Received(NamedTuple):
    """A body: the JSON text of its statements, and the parts after it, whose hashes are right."""

    statements: bytes
    parts: Sequence[Part]


async def receive(
    request: Request,
    *,
    max_body: int,
    max_attachment: int,
    max_attachments: int,
    timeout: float,  # noqa: ASYNC109
) -> Received:
    """Read the body into memory and a temporary file; MalformedMultipart, TooLarge or BadRequest.

    Whoever gets the parts closes one of them; whoever gets an error has nothing to close.
    """
    reader = Reader(_boundary(request.headers.get("content-type", "")))
    bodies.check(request, limit=max_body + max_attachments + MOST_BETWEEN, setting=MAX_ATTACHMENTS)
    body = _Body(max_body, max_attachment, max_attachments)
    try:
        async for piece in bodies.stream(request, timeout=timeout):
            for told in reader.feed(piece):
                if isinstance(told, bytes):
                    await body.add(told)
                else:
                    await body.begin(told)
        reader.finish()
        return await body.end()
    except BaseException:
        body.spool.close()
        raise


class _Body:
    """The parts as they arrive; large ones are hashed and written by a thread, a piece at a time."""

    def __init__(self, max_body: int, max_attachment: int, max_attachments: int) -> None:
        self.max_body = max_body
        self.max_attachment = max_attachment
        self.max_attachments = max_attachments
        self.spool = SpooledTemporaryFile[bytes](max_size=MOST_IN_MEMORY)
        self.statements: bytearray | None = None
        self.parts: list[Part] = []
        self._headers: Headers | None = None
        self._offset = self._size = 0
        self._waiting = bytearray()
        self._hash = sha256()

    async def begin(self, headers: Headers) -> None:
        """The headers of the next part."""
        await self._end_part()
        if self.statements is None:
            _check_statements(headers)
            self.statements = bytearray()
            return
        _check_part(headers)
        if len(self.parts) == MOST_PARTS:
            raise TooLarge(f"The body has more than {MOST_PARTS:,} parts.")
        self._headers = headers
        self._offset += self._size
        self._size = 0
        self._hash = new_hash(_ALGORITHMS[len(headers["x-experience-api-hash"])])

    async def add(self, content: bytes) -> None:
        """More content of the part."""
        if self._headers is None:
            assert self.statements is not None  # noqa: S101  content comes after headers
            self.statements += content
            if len(self.statements) > self.max_body:
                raise bodies.too_large(self.max_body, bodies.MAX_BODY)
            return
        self._size += len(content)
        if self._size > self.max_attachment:
            raise bodies.too_large(self.max_attachment, MAX_ATTACHMENT, "attachment")
        if self._offset + self._size > self.max_attachments:
            raise bodies.too_large(self.max_attachments, MAX_ATTACHMENTS, "sum of the attachments")
        self._waiting += content
        if len(self._waiting) >= MOST_IN_MEMORY:
            await asyncio.to_thread(self._write)

    async def end(self) -> Received:
        """All parts have arrived."""
        await self._end_part()
        if self.statements is None:
            raise MalformedMultipart("The body has no parts; the first must be the statements.")
        return Received(bytes(self.statements), self.parts)

    async def _end_part(self) -> None:
        if self._headers is None:
            return
        if len(self._waiting) > PIECE:
            await asyncio.to_thread(self._write)
        else:
            self._write()
        declared, actual = self._headers["x-experience-api-hash"], self._hash.hexdigest()
        if declared != actual:
            rule = f"says {declared}, but the hash of the content that follows is {actual}"
            raise _malformed("X-Experience-API-Hash", rule)
        content_type = self._headers.get("content-type", "application/octet-stream")
        self.parts.append(Part(actual, content_type, self._size, self.spool, self._offset))

    def _write(self) -> None:
        try:
            self._hash.update(self._waiting)
            self.spool.write(self._waiting)
        except OSError as error:
            raise Unavailable("The store has no room for the attachments right now.") from error
        self._waiting.clear()


def _boundary(content_type: str) -> bytes:
    message = Message()
    message["content-type"] = content_type
    boundary = message.get_boundary() or ""
    if not _BOUNDARY.fullmatch(boundary):
        rule = "must give a boundary of 1 to 200 printable characters, as in multipart/mixed; boundary=abc"
        raise _malformed("Content-Type", rule)
    return boundary.encode("ascii")


def _check_statements(headers: Headers) -> None:
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise _malformed("Content-Type", "of the first part must be application/json: it is the statements")
    if headers.get("content-transfer-encoding", "binary").lower() not in ("binary", "8bit", "7bit"):
        raise _malformed("Content-Transfer-Encoding", "of the first part must be binary")


def _check_part(headers: Headers) -> None:
    if headers.get("content-transfer-encoding", "").lower() != "binary":
        raise _malformed("Content-Transfer-Encoding", "must be binary in each part after the first")
    sha2 = headers.get("x-experience-api-hash", "").lower()
    if len(sha2) not in _ALGORITHMS or not _SHA2.fullmatch(sha2):
        rule = "must be the sha2 of an attachment (64 digits for SHA-256) in each part after the first"
        raise _malformed("X-Experience-API-Hash", rule)
    headers["x-experience-api-hash"] = sha2


def _malformed(header: str, rule: str) -> LRSError:
    return MalformedMultipart(faults=[Fault(header, rule, SECTION)])
