"""How many packets is an answer? One: its head and its body leave together, for one call of the kernel."""

from __future__ import annotations

import asyncio
from typing import Any

# What is larger leaves at once: there is nothing to gain, and memory to lose.
MOST_BYTES = 64 * 1024


class Together:
    """A transport that keeps what is written until the event loop gets its turn."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._kept: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write it soon, with what else there is."""
        if not self._kept:
            self._loop.call_soon(self.flush)
        self._kept.append(data)
        self._size += len(data)
        if self._size > MOST_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write it now."""
        if self._kept:
            self._transport.write(b"".join(self._kept))
            self.drop()

    def drop(self) -> None:
        """Keep nothing more, as when the connection is lost: uvloop would not take it any longer."""
        self._kept.clear()
        self._size = 0

    def close(self) -> None:
        """Close the connection after what was written."""
        self.flush()
        self._transport.close()
