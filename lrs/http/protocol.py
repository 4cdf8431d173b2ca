"""How long may a client speak, or be silent, before it has asked for anything? uvicorn's protocol, bounded.

The parser beneath takes a head, a chunk's extension or a trailer of any length, and waits for them for ever.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_UNREAD = 64 * 1024
SECONDS_FOR_A_HEAD = 30.0


class Protocol(HttpToolsProtocol):
    """A head that is too long is answered 431, and one that takes too long 408."""

    _unread = 0
    _in_head = True
    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._be_patient()

    def connection_lost(self, exc: Exception | None) -> None:
        self._be_at_ease()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._unread += len(data)
        super().data_received(data)
        if self._unread > MOST_UNREAD:
            self._refuse(b"431 Request Header Fields Too Large")
        elif self._in_head and self._patience is None:
            self._be_patient()

    def on_message_begin(self) -> None:
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._unread = 0
        self._in_head = False
        self._be_at_ease()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unread = 0
        super().on_message_complete()

    def _be_patient(self) -> None:
        self._patience = self.loop.call_later(SECONDS_FOR_A_HEAD, self._give_up)

    def _give_up(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._be_patient()  # it waits for us: the request before is not answered yet
        else:
            self._refuse(b"408 Request Timeout")

    def _be_at_ease(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _refuse(self, status: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 %b\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" % status)
            self.transport.close()
