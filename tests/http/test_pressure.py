"""Bodies that come and answers that go, all at once and slowly: their memory has an end, and others wait."""

from __future__ import annotations

import json
import select
import socket
import time
from contextlib import ExitStack, closing

import httpx
import psutil
import pytest

from lrs.database.pool import Database
from lrs.settings import Settings
from tests.client import Client, a_statement
from tests.conftest import a_key, serving
from tests.hostile.wire import basic, request
from tests.multiparts import MULTIPART, a_body, a_part, a_statement_with

KIBIBYTE = 1024
LIMIT, ALL = 500 * KIBIBYTE, 1500 * KIBIBYTE
LARGE, ANSWERS = 12 * KIBIBYTE**2, 20 * KIBIBYTE**2
# Room for three of the largest bodies.
LIMITS = {
    "max_body": LIMIT,
    "max_document": LIMIT,
    "max_bodies": ALL,
    "max_answers": ANSWERS,
}
VERSION = b"X-Experience-API-Version: 2.0.0"


def half_sent(lrs: Client, size: int, *headers: bytes) -> socket.socket:
    """A request that stops after so many bytes of its body."""
    url = lrs.http.base_url
    connection = socket.create_connection((url.host, url.port))
    named = [b"Host: localhost", b"Content-Type: application/json", VERSION, basic(lrs), *headers]
    length = b"Content-Length: %d" % LIMIT
    connection.sendall(request(b"POST /xapi/statements HTTP/1.1", *named, length) + b" " * size)
    return connection


def a_large_batch(size: int = 300 * KIBIBYTE) -> bytes:
    return json.dumps([a_statement()]).encode().ljust(size)


def post(lrs: Client, content: bytes, **headers: str) -> httpx.Response:
    return lrs.http.post(
        "/statements", content=content, headers={"Content-Type": "application/json"} | headers
    )


def eventually(lrs: Client, status: int) -> httpx.Response:
    limit = time.monotonic() + 10
    while (answer := post(lrs, a_large_batch())).status_code != status:
        assert time.monotonic() < limit, answer.text
        time.sleep(0.05)
    return answer


def test_half_sent_bodies_make_others_wait_and_not_fail(small):
    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(closing(half_sent(small, 370 * KIBIBYTE)))
        time.sleep(0.5)  # until it has read them all, or it could be one of them that is refused
        refused = post(small, a_large_batch())
        assert refused.status_code == 503
        assert refused.headers["retry-after"]
        assert "LRS_MAX_BODIES" in refused.json()["error"]
        assert refused.headers["x-experience-api-consistent-through"]
        small.post(a_statement())  # what is small passes by
        assert post(small, iter([a_large_batch()])).status_code == 503  # of no length that is known
    eventually(small, 200)


def test_one_body_of_the_largest_size_is_always_taken(settings, database, tenant):
    tight = settings.model_copy(
        update={"max_body": LIMIT, "max_document": 0, "max_bodies": 1024, "pool_size": 2}
    )
    with serving(tight) as url, Client(url, *a_key(database, tenant)) as lrs:
        for _ in range(3):
            assert post(lrs, a_large_batch(LIMIT)).status_code == 200


def test_an_attachment_counts_no_more_than_a_body(small):
    statement = a_statement_with(content := b"a" * 5 * ALL)
    body = a_body(json.dumps(statement).encode(), a_part(content))
    assert small.http.post("/statements", content=body, headers=MULTIPART).status_code == 200
    assert post(small, a_large_batch()).status_code == 200


def test_who_has_no_key_takes_no_room(small):
    stranger = Client(str(small.http.base_url).removesuffix("/xapi/"), small.key, "guessed")
    with ExitStack() as stack:
        stack.enter_context(stranger)
        for _ in range(5):
            stack.enter_context(closing(half_sent(stranger, LIMIT - 1)))
        assert post(small, a_large_batch()).status_code == 200


def test_refused_bodies_are_not_kept(small):
    before = psutil.Process().memory_info().rss
    with ExitStack() as stack:
        crowd = [stack.enter_context(closing(half_sent(small, LIMIT - 1))) for _ in range(100)]
        answers = [each.recv(12) for each in select.select(crowd, [], [], 10)[0]]
        assert set(answers) == {b"HTTP/1.1 503"}
        assert psutil.Process().memory_info().rss - before < 30 * KIBIBYTE**2
        small.post(a_statement())
    eventually(small, 200)


@pytest.fixture
def large(lrs: Client, small: Client) -> Client:
    """A client of the small server, in a tenant whose pages are much larger than what a socket takes."""
    lrs.post([a_statement(result={"response": "x" * (LARGE // 12)}) for _ in range(12)])
    return small


def unread(lrs: Client, query: bytes = b"") -> socket.socket:
    """A request for statements whose answer nobody reads."""
    url = lrs.http.base_url
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * KIBIBYTE)
    connection.connect((url.host, url.port))
    line = b"GET /xapi/statements?" + query + b" HTTP/1.1"
    connection.sendall(request(line, b"Host: localhost", VERSION, basic(lrs)))
    return connection


def begun(lrs: Client, query: bytes) -> socket.socket:
    """The same once its answer has begun: what was sent just before may still take the room."""
    limit = time.monotonic() + 10
    while (connection := unread(lrs, query)).recv(12) != b"HTTP/1.1 200":
        connection.close()
        assert time.monotonic() < limit
        time.sleep(0.05)
    return connection


def get(lrs: Client, status: int, **parameters: str) -> httpx.Response:
    """The first answer with this status."""
    limit = time.monotonic() + 10
    while (answer := lrs.http.get("/statements", params=parameters)).status_code != status:
        assert time.monotonic() < limit, answer.text[:200]
        time.sleep(0.05)
    return answer


@pytest.mark.parametrize("query", [b"", b"format=ids", b"format=canonical", b"attachments=true"])
def test_unread_answers_make_others_wait_and_not_fail(large: Client, query: bytes) -> None:
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(closing(begun(large, query)))
        refused = get(large, 503, limit="1")
        assert refused.headers["retry-after"]
        assert "LRS_MAX_ANSWERS" in refused.json()["error"]
        assert refused.headers["x-experience-api-consistent-through"]
        large.post(a_statement())  # what has a small answer passes by
    assert len(get(large, 200).content) > LARGE


def test_unread_answers_are_not_kept(large: Client) -> None:
    large.http.get("/statements")
    before = psutil.Process().memory_info().rss
    with ExitStack() as stack:
        crowd = [stack.enter_context(closing(unread(large))) for _ in range(40)]
        answers = [each.recv(12) for each in crowd]
        assert set(answers) == {b"HTTP/1.1 200", b"HTTP/1.1 503"}
        assert psutil.Process().memory_info().rss - before < 5 * LARGE
    get(large, 200)


def test_unread_documents_count_too(settings: Settings, database: Database, tenant: str) -> None:
    few = settings.model_copy(update={"max_answers": 1, "pool_size": 2})
    where = {"activityId": "http://example.com/a", "agent": '{"mbox":"mailto:a@b.co"}', "stateId": "s"}
    with serving(few) as url, Client(url, *a_key(database, tenant)) as lrs:
        lrs.http.put("/activities/state", params=where, content=b"x" * LARGE).raise_for_status()
        lrs.post([a_statement(result={"response": "x" * (LARGE // 12)}) for _ in range(12)])
        assert len(lrs.http.get("/activities/state", params=where).content) == LARGE
        with closing(unread(lrs)):
            get(lrs, 503)
            assert lrs.http.get("/activities/state", params=where).status_code == 503
