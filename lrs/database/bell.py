"""When can the socket of a connection be read? A bell hangs there from trip to trip: hanging it up is dear.

It must be taken down before anybody else uses the connection: the loop would look at a socket that is gone.
"""

from __future__ import annotations

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import Connection
from psycopg.waiting import Ready, Wait


class Bell:
    """The bell of one connection on one event loop."""

    def __init__(self, socket: int, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._socket = socket
        self._hangs = False
        self._awaited: asyncio.Future[int] | None = None

    async def rings(self, wanted: Wait) -> int:
        """Wait until there is something to read, or room to write where that is wanted."""
        awaited: asyncio.Future[int] = self.loop.create_future()
        self._awaited = awaited
        if not self._hangs:
            self.loop.add_reader(self._socket, self._ring)
            self._hangs = True
        if wanted & Wait.W:
            self.loop.add_writer(self._socket, _tell, awaited, Ready.W)
        try:
            return await awaited
        finally:
            self._awaited = None
            if wanted & Wait.W:
                self.loop.remove_writer(self._socket)

    def take_down(self) -> None:
        """Nobody waits any longer."""
        if self._hangs and not self.loop.is_closed():
            self.loop.remove_reader(self._socket)
        self._hangs = False

    def _ring(self) -> None:
        if self._awaited is None:
            self.take_down()  # what came unasked lies there until the next trip, and would ring without end
        else:
            _tell(self._awaited, Ready.R)


_bells: WeakKeyDictionary[Connection[Any], Bell] = WeakKeyDictionary()


def of(connection: Connection[Any]) -> Bell:
    """The bell of this connection on the running loop."""
    loop = asyncio.get_running_loop()
    bell = _bells.get(connection)
    if bell is None or bell.loop is not loop:
        bell = _bells[connection] = Bell(connection.pgconn.socket, loop)
    return bell


def take_down(connection: Connection[Any]) -> None:
    """Before the connection goes to somebody else, or is closed."""
    if bell := _bells.pop(connection, None):
        bell.take_down()


def _tell(awaited: asyncio.Future[int], state: int) -> None:
    if not awaited.done():
        awaited.set_result(state)
