"""Which way does nearly every statement go? From the parser to the writer and back, past all layers.

A task, a scope and six layers cost more than to check a statement and to commit it with others. What is not
usual goes the long way, as if it had come by it from the beginning; what fails to commit is told there, too.
"""

from __future__ import annotations

import asyncio
import time

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from lrs.auth.caller import Caller
from lrs.errors import LRSError
from lrs.http import intake, observe, usual
from lrs.http.admission import CALLER
from lrs.http.pressure import FULL
from lrs.http.statements import FAILED
from lrs.http.usual import Usual
from lrs.log.writer import Outcome

PATH = "/xapi/statements"
_URL = PATH.encode()
# Many clients send head and body apart; who takes longer is timed by the long way.
SECONDS_FOR_THE_REST = 0.05
_OK = b"HTTP/1.1 200 OK\r\n"


class ShortWay(HttpToolsProtocol):
    """A usual POST of statements is stored without a task; everything else passes through."""

    # The pieces of a body, while it may be that of a usual request, and until when that is waited for.
    _pieces: list[bytes] | None = None
    _waiting: asyncio.TimerHandle | None = None
    _began = 0.0

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._pieces is None:
            return
        if self.expect_100_continue or sum(map(len, self._pieces)) > intake.BREATH:
            self._go_long()
        elif self._waiting is None:
            self._waiting = self.loop.call_later(SECONDS_FOR_THE_REST, self._go_long)

    def shutdown(self) -> None:
        if self._pieces is not None:
            self._go_long()  # where it is answered before the connection closes
        super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        self._taken()
        super().connection_lost(exc)

    def on_headers_complete(self) -> None:
        if self._may_be_usual():
            self._began = time.perf_counter()
            self._pieces = []
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if self._pieces is None:
            super().on_body(body)
        else:
            self._pieces.append(body)

    def on_message_complete(self) -> None:
        if self._pieces is not None:
            if self._goes_short(b"".join(self._pieces)):
                self._taken()
                return
            self._go_long()
        super().on_message_complete()

    def answer(self, headers: bytes, body: bytes, *, keep_alive: bool) -> None:
        """Send the answer of a request that went the short way."""
        own = b"".join([b"%b: %b\r\n" % each for each in self.server_state.default_headers])
        end = b"\r\n" if keep_alive else b"connection: close\r\n\r\n"
        self.transport.write(b"".join((_OK, own, headers, end, body)))
        if not keep_alive:
            self.transport.close()
        self.on_response_complete()

    def fail(self, storing: Storing, caller: Caller, error: Exception) -> None:
        """Let the long way tell what went wrong."""
        usual = {"method": "POST", "path": PATH, "raw_path": PATH.encode(), "query_string": b""}
        scope = {**storing.scope, **usual, FAILED: error, CALLER: caller}
        cycle = RequestResponseCycle(
            scope=scope,  # type: ignore[arg-type]
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=storing.keep_alive,
            on_response=self.on_response_complete,
        )
        cycle.more_body, cycle.disconnected = False, storing.disconnected
        if self.cycle is storing:  # type: ignore[comparison-overlap]  # and not one that came after it
            self.cycle = cycle
        self._start_asgi_task(cycle, self.app)

    def _may_be_usual(self) -> bool:
        cycle = self.cycle
        return (
            self.url == _URL
            and (cycle is None or cycle.response_complete)
            and self.parser.get_method() == b"POST"
            and self.parser.get_http_version() == "1.1"
            and not self.flow.write_paused
            and FULL not in self.app_state
        )

    def _goes_short(self, body: bytes) -> bool:
        rooms, began = self.app_state["context"], self._began
        found = usual.of(rooms, self.headers, body)
        if found is None:
            return False
        storing = Storing(self, found, began)
        try:
            rooms.statements.enqueue(found.caller.tenant, found.entries, storing.tell)
        except LRSError:
            return False
        self.cycle = storing  # type: ignore[assignment]
        return True

    def _go_long(self) -> None:
        """Begin as uvicorn does, with what has come of the body."""
        pieces = self._taken()
        super().on_headers_complete()
        for each in pieces:
            super().on_body(each)

    def _taken(self) -> list[bytes]:
        pieces, self._pieces = self._pieces or [], None
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        return pieces


class Storing:
    """A usual request on its way into the log; to uvicorn the connection's cycle, as far as it needs one."""

    __slots__ = (
        "_began", "_connection", "_usual", "disconnected", "keep_alive", "message_event", "response_complete",
        "scope",
    )  # fmt: skip

    def __init__(self, connection: ShortWay, usual: Usual, began: float) -> None:
        self._connection = connection
        self._usual = usual
        self._began = began
        self.scope = connection.scope
        self.keep_alive = connection.parser.should_keep_alive()
        self.message_event = _NOBODY
        self.disconnected = False
        self.response_complete = False

    def tell(self, outcome: Outcome) -> None:
        """Answer when it is stored; what went wrong instead is told by the long way."""
        if isinstance(outcome, Exception):
            self._connection.fail(self, self._usual.caller, outcome)
            return
        self.response_complete = True
        if not self.disconnected:
            headers, body = self._usual.answer(outcome)
            self._connection.answer(headers, body, keep_alive=self.keep_alive)
        observe.note("POST", PATH, PATH, 200, self._began, self._usual.request_id)


class _Nobody:
    """Who waits for more of the body."""

    def set(self) -> None:
        """It is there."""


_NOBODY = _Nobody()
