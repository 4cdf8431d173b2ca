"""Which statements does this request bring? Their own texts, and the contents that came with them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from starlette.requests import Request

from lrs.errors import BadRequest, Fault, TooLarge
from lrs.http import bodies, headers, multipart
from lrs.http.context import context
from lrs.http.multipart import Part, Received
from lrs.settings import Settings
from lrs.xapi import raw

# Each object, array and value costs time in which nobody else is served.
MOST_VALUES, MOST_VALUES_OF_A_STATEMENT = 2_000_000, 100_000
_BLANKS = b" \t\n\r"
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)


class Batch(NamedTuple):
    """The statements of a request, not yet parsed, and the contents that came with them."""

    texts: list[bytes]
    parts: Sequence[Part]
    single: bool
    max_nesting: int

    def at(self, number: int) -> str:
        """The pointer to one of the statements."""
        return "" if self.single else f"/{number}"


async def read(request: Request) -> Batch:
    """The statements in the body, as JSON or multipart/mixed (Communication 1.5); TooLarge, MalformedJSON."""
    settings = context(request).settings
    return of(await _receive(request, settings), settings)


def of(received: Received, settings: Settings) -> Batch:
    """The statements of what was received; TooLarge, MalformedJSON."""
    body = received.statements
    _limit(body, MOST_VALUES, "A body")
    single = not body.lstrip(_BLANKS).startswith(b"[")
    texts = [body] if single else _split(body, settings)
    if len(texts) > settings.max_batch:
        most = f"at most {settings.max_batch} statements (setting LRS_MAX_BATCH)"
        raise TooLarge(f"A request may bring {most}, not {len(texts)}.")
    for text in texts:
        _limit(text, MOST_VALUES_OF_A_STATEMENT, "A statement")
    # The array around them is a level of its own.
    return Batch(texts, received.parts, single, settings.max_nesting - (not single))


async def _receive(request: Request, settings: Settings) -> Received:
    media_type = (headers.get(request.scope, b"content-type") or "").partition(";")[0].strip().lower()
    limits: dict[str, Any] = {"timeout": settings.body_timeout}
    if media_type == "multipart/mixed":
        return await multipart.receive(
            request,
            max_body=settings.max_body,
            max_attachment=settings.max_attachment,
            max_attachments=settings.max_attachments,
            **limits,
        )
    if media_type != "application/json":
        fault = Fault("Content-Type", "must be application/json or multipart/mixed", "Communication 1.5")
        raise BadRequest(faults=[fault])
    return Received(await bodies.read(request, limit=settings.max_body, **limits), [])


def _split(body: bytes, settings: Settings) -> list[bytes]:
    try:
        return raw.split(body)
    except (msgspec.DecodeError, RecursionError):
        raw.parse(body, max_depth=settings.max_nesting)  # which says what is wrong, and where
        raise


def _limit(text: bytes, most: int, what: str) -> None:
    if len(text) <= most:
        return  # what is that short cannot have so many
    if _count(text) > most and _count(_STRING.sub(b"", text)) > most:
        raise TooLarge(f"{what} may have at most {most:,} objects, arrays and values.")


def _count(text: bytes) -> int:
    return sum(text.count(sign) for sign in (b"{", b"[", b","))
