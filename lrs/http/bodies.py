"""What does the client send? The body of a request, up to a limit and never waiting for ever."""

from __future__ import annotations

import asyncio
import types
from collections.abc import AsyncIterator, Awaitable, Generator
from typing import Any

from starlette.requests import Request
from starlette.types import Message

from lrs.errors import BadRequest, Fault, TooLarge
from lrs.http import headers

MAX_BODY = "LRS_MAX_BODY"


async def read(request: Request, *, limit: int, timeout: float, setting: str = MAX_BODY) -> bytes:  # noqa: ASYNC109
    """The whole body; TooLarge over the limit, BadRequest for one that is encoded, stalls or breaks off."""
    check(request, limit=limit, setting=setting)
    chunk, more = await _receive(request, timeout)
    if not more and len(chunk) <= limit:
        return chunk
    body = bytearray(chunk)
    while more and len(body) <= limit:
        chunk, more = await _receive(request, timeout)
        body += chunk
    if len(body) > limit:
        raise too_large(limit, setting)
    return bytes(body)


async def stream(request: Request, *, timeout: float) -> AsyncIterator[bytes]:  # noqa: ASYNC109
    """The body as it arrives; BadRequest for a client that pauses longer than the timeout or goes away."""
    more = True
    while more:
        chunk, more = await _receive(request, timeout)
        if chunk:
            yield chunk


def check(request: Request, *, limit: int, setting: str = MAX_BODY) -> None:
    """Refuse by its headers what would be refused after reading it."""
    encoding = headers.get(request.scope, b"content-encoding")
    if encoding is not None and encoding.strip().lower() != "identity":
        rule = "bodies are read as they are sent: send this one without a content encoding, or as identity"
        raise BadRequest(faults=[Fault("Content-Encoding", rule)])
    length = headers.get(request.scope, b"content-length")
    if length is None:
        return
    if not (length.isascii() and length.isdigit()):
        raise BadRequest(faults=[Fault("Content-Length", "must be a number of bytes")])
    # Longer numbers than these are too large without being converted: int() refuses 4,300 digits.
    if len(length) > 18 or int(length) > limit:
        raise too_large(limit, setting)


def too_large(limit: int, setting: str, what: str = "body") -> TooLarge:
    """The error that names the limit and who can raise it."""
    return TooLarge(
        f"The {what} is larger than the {limit:,} bytes that this store accepts (setting {setting})."
    )


async def _receive(request: Request, timeout: float) -> tuple[bytes, bool]:  # noqa: ASYNC109
    """The next piece of the body, and whether another follows."""
    receiving = request.receive().__await__()
    try:
        waiting = next(receiving)
    except StopIteration as arrived:
        # What is here already needs no timer, which would cost more than all the rest.
        message = arrived.value
    else:
        message = await _within(timeout, _finish(receiving, waiting))
    if message["type"] == "http.disconnect":
        raise BadRequest("The client went away before it had sent the whole body.")
    return message.get("body", b""), message.get("more_body", False)


async def _within(seconds: float, receiving: Awaitable[Message]) -> Message:
    try:
        async with asyncio.timeout(seconds):
            return await receiving
    except TimeoutError:
        raise BadRequest(
            f"The body stopped arriving for {seconds:g} seconds (setting LRS_BODY_TIMEOUT)."
        ) from None


@types.coroutine
def _finish(receiving: Generator[Any, Any, Message], waiting: Any) -> Generator[Any, Any, Message]:
    """Go on with a coroutine that is waiting for a future."""
    try:
        yield waiting
    except BaseException:
        receiving.close()
        raise
    return (yield from receiving)
