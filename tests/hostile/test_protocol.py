"""A client that never comes to the point is not listened to without end."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack, suppress
from itertools import chain, repeat

import pytest
import uvicorn

from lrs.app import create
from lrs.http import protocol
from lrs.http.protocol import MOST_UNREAD, Protocol
from tests.client import Client, a_statement
from tests.conftest import a_key
from tests.hostile import wire
from tests.hostile.wire import request

HOST = b"Host: localhost"
PIECE = b"a" * 32 * 1024
CHUNKED = request(b"POST /xapi/about HTTP/1.1", HOST, b"Transfer-Encoding: chunked")


class Bounded:
    """A server in a thread that speaks this protocol."""

    def __init__(self, settings, **options):
        config = uvicorn.Config(
            create(settings), port=0, http=Protocol, log_config=None, timeout_keep_alive=1, **options
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run)

    def __enter__(self):
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        self.address = self.server.servers[0].sockets[0].getsockname()[:2]
        return self

    def __exit__(self, *_):
        self.server.should_exit = True
        self.thread.join()


@pytest.fixture(scope="module")
def bounded(settings, database):
    with Bounded(settings) as bounded:
        yield bounded


ENDLESS = {
    "a URL": [b"GET /", *repeat(PIECE, 200)],
    "a method": repeat(PIECE, 200),
    "a header": [b"GET /livez HTTP/1.1\r\nX-A: ", *repeat(PIECE, 200)],
    "a header's name": [b"GET /livez HTTP/1.1\r\nX-", *repeat(PIECE, 200)],
    "headers": [b"GET /livez HTTP/1.1\r\n", *repeat(b"X-A: b\r\n" * 4000, 200)],
    "a chunk's extension": [CHUNKED, b"1;", *repeat(PIECE, 200)],
    "a trailer": [CHUNKED, b"1\r\na\r\n0\r\nX-A: ", *repeat(PIECE, 200)],
    "empty lines": repeat(b"\r\n" * 16_000, 200),
}


@pytest.mark.parametrize("pieces", ENDLESS.values(), ids=ENDLESS)
def test_what_does_not_end_is_cut_off(bounded, pieces):
    sent = 0

    def counted():
        nonlocal sent
        for piece in pieces:
            sent += len(piece)
            yield piece

    answer = wire.ask(bounded, counted(), pause=0.005)
    assert answer.status in {0, 400, 405, 431}
    assert sent < 40 * MOST_UNREAD


LIVEZ = request(b"GET /livez HTTP/1.1", HOST)


@pytest.mark.parametrize(
    "pieces", [[], [b"GET /livez HTT"], [LIVEZ, b"GET /livez HTTP/1.1\r\n"], [LIVEZ, b"\r\n"]]
)
def test_a_head_that_does_not_come_is_not_waited_for(bounded, pieces, monkeypatch):
    monkeypatch.setattr(protocol, "SECONDS_FOR_A_HEAD", 0.3)
    began = time.monotonic()
    answers = wire.ask_all(bounded, pieces, at_most=3, pause=0.1)
    assert answers[-1].status == 408
    assert time.monotonic() - began < 3


def test_a_body_that_is_not_wanted_any_more_is_not_waited_for(bounded, monkeypatch):
    monkeypatch.setattr(protocol, "SECONDS_FOR_A_HEAD", 0.3)
    head = request(b"POST /xapi/about HTTP/1.1", HOST, b"Content-Length: 9")
    began = time.monotonic()
    assert [each.status for each in wire.ask_all(bounded, [head, b"a"], at_most=3, pause=0.1)] == [405, 408]
    assert time.monotonic() - began < 3


MOST = 3


def asked(connection, path=b"/xapi/about"):
    connection.sendall(request(b"GET " + path + b" HTTP/1.1", HOST))
    return connection.recv(1 << 16)


def test_requests_over_connections_that_are_too_many_are_told_503(settings, database, monkeypatch):
    monkeypatch.setattr(protocol, "SECONDS_WHEN_FULL", 0.3)
    with Bounded(settings, limit_concurrency=MOST) as server, ExitStack() as stack:

        def connect():
            return stack.enter_context(socket.create_connection(server.address, timeout=10))

        served = [connect() for _ in range(MOST)]
        assert all(asked(each).startswith(b"HTTP/1.1 200") for each in served)
        refused = asked(connect())
        assert refused.startswith(b"HTTP/1.1 503")
        for part in (b"retry-after: ", b"connection: close", b"x-experience-api-version: ", b"LRS_MAX_CONN"):
            assert part in refused
        assert asked(connect(), b"/livez").startswith(b"HTTP/1.1 200")
        assert connect().recv(100).startswith(b"HTTP/1.1 408")
        assert all(asked(each).startswith(b"HTTP/1.1 200") for each in served)
        served.pop().close()
        time.sleep(0.5)
        assert asked(connect()).startswith(b"HTTP/1.1 200")


def test_large_and_slow_requests_are_served(bounded):
    head = request(b"GET /livez HTTP/1.1", HOST, *[b"X-A%d: %b" % (n, b"a" * 500) for n in range(100)])
    assert wire.ask(bounded, head).status == 200
    assert wire.ask(bounded, [head[:100], head[100:]], pause=0.1).status == 200
    assert len(wire.ask_all(bounded, head * 5, at_most=5)) == 5
    chunks = b"".join(chain(repeat(b"1\r\na\r\n", 100_000), [b"0\r\n\r\n"]))
    assert wire.ask(bounded, CHUNKED + chunks).status == 405


@pytest.fixture(scope="module")
def impatient(settings, database):
    with Bounded(settings.model_copy(update={"answer_timeout": 1})) as bounded:
        yield bounded


def asked_for_much(bounded, database, tenant):
    """A connection over which 12 MiB of statements are on their way."""
    with Client("http://{}:{}".format(*bounded.address), *a_key(database, tenant)) as lrs:
        lrs.post([a_statement(result={"response": "x" * 1024 * 1024}) for _ in range(12)])
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(bounded.address)
        version = b"X-Experience-API-Version: 2.0.0"
        connection.sendall(request(b"GET /xapi/statements HTTP/1.1", HOST, version, wire.basic(lrs)))
    return connection


def test_who_does_not_read_an_answer_is_left(impatient, database, tenant):
    with asked_for_much(impatient, database, tenant) as connection:
        connection.settimeout(10)
        time.sleep(3)
        received = 0
        with suppress(ConnectionError):
            while piece := connection.recv(1 << 20):
                received += len(piece)
    assert received < 12 * 1024 * 1024


def test_who_reads_slowly_gets_all(impatient, database, tenant):
    with asked_for_much(impatient, database, tenant) as connection:
        connection.settimeout(10)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        received = 0
        while received < 12 * 1024 * 1024:
            received += len(connection.recv(1 << 18))
            time.sleep(0.05)
