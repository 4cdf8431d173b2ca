"""HTTP by hand, for what no client library would send."""

from __future__ import annotations

import base64
import socket
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.client import Client
from tests.hostile.target import Target

PATIENCE = 10


@dataclass(frozen=True)
class Answer:
    """One answer; status 0 where the server said nothing and closed or waited."""

    status: int
    headers: dict[str, str]
    body: bytes


NOTHING = Answer(0, {}, b"")


def basic(lrs: Client) -> bytes:
    """The header that lets the client in."""
    return b"Authorization: Basic " + base64.b64encode(f"{lrs.key}:{lrs.secret}".encode())


def request(line: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    """A request as it goes over the wire; nothing is checked or added."""
    return b"\r\n".join([line, *headers, b"", body])


def ask(
    target: Target, pieces: bytes | Iterable[bytes], *, pause: float = 0, patience: float = PATIENCE
) -> Answer:
    """Send pieces over one connection; the first answer, NOTHING where the server closes it without one."""
    return next(iter(ask_all(target, pieces, at_most=1, pause=pause, patience=patience)), NOTHING)


def ask_all(
    target: Target,
    pieces: bytes | Iterable[bytes],
    *,
    at_most: int,
    pause: float = 0,
    patience: float = PATIENCE,
) -> list[Answer]:
    """So many answers, or fewer where the server closes the connection or says no more."""
    received, answers = b"", []
    with socket.create_connection(target.address, timeout=patience) as connection:
        try:
            for piece in [pieces] if isinstance(pieces, bytes) else pieces:
                connection.sendall(piece)
                time.sleep(pause)
        except ConnectionError:
            pass  # it has heard enough, and what it says counts
        bodies = not (isinstance(pieces, bytes) and pieces.startswith(b"HEAD "))
        try:
            while len(answers) < at_most and (piece := connection.recv(1 << 16)):
                received += piece
                answers = list(_answers(received, bodies=bodies))
        except (ConnectionError, TimeoutError):
            pass
    return answers


def leave(target: Target, *pieces: bytes, pause: float = 0) -> None:
    """Send something and go away without waiting for an answer."""
    with socket.create_connection(target.address, timeout=PATIENCE) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)


def _answers(received: bytes, *, bodies: bool) -> Iterator[Answer]:
    """Those that are complete, without the invitations to go on (100)."""
    while b"\r\n\r\n" in received:
        head, _, rest = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        status = int(first.split()[1])
        length = int(headers.get("content-length", 0)) if bodies and status != 100 else 0
        if len(rest) < length:
            return
        if status != 100:
            yield Answer(status, headers, rest[:length])
        received = rest[length:]
