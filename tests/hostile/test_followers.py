"""Those who follow the log and do not read: they cost the store next to nothing, and miss nothing."""

from __future__ import annotations

import json
import socket
import time
from contextlib import ExitStack, closing
from http.client import HTTPResponse

from tests.client import Client, a_statement
from tests.hostile.target import Target
from tests.hostile.wire import basic

LARGE = 200_000


def a_follower(target: Target, lrs: Client, after: int = 0) -> socket.socket:
    """A connection that has asked for the stream, and reads nothing of it; small buffers on its side."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(target.address)
    lines = [b"GET /log/stream?after=%d HTTP/1.1" % after, b"Host: localhost", basic(lrs), b"", b""]
    connection.sendall(b"\r\n".join(lines))
    return connection


def positions(connection: socket.socket, last: int) -> list[int]:
    """What was waiting for it, up to a position."""
    connection.settimeout(20)
    found: list[int] = []
    with closing(HTTPResponse(connection)) as answer:
        answer.begin()
        for line in answer:
            if line.startswith(b"data: "):
                found.append(json.loads(line[6:])["position"])
                if found[-1] == last:
                    break
    return found


def test_who_does_not_read_takes_no_memory_and_misses_nothing(target: Target, lrs: Client) -> None:
    lrs.post(a_statement())
    with ExitStack() as stack:
        crowd = [stack.enter_context(closing(a_follower(target, lrs))) for _ in range(20)]
        time.sleep(0.5)
        with target.observed() as observed:
            for _ in range(30):  # 60 MB, of which nobody reads a byte
                lrs.post([a_statement(result={"response": "x" * LARGE}) for _ in range(10)])
            time.sleep(0.5)
        assert observed.memory < 150, observed
        assert observed.waited < 1, observed
        assert positions(crowd[0], 302) == list(range(1, 303))


def test_who_begins_at_the_beginning_keeps_nobody_waiting(target: Target, lrs: Client) -> None:
    for _ in range(20):
        lrs.post([a_statement() for _ in range(500)])
    with ExitStack() as stack, target.observed() as observed:
        crowd = [stack.enter_context(closing(a_follower(target, lrs))) for _ in range(5)]
        for each in crowd:
            assert len(positions(each, 10_001)) == 10_001
    assert observed.waited < 1, observed


def test_those_who_went_away_are_forgotten(target: Target, lrs: Client) -> None:
    lrs.post([a_statement(result={"response": "x" * LARGE}) for _ in range(20)])
    with target.observed() as observed:
        for _ in range(100):
            a_follower(target, lrs).close()
        lrs.post(a_statement())
        time.sleep(1.5)
    assert observed.memory < 100, observed
