"""How much do we take on at one time? So many connections, bytes of bodies and of answers; others get 503."""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lrs.errors import Overloaded
from lrs.http import headers
from lrs.http.holding import ANSWER, Answer, Answers
from lrs.http.refusals import refuse

# Bodies whose length has fewer digits are not counted: connections bound them.
DIGITS = 6
# Stands in the state of requests over a connection that is one too many.
FULL = "lrs.full"
# Requests that are told little, however much is stored.
TELLING = frozenset({"POST", "PUT", "DELETE"})
# This has to be told at any time.
HEALTH = frozenset({"/livez", "/readyz", "/metrics"})


class Pressure:
    """Bounds what half-sent bodies and half-read answers can take of the memory, however many there are.

    A body counts from its first byte until its request is answered, but never with more than the largest that
    is held in memory: attachments go to the disk.
    """

    def __init__(self, app: ASGIApp, *, largest: int, max_bodies: int, max_answers: int) -> None:
        self.app = app
        self.largest = largest
        self.max_bodies = max(largest, max_bodies)
        self.answers = Answers(max_answers)
        self._held = 0

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http" or (_is_small(scope) and FULL not in scope["state"]):
            return self.app(scope, receive, send)
        if FULL in scope["state"] and scope["path"] not in HEALTH:
            error = Overloaded(
                "The store has as many connections as it accepts (setting LRS_MAX_CONNECTIONS)."
            )
            return refuse(scope, receive, send, error, Connection="close")
        return self._count(scope, receive, send)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        held = 0

        async def counted() -> Message:
            nonlocal held
            message = await receive()
            more = min(len(message.get("body", b"")), self.largest - held)
            if self._held + more > self.max_bodies:
                raise Overloaded(
                    "The store is reading as many bodies as it has room for (setting LRS_MAX_BODIES)."
                )
            held += more
            self._held += more
            return message

        answer = scope["state"][ANSWER] = Answer(self.answers)
        try:
            await self.app(scope, counted, answer.in_pieces(send))
        finally:
            self._held -= held
            answer.takes(0)


def _is_small(scope: Scope) -> bool:
    """Neither has it a large body, nor can it have a large answer, as a GET in the alternate syntax can."""
    if scope["method"] not in TELLING or b"method=" in scope["query_string"]:
        return False
    length = headers.get(scope, b"content-length")
    if length is None:
        return headers.get(scope, b"transfer-encoding") is None
    return len(length) < DIGITS
