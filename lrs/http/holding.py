"""How much of the memory do answers take that their clients do not read? So much; more is told 503.

An answer counts from when it is read from the database until it is sent. It leaves in pieces, each after the
client has taken those before; given to the server at once, all of it would wait there, where nobody counts.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import ParamSpec, TypeVar

from starlette.requests import Request
from starlette.types import Message, Send

from lrs.errors import Overloaded
from lrs.http.context import context

# Larger than what waits for company in `together`: so it leaves uncopied.
PIECE = 128 * 1024
# Stands in the state of a request that may have a large answer.
ANSWER = "lrs.answer"

P = ParamSpec("P")
T = TypeVar("T")


class Answers:
    """All answers of this process that are read but not sent, in bytes."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._held = 0
        self._lock = Lock()

    def check(self) -> None:
        """Overloaded where there is no room for one more."""
        if self._held >= self.most:
            raise Overloaded(
                "The store is sending as many answers as it has room for (setting LRS_MAX_ANSWERS)."
            )

    def add(self, size: int) -> None:
        """Count so much more or, below 0, less; from any thread."""
        with self._lock:
            self._held += size


class Answer:
    """One answer of these, and how much it takes."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self._size = 0

    def takes(self, size: int) -> None:
        """From now on it takes so much."""
        self.answers.add(size - self._size)
        self._size = size

    def in_pieces(self, send: Send) -> Send:
        """A `send` that lets the client take one piece after the other."""

        async def sent(message: Message) -> None:
            body = message.get("body", b"")
            if len(body) <= PIECE:
                return await send(message)
            self.takes(max(self._size, len(body)))
            for start in range(0, len(body), PIECE):
                await send({**message, "body": body[start : start + PIECE], "more_body": True})
            if not message.get("more_body", False):
                await send({**message, "body": b""})  # which waits for the last piece, too
            return None

        return sent


async def read(
    request: Request, size: Callable[[T], int], function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Call it in a thread of the database and count what it has read; Overloaded where there is no room.

    Both in the thread: requests that wait for one have read nothing, and so only few can read too much.
    """
    answer: Answer = request.scope["state"][ANSWER]

    def reading() -> T:
        answer.answers.check()
        found = function(*args, **kwargs)
        answer.takes(size(found))
        return found

    return await context(request).database.run(reading)


def takes(request: Request, size: int) -> None:
    """The answer has been made of what was read: this is what it takes until it is sent."""
    answer: Answer = request.scope["state"][ANSWER]
    answer.takes(size)
