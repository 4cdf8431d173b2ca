"""A client of server-sent events, as a browser reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx


class Message(NamedTuple):
    """One block of a stream; what is only a sign of life has neither topic nor data."""

    id: str
    topic: str
    data: Any


@contextmanager
def streaming(
    server_url: str, key: tuple[str, str], *, headers: dict[str, str] | None = None, **parameters: Any
) -> Iterator[Iterator[Message]]:
    """The messages of the log from a position on, each as soon as it is there."""
    with httpx.stream(
        "GET", f"{server_url}/log/stream", params=parameters, auth=key, headers=headers, timeout=30
    ) as response:
        if response.is_error:
            response.read()
        response.raise_for_status()
        yield _messages(_lines(response))


def events(messages: Iterator[Message], count: int) -> list[Message]:
    """So many of them, signs of life left out."""
    found: list[Message] = []
    while len(found) < count:
        if (message := next(messages)).topic:
            found.append(message)
    return found


def _lines(response: httpx.Response) -> Iterator[str]:
    """Only what WHATWG HTML 9.2.5 calls a line's end is one: httpx would take U+2028 for another."""
    rest = b""
    for piece in response.iter_bytes():
        *lines, rest = (rest + piece).split(b"\n")
        yield from (line.decode() for line in lines)


def _messages(lines: Iterator[str]) -> Iterator[Message]:
    fields: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        if line:
            fields.setdefault(name, []).append(value.removeprefix(" "))
        elif "id" in fields:
            data = "\n".join(fields.get("data", []))
            yield Message(fields["id"][0], fields.get("event", [""])[0], json.loads(data) if data else None)
        if not line:
            fields = {}
