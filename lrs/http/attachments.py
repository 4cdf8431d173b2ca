"""How do statements and their attachments go out together? As multipart/mixed, streamed (Data 2.4.11)."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from lrs.http import holding
from lrs.http.context import context
from lrs.store.blobs import CHUNK, Blobs
from lrs.store.statements import Blob

AT_ONCE = 4 * CHUNK
# Of contents on their way: as they were read, and put together.
MEMORY = 2 * AT_ONCE


def answer(request: Request, body: bytes, tenant: str, blobs: Sequence[Blob]) -> Response:
    """The JSON of the statements as the first part, then each content once, whoever refers to it."""
    boundary = secrets.token_hex(16)  # 128 random bits stand in no content.
    blobs = list({blob.sha2: blob for blob in blobs}.values())
    heads = {blob.sha2: _head(boundary, blob) for blob in blobs}
    first = b"--%b\r\nContent-Type: application/json\r\n\r\n%b" % (boundary.encode(), body)
    last = f"\r\n--{boundary}--\r\n".encode()
    length = len(first) + sum(map(len, heads.values())) + sum(blob.size for blob in blobs) + len(last)
    headers = {"Content-Type": f"multipart/mixed; boundary={boundary}", "Content-Length": str(length)}
    holding.takes(request, len(first) + min(2 * sum(blob.size for blob in blobs), MEMORY))
    if request.method == "HEAD":
        return Response(headers=headers)
    return StreamingResponse(
        _stream(context(request).blobs, tenant, first, blobs, heads, last), headers=headers
    )


async def _stream(
    store: Blobs, tenant: str, first: bytes, blobs: Sequence[Blob], heads: dict[bytes, bytes], last: bytes
) -> AsyncIterator[bytes]:
    yield first
    for together in _groups(blobs):
        if together[0].size > AT_ONCE:
            (blob,) = together
            yield heads[blob.sha2]
            async for chunk in _chunks(store, tenant, blob):
                yield chunk
        else:
            sha2s = [blob.sha2 for blob in together]
            contents = await store.database.run(store.read_small, tenant, sha2s)
            yield b"".join([part for sha2 in sha2s for part in (heads[sha2], contents[sha2])])
    yield last


async def _chunks(store: Blobs, tenant: str, blob: Blob) -> AsyncIterator[bytes]:
    number = 0
    while (chunk := await store.database.run(store.chunk, tenant, blob.sha2, number)) is not None:
        yield chunk
        number += 1


def _groups(blobs: Iterable[Blob]) -> Iterator[list[Blob]]:
    """Small ones together, one query for as many as memory is meant to hold; a large one by itself."""
    group: list[Blob] = []
    size = 0
    for blob in blobs:
        if group and size + blob.size > AT_ONCE:
            yield group
            group, size = [], 0
        group.append(blob)
        size += blob.size
    if group:
        yield group


def _head(boundary: str, blob: Blob) -> bytes:
    lines = (
        f"\r\n--{boundary}",
        f"Content-Type: {blob.content_type}",
        "Content-Transfer-Encoding: binary",
        f"X-Experience-API-Hash: {blob.sha2.hex()}",
        f"Content-Length: {blob.size}",
        "\r\n",
    )
    return "\r\n".join(lines).encode("latin-1", "replace")
