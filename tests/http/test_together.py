"""What becomes of an answer that is kept for a moment when its client has gone?"""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
import uvloop
from uvicorn import Config
from uvicorn.server import ServerState

from lrs.http.protocol import Protocol


class Late(Protocol):
    """Its client resets the connection just when an answer has been written."""

    def data_received(self, data: bytes) -> None:
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport.write(b"too late")
        super().connection_lost(ConnectionResetError())


async def nothing(_: Any, __: Any, ___: Any) -> None:
    """An application that is never asked."""


@pytest.mark.parametrize("loop", [uvloop.new_event_loop, asyncio.new_event_loop])
def test_what_comes_too_late_for_a_client_is_no_mistake_of_ours(loop: Any) -> None:
    mistakes = list[dict[str, Any]]()
    config = Config(app=nothing)

    async def serve() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, mistake: mistakes.append(mistake))
        make = lambda: Late(config=config, server_state=ServerState(), app_state={})  # noqa: E731
        async with await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0) as server:
            place = server.sockets[0].getsockname()
            with socket.create_connection(place) as client:
                client.setblocking(False)
                client.send(b"x")
                for _ in range(20):
                    await asyncio.sleep(0.01)

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(serve())
    assert mistakes == []
