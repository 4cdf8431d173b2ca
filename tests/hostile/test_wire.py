"""What is hardly HTTP: refused or read as the standard says, and never waited for without end."""

from __future__ import annotations

import json
import time

import httpx
import pytest

from tests.client import a_statement
from tests.hostile import wire
from tests.hostile.target import BODY_TIMEOUT
from tests.hostile.wire import basic, request

HOST = b"Host: localhost"
VERSION = b"X-Experience-API-Version: 2.0.0"
ABOUT = b"GET /xapi/about HTTP/1.1"
POST = b"POST /xapi/statements HTTP/1.1"
JSON = b"Content-Type: application/json"
CHUNKED = b"Transfer-Encoding: chunked"

NO_HTTP = {
    "nothing but an end": b"\r\n\r\n",
    "every byte": bytes(range(256)) * 4,
    "a greeting of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(600),
    "a greeting of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a greeting of SSH": b"SSH-2.0-OpenSSH_9.6\r\n",
    "HTTP of the future": request(b"GET /xapi/about HTTP/9.9", HOST),
    "no method": request(b" /xapi/about HTTP/1.1", HOST),
    "a method in small letters": request(b"get /xapi/about HTTP/1.1", HOST),
    "a method of symbols": request(b"G<T /xapi/about HTTP/1.1", HOST),
    "no path": request(b"GET HTTP/1.1", HOST),
    "a path in UTF-8": request("GET /xapi/ä HTTP/1.1".encode(), HOST),
    "a path with a blank": request(b"GET /xapi/ about HTTP/1.1", HOST),
    "a query in UTF-8": request("GET /xapi/statements?verb=ä HTTP/1.1".encode(), HOST),
    "bare line feeds": b"GET /xapi/about HTTP/1.1\nHost: localhost\n\n",
    "a folded header": request(ABOUT, HOST, b"X-A: b", b" c"),
    "a blank before the colon": request(ABOUT, b"Host : localhost"),
    "a header without a name": request(ABOUT, HOST, b": a"),
    "a header without a colon": request(ABOUT, HOST, b"X-A"),
    "a name in UTF-8": request(ABOUT, HOST, "X-ä: a".encode()),
    "a NUL in a header": request(ABOUT, HOST, b"X-A: a\0b"),
    "a lone carriage return": request(ABOUT, HOST, b"X-A: a\rX-B: b"),
    "a tunnel": request(b"CONNECT localhost:80 HTTP/1.1", HOST),
}


@pytest.mark.parametrize("sent", NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_no_http_is_400_or_nothing(target, sent):
    answer = wire.ask(target, sent, patience=3)
    assert answer.status in {0, 400}


ODD = {
    "empty lines before": (b"\r\n" * 50 + request(b"GET /livez HTTP/1.1", HOST), 200),
    "HTTP/1.0": (request(b"GET /livez HTTP/1.0"), 200),
    "a whole URL": (request(b"GET http://example.com/livez HTTP/1.1", HOST), 200),
    "no host": (request(b"GET /livez HTTP/1.1"), 200),
    "a fragment": (request(b"GET /livez#a HTTP/1.1", HOST), 200),
    "a path of escapes": (request(b"GET /%6C%69%76%65%7A HTTP/1.1", HOST), 200),
    "a path that is none": (request(b"GET /xapi/%zz HTTP/1.1", HOST), 404),
    "a NUL in the path": (request(b"GET /xapi/%00 HTTP/1.1", HOST), 404),
    "no UTF-8 in the path": (request(b"GET /xapi/%ff%fe HTTP/1.1", HOST), 404),
    "a way out": (request(b"GET /xapi/../../../../etc/passwd HTTP/1.1", HOST), 404),
    "a slash behind": (request(b"GET /xapi/statements/ HTTP/1.1", HOST), 404),
    "two slashes": (request(b"GET //xapi/about HTTP/1.1", HOST), 404),
    "a long path": (request(b"GET /" + b"a" * 50_000 + b" HTTP/1.1", HOST), 404),
    "a star": (request(b"OPTIONS * HTTP/1.1", HOST), 404),
    "an unknown method": (request(b"PROPFIND /xapi/about HTTP/1.1", HOST), 405),
    "a method that is hot elsewhere": (request(b"PATCH /xapi/statements HTTP/1.1", HOST), 405),
    "an upgrade to WebSocket": (request(ABOUT, HOST, b"Connection: Upgrade", b"Upgrade: websocket"), 200),
    "an upgrade to HTTP/2": (request(ABOUT, HOST, b"Connection: Upgrade", b"Upgrade: h2c"), 200),
    "many headers": (request(ABOUT, HOST, *[b"X-A%d: b" % number for number in range(1000)]), 200),
    "a body where none belongs": (request(ABOUT, HOST, b"Content-Length: 2", body=b"{}"), 200),
    "an unknown expectation": (request(ABOUT, HOST, b"Expect: the-moon"), 200),
}


@pytest.mark.parametrize(("sent", "status"), ODD.values(), ids=ODD)
def test_what_only_looks_odd_is_read(target, sent, status):
    answer = wire.ask(target, sent)
    assert answer.status == status
    assert answer.headers["x-experience-api-version"]


WHOLE = json.dumps(a_statement()).encode()
LIES = {
    "a length below zero": (b"Content-Length: -1",),
    "a length that is none": (b"Content-Length: a",),
    "a length with a sign": (b"Content-Length: +2",),
    "an empty length": (b"Content-Length: ",),
    "two lengths": (b"Content-Length: %d" % len(WHOLE), b"Content-Length: 2"),
    "two lengths in one": (b"Content-Length: %d, 2" % len(WHOLE),),
    "a length without end": (b"Content-Length: " + b"9" * 5000,),
    "a length and chunks": (b"Content-Length: %d" % len(WHOLE), CHUNKED),
    "chunks and more": (b"Transfer-Encoding: chunked, gzip",),
    "chunks twice": (CHUNKED, CHUNKED),
    "another encoding": (b"Transfer-Encoding: gzip",),
    "a length that is too short": (b"Content-Length: %d" % (len(WHOLE) - 1),),
    "a length of nothing": (b"Content-Length: 0",),
    "no length": (),
}


@pytest.mark.parametrize("lies", LIES.values(), ids=LIES)
def test_a_body_of_another_length_stores_nothing(target, lrs, stored, lies):
    with stored.unchanged():
        answer = wire.ask(
            target, request(POST, HOST, VERSION, basic(lrs), JSON, *lies, body=WHOLE), patience=4
        )
        assert answer.status in {0, 400, 413}


def test_a_body_that_stops_is_not_waited_for(target, lrs, stored):
    head = request(POST, HOST, VERSION, basic(lrs), JSON, b"Content-Length: %d" % (len(WHOLE) + 1))
    began = time.monotonic()
    with stored.unchanged():
        answer = wire.ask(target, [head, WHOLE])
    assert answer.status == 400
    assert BODY_TIMEOUT <= time.monotonic() - began < BODY_TIMEOUT + 3


def test_a_length_above_the_limit_is_413_before_a_body_comes(target, lrs):
    for length in (b"999999999999", b"9" * 18):
        head = request(POST, HOST, VERSION, basic(lrs), JSON, b"Content-Length: " + length)
        assert wire.ask(target, head, patience=1).status == 413


def test_a_body_that_is_expected_is_invited(target, lrs, stored):
    head = request(
        POST, HOST, VERSION, basic(lrs), JSON, b"Expect: 100-continue", b"Content-Length: %d" % len(WHOLE)
    )
    assert wire.ask(target, [head, WHOLE], pause=0.2).status == 200
    assert stored.counts()["log"] >= 1


CHUNKS = {
    "no number": b"zz\r\n[]\r\n0\r\n\r\n",
    "a number below zero": b"-2\r\n[]\r\n0\r\n\r\n",
    "a number without end": b"f" * 50 + b"\r\n[]\r\n0\r\n\r\n",
    "a number that is too small": b"1\r\n[]\r\n0\r\n\r\n",
    "no end of a chunk": b"2\r\n[]0\r\n\r\n",
    "bare line feeds": b"2\n[]\n0\n\n",
    "a broken trailer": b"2\r\n[]\r\n0\r\n: a\r\n\r\n",
    "bytes of every kind": bytes(range(256)),
}


@pytest.mark.parametrize("chunks", CHUNKS.values(), ids=CHUNKS)
def test_broken_chunks_store_nothing(target, lrs, stored, chunks):
    with stored.unchanged():
        sent = request(POST, HOST, VERSION, basic(lrs), JSON, CHUNKED, body=chunks)
        assert wire.ask(target, sent, patience=4).status in {0, 400}


def test_a_statement_may_come_byte_by_byte(target, lrs):
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in WHOLE) + b"0\r\nX-Trailer: a\r\n\r\n"
    assert (
        wire.ask(target, request(POST, HOST, VERSION, basic(lrs), JSON, CHUNKED, body=chunks)).status == 200
    )
    assert lrs.get(json.loads(WHOLE)["id"])


def test_a_slow_client_keeps_nobody_waiting(target, lrs):
    head = request(POST, HOST, VERSION, basic(lrs), JSON, b"Content-Length: %d" % len(WHOLE))
    pieces = [head, *[WHOLE[start : start + 40] for start in range(0, len(WHOLE), 40)]]
    with target.observed() as observed:
        assert wire.ask(target, pieces, pause=0.2).status == 200
    assert observed.waited < 1


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 1.0])
def test_a_client_that_goes_away_leaves_all_or_nothing(target, lrs, stored, share):
    batch = [a_statement() for _ in range(200)]
    body = json.dumps(batch).encode()
    head = request(POST, HOST, VERSION, basic(lrs), JSON, b"Content-Length: %d" % len(body))
    before = stored.counts()["log"]
    for _ in range(5):
        wire.leave(target, head, body[: int(len(body) * share)])
    lrs.post(a_statement())  # by now the others have been decided on
    assert stored.counts()["log"] - before in {1, len(batch) + 1}
    lrs.post(batch)
    assert stored.counts()["log"] - before == len(batch) + 1


def test_a_client_that_reads_nothing_is_no_burden(target, lrs):
    lrs.post([a_statement(result={"response": "x" * 2000}) for _ in range(500)])
    line = b"GET /xapi/statements HTTP/1.1"
    with target.observed() as observed:
        for _ in range(20):
            wire.leave(target, *[request(line, HOST, VERSION, basic(lrs))] * 5)
    assert observed.waited < 2
    assert lrs.find(limit=1)


def test_pipelined_requests_are_answered_in_order(target, lrs):
    ids = lrs.post([a_statement() for _ in range(20)])
    lines = [b"GET /xapi/statements?statementId=%b HTTP/1.1" % each.encode() for each in ids]
    sent = b"".join(request(line, HOST, VERSION, basic(lrs)) for line in lines)
    answers = wire.ask_all(target, sent, at_most=len(ids))
    assert [json.loads(each.body)["id"] for each in answers] == ids


def test_pipelined_statements_are_answered_in_order_whichever_way_they_go(target, lrs):
    stored, other, last = a_statement(), a_statement(), a_statement()
    lrs.post(stored)
    look = b"GET /xapi/statements?statementId=%b HTTP/1.1" % other["id"].encode()
    sent = [
        posted(lrs, other),
        request(look, HOST, VERSION, basic(lrs)),
        posted(lrs, stored | {"result": {"success": False}}),
        posted(lrs, last),
        posted(lrs, last),
    ]
    whole = b"".join(sent)
    for pieces in ([whole], sent, [whole[at : at + 150] for at in range(0, len(whole), 150)]):
        answers = wire.ask_all(target, pieces, at_most=len(sent), pause=0.01)
        assert [each.status for each in answers] == [200, 200, 409, 200, 200]
        assert json.loads(answers[1].body)["id"] == other["id"]
        assert json.loads(answers[4].body) == [last["id"]]
    assert len(lrs.find()) == 3


def test_who_leaves_while_a_statement_is_stored_disturbs_nobody(target, lrs):
    sent = [a_statement() for _ in range(50)]
    for each in sent:
        wire.leave(target, posted(lrs, each))
    last = a_statement()
    assert lrs.post(last) == [last["id"]]
    assert {each["id"] for each in lrs.find()} <= {each["id"] for each in [*sent, last]}


def posted(lrs, statement):
    body = json.dumps(statement).encode()
    return request(POST, HOST, VERSION, basic(lrs), JSON, b"Content-Length: %d" % len(body), body=body)


def test_a_request_hidden_behind_a_body_is_a_request_of_its_own(target, lrs, stored):
    hidden = request(b"DELETE /xapi/activities/state HTTP/1.1", HOST, VERSION)
    sent = request(POST, HOST, VERSION, basic(lrs), JSON, b"Content-Length: 2", body=b"[]" + hidden)
    first, second = wire.ask_all(target, sent, at_most=2)
    assert (first.status, second.status) == (200, 401)


def test_after_all_this_it_still_answers(target, lrs):
    assert httpx.get(f"{target.url}/readyz").status_code == 200
    assert lrs.get(lrs.post(a_statement())[0])
