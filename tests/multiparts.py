"""Builds multipart bodies as clients send them, and reads them as a client would."""

from __future__ import annotations

import hashlib
from email import message_from_bytes, policy
from email.message import Message
from typing import Any, NamedTuple

from tests.client import a_statement

BOUNDARY = "-------314159265358979323846"
MULTIPART = {"Content-Type": f"multipart/mixed; boundary={BOUNDARY}"}


class Answered(NamedTuple):
    """One part of an answer."""

    headers: dict[str, str]
    content: bytes


def sha2_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def a_part(content: bytes, **headers: str | None) -> tuple[dict[str, str], bytes]:
    """An attachment's part; headers replace or add, None leaves one out."""
    every: dict[str, str | None] = {
        "Content-Type": "text/plain",
        "Content-Transfer-Encoding": "binary",
        "X-Experience-API-Hash": sha2_of(content),
    }
    every |= {name.replace("_", "-"): value for name, value in headers.items()}
    return {name: value for name, value in every.items() if value is not None}, content


def a_body(statements: bytes, *parts: tuple[dict[str, str], bytes], boundary: str = BOUNDARY) -> bytes:
    """A whole body as RFC 2046 writes it."""
    first = ({"Content-Type": "application/json"}, statements)
    written = [
        b"--%b\r\n%b\r\n%b\r\n" % (boundary.encode(), _lines(headers), content)
        for headers, content in (first, *parts)
    ]
    return b"".join(written) + f"--{boundary}--\r\n".encode()


def a_statement_with(*contents: bytes, **members: Any) -> dict[str, Any]:
    """A statement that announces these contents."""
    attachments = [
        {
            "usageType": "http://example.com/usage/test",
            "display": {"en": "A test"},
            "contentType": "text/plain",
            "length": len(content),
            "sha2": sha2_of(content),
        }
        for content in contents
    ]
    return a_statement(attachments=attachments, **members)


def read_answer(content_type: str, body: bytes) -> list[Answered]:
    """The parts of an answer, read by the standard library's mail reader."""
    message = message_from_bytes(
        b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body, policy=policy.HTTP
    )
    assert message.is_multipart()
    assert not message.defects
    return [Answered(dict(part.items()), _bytes(part)) for part in message.iter_parts()]


def _lines(headers: dict[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content
