"""How long may a client speak, or be silent, before it has asked for anything? uvicorn's protocol, bounded.

The parser beneath takes a head, a chunk's extension or a trailer of any length, and waits for them for ever.
What is done for every request is done in data_received alone: each callback of the parser would cost more.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from lrs.http.pressure import FULL
from lrs.http.short import ShortWay
from lrs.http.together import Together

MOST_UNREAD = 64 * 1024
SECONDS_FOR_A_HEAD = 30.0
SECONDS_WHEN_FULL = 3.0


class Protocol(ShortWay):
    """A head that is too long is answered 431, one that takes too long 408; who takes no answer is left."""

    _unread = 0
    _newest: RequestResponseCycle | None = None
    _patience: asyncio.TimerHandle | None = None
    _seconds: float | None = None
    _reading: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # uvicorn would turn away what comes over the connections that it has taken already, all at once.
        self._most, self.limit_concurrency = self.limit_concurrency, None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(Together(transport, self.loop))  # type: ignore[arg-type]
        if self._most is not None and len(self.connections) > self._most:
            self.app_state = {**self.app_state, FULL: True}
            self._seconds = SECONDS_WHEN_FULL
            self.timeout_keep_alive = 0
        self._be_patient()

    def shutdown(self) -> None:
        """The server stops: who follows the log would never be done by itself."""
        if rooms := self.app_state.get("context"):
            rooms.following.close()
        super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        self._be_at_ease()
        self._has_read()
        cast(Together, self.transport).drop()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        seconds = self.app_state["context"].settings.answer_timeout
        self._reading = self.loop.call_later(seconds, self.transport.abort)

    def resume_writing(self) -> None:
        self._has_read()
        super().resume_writing()

    def on_body(self, body: bytes) -> None:
        self._unread = 0
        super().on_body(body)

    def data_received(self, data: bytes) -> None:
        self._unread += len(data)
        super().data_received(data)
        cycle = self.cycle
        if cycle is not self._newest:
            self._newest = cycle
            self._unread = 0
            if self._patience is not None:
                self._be_at_ease()
        elif self._unread > MOST_UNREAD:
            self._refuse(b"431 Request Header Fields Too Large")
        # The scope of a head that is not complete is not yet that of a cycle.
        if self._patience is None and (cycle.scope is not self.scope or cycle.response_complete):
            self._be_patient()

    def _be_patient(self) -> None:
        seconds = self._seconds or SECONDS_FOR_A_HEAD
        self._patience = self.loop.call_later(seconds, self._give_up)

    def _give_up(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._be_patient()  # it waits for us: the request before is not answered yet
        else:
            self._refuse(b"408 Request Timeout")

    def _be_at_ease(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _has_read(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _refuse(self, status: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 %b\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" % status)
            self.transport.close()
