"""What becomes of the bodies that clients send: whole, too large, encoded, stalled and broken off."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message

from lrs.errors import BadRequest, TooLarge
from lrs.http import bodies

LIMIT = 1000


def a_request(pieces: Sequence[bytes], *, disconnects: bool = False, **headers: str) -> Request:
    """A request whose body arrives in these pieces, as a server hands them over."""
    messages: list[Message] = [
        {"type": "http.request", "body": piece, "more_body": disconnects or number < len(pieces)}
        for number, piece in enumerate(pieces, 1)
    ]
    arriving = iter([*messages, {"type": "http.disconnect"}])

    async def receive() -> Message:
        return next(arriving)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "headers": named}, receive)


def read(request: Request, **options: Any) -> bytes:
    return asyncio.run(bodies.read(request, **{"limit": LIMIT, "timeout": 5, **options}))


@given(st.binary(max_size=LIMIT), st.lists(st.integers(0, LIMIT), max_size=8))
def test_a_body_is_the_same_in_whatever_pieces_it_arrives(body: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(cuts), LIMIT]
    pieces = [body[start:end] for start, end in pairwise(places)]
    assert read(a_request(pieces)) == body


@pytest.mark.parametrize("pieces", [[b"x" * (LIMIT + 1)], [b"x" * LIMIT, b"x"], [b"x"] * (LIMIT + 1)])
def test_a_body_over_the_limit_is_too_large(pieces: list[bytes]) -> None:
    with pytest.raises(TooLarge, match=r"1,000 bytes .*LRS_MAX_DOCUMENT"):
        read(a_request(pieces), setting="LRS_MAX_DOCUMENT")


def test_a_body_of_exactly_the_limit_is_read() -> None:
    assert len(read(a_request([b"x" * (LIMIT - 1), b"x"]))) == LIMIT


@pytest.mark.parametrize("length", ["1001", "9" * 30, "9" * 5000])
def test_a_length_over_the_limit_is_refused_before_anything_is_read(length: str) -> None:
    async def receive() -> Message:
        raise AssertionError("nothing should be read")

    headers = [(b"content-length", length.encode())]
    with pytest.raises(TooLarge):
        read(Request({"type": "http", "method": "POST", "headers": headers}, receive))


@pytest.mark.parametrize("length", ["-1", "many", "", "1.5", "\u00b2"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    with pytest.raises(BadRequest, match="Content-Length"):
        read(a_request([b"x"], content_length=length))


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip", "nonsense"])
def test_an_encoded_body_is_refused(encoding: str) -> None:
    with pytest.raises(BadRequest, match="Content-Encoding"):
        read(a_request([b"x"], content_encoding=encoding))


@pytest.mark.parametrize("encoding", ["identity", " Identity "])
def test_identity_is_no_encoding(encoding: str) -> None:
    assert read(a_request([b"x"], content_encoding=encoding)) == b"x"


def test_a_client_that_goes_away_is_refused() -> None:
    with pytest.raises(BadRequest, match="went away"):
        read(a_request([b"x"], disconnects=True))


def test_a_client_that_pauses_too_long_is_refused_and_waited_for_no_more() -> None:
    never = asyncio.Event()

    async def receive() -> Message:
        await never.wait()
        return {"type": "http.request", "body": b"x"}

    request = Request({"type": "http", "method": "POST", "headers": []}, receive)
    with pytest.raises(BadRequest, match=r"0\.05 seconds .*LRS_BODY_TIMEOUT"):
        read(request, timeout=0.05)


def test_a_client_may_pause_again_and_again() -> None:
    pieces = iter([b"slow", b" and", b" steady"])

    async def receive() -> Message:
        await asyncio.sleep(0.04)
        piece = next(pieces)
        return {"type": "http.request", "body": piece, "more_body": piece != b" steady"}

    request = Request({"type": "http", "method": "POST", "headers": []}, receive)
    assert read(request, timeout=0.1) == b"slow and steady"


def test_cancelling_reaches_the_waiting_receive() -> None:
    ended = []

    async def receive() -> Message:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)
        return {"type": "http.disconnect"}

    async def cancel() -> None:
        request = Request({"type": "http", "method": "POST", "headers": []}, receive)
        reading = asyncio.create_task(bodies.read(request, limit=LIMIT, timeout=5))
        await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading

    asyncio.run(cancel())
    assert ended


def test_a_stream_yields_the_pieces_that_have_something_in_them() -> None:
    async def collect() -> list[bytes]:
        return [piece async for piece in bodies.stream(a_request([b"a", b"", b"b", b""]), timeout=5)]

    assert asyncio.run(collect()) == [b"a", b"b"]
