"""Attachments on their whole way: sent by a client, stored, and sent back."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import httpx
import psutil
import pytest

from lrs.database import sql
from lrs.database.pool import Database
from lrs.settings import Settings
from lrs.store.blobs import CHUNK
from tests.client import Client, a_statement
from tests.conftest import a_key, serving
from tests.multiparts import (
    BOUNDARY,
    MULTIPART,
    Answered,
    a_body,
    a_part,
    a_statement_with,
    read_answer,
    sha2_of,
)

MEBIBYTE = 1024 * 1024


def some(size: int) -> bytes:
    return random.randbytes(size)  # noqa: S311  content, no secret


def post(lrs: Client, statements: Any, *contents: bytes) -> httpx.Response:
    body = a_body(json.dumps(statements).encode(), *map(a_part, contents))
    return lrs.http.post("/statements", content=body, headers=MULTIPART)


def get(lrs: Client, **parameters: str) -> list[Answered]:
    answer = lrs.http.get("/statements", params={"attachments": "true", **parameters}).raise_for_status()
    assert int(answer.headers["content-length"]) == len(answer.content)
    return read_answer(answer.headers["content-type"], answer.content)


@pytest.mark.parametrize("size", [0, 1, CHUNK, 2 * CHUNK, 4 * CHUNK, 4 * CHUNK + 1, 9 * CHUNK])
def test_an_attachment_comes_back_as_it_was_sent(lrs: Client, size: int) -> None:
    content = some(size)
    statement = a_statement_with(content)
    assert post(lrs, statement, content).json() == [statement["id"]]
    first, attachment = get(lrs, statementId=statement["id"])
    assert first.headers["Content-Type"] == "application/json"
    assert json.loads(first.content)["id"] == statement["id"]
    assert attachment.content == content
    assert attachment.headers == {
        "Content-Type": "text/plain",
        "Content-Transfer-Encoding": "binary",
        "X-Experience-API-Hash": sha2_of(content),
        "Content-Length": str(size),
    }


def test_every_attachment_of_a_page_comes_back_once(lrs: Client) -> None:
    shared, small, large = some(100), some(3 * CHUNK), some(5 * CHUNK)
    batch = [
        a_statement_with(shared, small),
        a_statement_with(large, shared),
        a_statement(),
        a_statement_with(shared),
    ]
    assert post(lrs, batch, shared, small, large).status_code == 200
    first, *attachments = get(lrs)
    assert len(json.loads(first.content)["statements"]) == len(batch)
    assert sorted(each.content for each in attachments) == sorted([shared, small, large])
    assert all(each.headers["X-Experience-API-Hash"] == sha2_of(each.content) for each in attachments)


def test_statements_without_attachments_come_as_multipart_too(lrs: Client) -> None:
    lrs.post(a_statement())
    (only,) = get(lrs)
    assert len(json.loads(only.content)["statements"]) == 1


def test_a_multipart_body_may_bring_no_attachment(lrs: Client) -> None:
    statement = a_statement()
    assert post(lrs, statement).json() == [statement["id"]]


def test_an_attachment_of_a_substatement_comes_back(lrs: Client) -> None:
    content = some(10)
    inner = a_statement_with(content)
    del inner["id"]
    statement = a_statement(object={"objectType": "SubStatement", **inner})
    assert post(lrs, statement, content).status_code == 200
    assert [part.content for part in get(lrs)[1:]] == [content]


def test_an_attachment_with_a_file_url_comes_back_if_it_was_sent(lrs: Client) -> None:
    content = some(10)
    statement = a_statement_with(content)
    statement["attachments"][0]["fileUrl"] = "http://example.com/file"
    assert post(lrs, statement, content).status_code == 200
    assert [part.content for part in get(lrs)[1:]] == [content]


def test_a_request_that_is_sent_again_changes_nothing(lrs: Client) -> None:
    content = some(10)
    statement = a_statement_with(content)
    assert post(lrs, statement, content).text == post(lrs, statement, content).text
    assert [part.content for part in get(lrs)[1:]] == [content]


def test_put_stores_an_attachment(lrs: Client) -> None:
    content = some(10)
    statement = a_statement_with(content)
    body = a_body(json.dumps(statement).encode(), a_part(content))
    parameters = {"statementId": statement["id"]}
    assert lrs.http.put("/statements", params=parameters, content=body, headers=MULTIPART).status_code == 204
    assert [part.content for part in get(lrs)[1:]] == [content]


def test_head_says_how_long_the_answer_would_be(lrs: Client) -> None:
    content = some(5 * CHUNK)
    post(lrs, a_statement_with(content), content)
    parameters = {"attachments": "true"}
    head = lrs.http.head("/statements", params=parameters)
    whole = lrs.http.get("/statements", params=parameters)
    assert head.headers["content-length"] == whole.headers["content-length"]
    assert head.headers["content-type"].startswith("multipart/mixed; boundary=")
    assert head.content == b""


def test_a_json_body_cannot_bring_attachments_without_a_file_url(lrs: Client) -> None:
    assert lrs.http.post("/statements", json=a_statement_with(b"content")).status_code == 400


@pytest.mark.parametrize(
    "contents",
    [[], [b"one"], [b"one", b"two", b"three"], [b"one", b"else"]],
    ids=["none", "few", "many", "other"],
)
def test_missing_and_surplus_attachments_are_refused(lrs: Client, contents: list[bytes]) -> None:
    answer = post(lrs, a_statement_with(b"one", b"two"), *contents)
    assert answer.status_code == 400
    assert answer.json()["faults"]
    assert lrs.find() == []


@pytest.mark.parametrize("body", [b"", b"--", b"[]", a_body(b"{"), a_body(b"[]")[:-9], b"\0" * 100])
@pytest.mark.parametrize(
    "kind", [f"multipart/mixed; boundary={BOUNDARY}", "multipart/mixed", "multipart/form-data"]
)
def test_what_cannot_be_read_is_refused_with_a_reason(lrs: Client, kind: str, body: bytes) -> None:
    answer = lrs.http.post("/statements", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.fixture(scope="module")
def frugal(settings: Settings, database: Database) -> Iterator[str]:
    """A server that accepts little."""
    limits = {
        "max_body": 20_000, "max_attachment": 100_000, "max_attachments": 150_000, "body_timeout": 1,
    }  # fmt: skip
    with serving(settings.model_copy(update=limits)) as url:
        yield url


def test_what_is_too_large_is_refused_in_the_middle(frugal: str, database: Database, tenant: str) -> None:
    with Client(frugal, *a_key(database, tenant)) as lrs:
        for content, statement in ((some(200_000), a_statement()), (b"", a_statement(**{"x" * 30_000: 1}))):
            answer = post(lrs, statement, content)
            assert answer.status_code == 413
            assert "LRS_MAX_" in answer.json()["error"]
        content = some(100_000)
        assert post(lrs, a_statement_with(content), content).status_code == 200


def test_attachments_that_are_too_large_together_are_refused(
    frugal: str, database: Database, tenant: str
) -> None:
    contents = [some(60_000) for _ in range(3)]
    statements = [a_statement_with(each) for each in contents]
    with Client(frugal, *a_key(database, tenant)) as lrs:
        for number, status in ((3, 413), (2, 200)):
            body = a_body(json.dumps(statements[:number]).encode(), *map(a_part, contents[:number]))
            answer = lrs.http.post("/statements", content=body, headers=MULTIPART)
            assert answer.status_code == status
    assert count(database, tenant, "blob") == 2


@pytest.mark.parametrize("ending", ["pauses", "leaves"])
def test_a_client_that_breaks_off_leaves_nothing_behind(
    frugal: str, database: Database, tenant: str, ending: str
) -> None:
    content = some(90_000)
    body = a_body(json.dumps(a_statement_with(content)).encode(), a_part(content))
    with Client(frugal, *a_key(database, tenant)) as lrs:
        with socket.create_connection((lrs.http.base_url.host, lrs.http.base_url.port or 80)) as client:
            headers = lrs.http.build_request("POST", "/statements", headers=MULTIPART, content=body).headers
            headers["Authorization"] = httpx.BasicAuth(lrs.key, lrs.secret)._auth_header
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            client.sendall(f"POST /xapi/statements HTTP/1.1\r\n{lines}\r\n".encode() + body[:80_000])
            if ending == "pauses":
                client.settimeout(10)
                assert client.recv(1000).startswith(b"HTTP/1.1 400")
        assert lrs.find() == []
    assert count(database, tenant, "blob") == 0


def test_a_refused_statement_keeps_no_attachment_for_long(
    lrs: Client, database: Database, tenant: str
) -> None:
    content = some(10)
    statement = a_statement_with(content)
    post(lrs, statement, content)
    other = some(10)
    conflicting = a_statement_with(other, id=statement["id"], verb={"id": "http://example.com/other"})
    assert post(lrs, conflicting, other).status_code == 409
    assert [part.content for part in get(lrs)[1:]] == [content]
    assert count(database, tenant, "attachment") == 1


def count(database: Database, tenant: str, table: str) -> int:
    with database.connection() as connection:
        query = f"SELECT count(*) FROM {sql.schema(tenant)}.{table}".encode()  # noqa: S608
        return connection.execute(query).fetchall()[0][0]  # type: ignore[no-any-return]


class Memory:
    """How far the memory of this process grows while something is done."""

    def __enter__(self) -> Memory:
        self.process = psutil.Process()
        self.before = self.most = self.process.memory_info().rss
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.thread.join()

    @property
    def growth(self) -> float:
        return (self.most - self.before) / MEBIBYTE

    def _watch(self) -> None:
        while not self.done.wait(0.01):
            self.most = max(self.most, self.process.memory_info().rss)


@pytest.mark.long
def test_a_large_attachment_passes_through_in_constant_memory(lrs: Client) -> None:
    """Received and sent back by a server in this process, from and to a client that keeps nothing either."""
    megabytes = 200
    piece = some(MEBIBYTE)
    digest = sha256()
    for _ in range(megabytes):
        digest.update(piece)
    statement = a_statement_with(b"")
    statement["attachments"][0]["sha2"] = digest.hexdigest()
    opening, closing = a_body(
        json.dumps(statement).encode(), a_part(b"@", X_Experience_API_Hash=digest.hexdigest())
    ).rsplit(b"@", 1)

    def body() -> Iterator[bytes]:
        yield opening
        for _ in range(megabytes):
            yield piece
        yield closing

    lrs.get(lrs.post(a_statement())[0])
    with Memory() as receiving:
        began = time.monotonic()
        lrs.http.post("/statements", content=body(), headers=MULTIPART, timeout=120).raise_for_status()
        received = time.monotonic() - began
    parameters = {"statementId": statement["id"], "attachments": "true"}
    with Memory() as sending, lrs.http.stream("GET", "/statements", params=parameters) as answer:
        began = time.monotonic()
        length = sum(len(chunk) for chunk in answer.iter_raw(MEBIBYTE))
        sent = time.monotonic() - began
    assert megabytes * MEBIBYTE < length < megabytes * MEBIBYTE + 5000
    print(f"in {received:.1f} s, +{receiving.growth:.1f} MiB; out {sent:.1f} s, +{sending.growth:.1f} MiB")  # noqa: T201
    assert receiving.growth < 30
    assert sending.growth < 30
