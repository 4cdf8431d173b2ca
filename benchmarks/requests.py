"""Which bytes does a client send? HTTP/1.1 requests, ready to be written to a connection."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from urllib.parse import urlencode

Key = tuple[str, str]


def post(key: Key, body: bytes, *, version: str = "2.0.0") -> bytes:
    """Store what is in the body."""
    head = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"POST /xapi/statements HTTP/1.1\r\n{_common(key, version)}{head}\r\n".encode() + body


def batches(key: Key, texts: Sequence[bytes], size: int, *, version: str = "2.0.0") -> list[bytes]:
    """Store all of these, so many in a request."""
    rest = iter(texts)
    return [
        post(key, b"[" + b",".join(some) + b"]", version=version)
        for some in iter(lambda: _some(rest, size), [])
    ]


def get(key: Key, parameters: Mapping[str, str], *, version: str = "2.0.0") -> bytes:
    """Find statements."""
    path = f"/xapi/statements?{urlencode(parameters)}"
    return f"GET {path} HTTP/1.1\r\n{_common(key, version)}\r\n".encode()


def read(key: Key, path: str) -> bytes:
    """Read what projections say."""
    return f"GET {path} HTTP/1.1\r\n{_authorized(key)}\r\n".encode()


def headers(key: Key) -> Mapping[str, str]:
    """What says who is asking."""
    return {"Authorization": f"Basic {base64.b64encode(':'.join(key).encode()).decode()}"}


def _some(rest: Iterator[bytes], size: int) -> list[bytes]:
    return list(islice(rest, size))


def _common(key: Key, version: str) -> str:
    return f"{_authorized(key)}X-Experience-API-Version: {version}\r\n"


def _authorized(key: Key) -> str:
    return f"Host: localhost\r\nAuthorization: {headers(key)['Authorization']}\r\n"
