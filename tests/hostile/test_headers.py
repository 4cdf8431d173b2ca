"""Headers that no client should send: each is refused with the right status, or passed over."""

from __future__ import annotations

import base64
import json
import re

import pytest

from tests.client import a_statement
from tests.hostile import wire
from tests.hostile.wire import basic, request

GET = b"GET /xapi/statements?limit=1&format=canonical HTTP/1.1"
HOST = b"Host: localhost"
VERSION = b"X-Experience-API-Version: 2.0.0"
ID = re.compile(r"[\w.:-]{1,100}", re.ASCII)


def coded(text: bytes) -> bytes:
    return b"Basic " + base64.b64encode(text)


NOBODY = {
    "nothing": b"",
    "a space": b" ",
    "only a scheme": b"Basic",
    "only a scheme and spaces": b"Basic      ",
    "no base64": b"Basic !!!",
    "broken base64": b"Basic YTpi=YTpi",
    "half a base64": b"Basic YTp",
    "Latin-1 in the header": b"Basic \xe4\xf6",
    "UTF-8 in the header": "Basic ä".encode(),
    "no colon": coded(b"abc"),
    "only a colon": coded(b":"),
    "no UTF-8": coded(b"\xff\xfe:\x80"),
    "a NUL": coded(b"\0:\0"),
    "a surrogate": coded(b"\xed\xa0\x80:a"),
    "a tenant that is none": coded(b'x"; DROP SCHEMA lrs; --:a'),
    "a tenant with quotes": coded(b"'-\"-a:b"),
    "a long key": coded(b"k" * 30_000 + b":s"),
    "a long secret": coded(b"k:" + b"s" * 30_000),
    "many colons": coded(b":" * 1000),
    "bearer": b"Bearer abc",
    "digest": b'Digest username="a", realm="xAPI", nonce="", uri="/", response=""',
    "negotiate": b"Negotiate YII=",
    "a list": b"Basic YTpi, Basic YTpi",
    "a scheme twice": b"Basic Basic YTpi",
}


@pytest.mark.parametrize("value", NOBODY.values(), ids=NOBODY)
def test_who_cannot_be_known_is_not_let_in(target, stored, value):
    with stored.unchanged():
        answer = wire.ask(target, request(GET, HOST, VERSION, b"Authorization: " + value))
    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert json.loads(answer.body)["error"]


def test_a_key_with_something_added_is_another_key(target, lrs):
    for key, secret in [
        (f"{lrs.key}\0", lrs.secret),
        (f"\0{lrs.key}", lrs.secret),
        (f"{lrs.key} ", lrs.secret),
        (lrs.key.upper(), lrs.secret),
        (lrs.key, f"{lrs.secret}\0"),
        (lrs.key, f"{lrs.secret}:"),
        (lrs.key, lrs.secret[:-1]),
    ]:
        header = b"Authorization: " + coded(f"{key}:{secret}".encode())
        assert wire.ask(target, request(GET, HOST, VERSION, header)).status == 401, key


VERSIONS = {
    "nothing": b"",
    "a word": b"latest",
    "too old": b"0.95",
    "too new": b"2.1.0",
    "far too new": b"20.0.0",
    "too long": b"2.0.0" + b".0" * 1000,
    "a long number": b"2.0." + b"9" * 5000,
    "a sign": b"-2.0.0",
    "a letter": b"2.0.0a",
    "other digits": "\uff12.\uff10.\uff10".encode(),
    "other digits in Latin-1": b"2.0.\xb2",
    "two": b"1.0.3, 2.0.0",
    "quotes": b'"2.0.0"',
}


@pytest.mark.parametrize("value", VERSIONS.values(), ids=VERSIONS)
def test_a_version_that_is_none_is_400(target, lrs, stored, value):
    header = b"X-Experience-API-Version: " + value
    with stored.unchanged():
        answer = wire.ask(target, request(GET, HOST, header, basic(lrs)))
    if value.startswith(b"2.0.999"):  # xAPI's versions are semantic: any patch of 2.0 will do
        assert answer.status in {200, 400}
        return
    assert answer.status == 400
    assert answer.headers["x-experience-api-version"] == "2.0.0"
    assert "x-experience-api-consistent-through" in answer.headers


TYPES = {
    "nothing": b"",
    "a word": b"json",
    "plain text": b"text/plain",
    "almost": b"application/jsonp",
    "a family": b"application/*",
    "anything": b"*/*",
    "only a parameter": b";charset=utf-8",
    "two": b"text/html, application/json",
    "a form": b"application/x-www-form-urlencoded",
    "form data": b"multipart/form-data; boundary=a",
    "related": b"multipart/related; boundary=a",
    "no boundary": b"multipart/mixed",
    "an empty boundary": b"multipart/mixed; boundary=",
    "an empty quoted boundary": b'multipart/mixed; boundary=""',
    "a blank boundary": b'multipart/mixed; boundary=" "',
    "a long boundary": b"multipart/mixed; boundary=" + b"a" * 10_000,
    "a boundary in Latin-1": b"multipart/mixed; boundary=\xe4",
    "a boundary in pieces": b"multipart/mixed; boundary*0=a; boundary*2=b; boundary*1*=utf-8''%ff",
    "a boundary of no charset": b"multipart/mixed; boundary*=nonsense'en'%e4",
    "a boundary without an end": b'multipart/mixed; boundary="a',
    "two boundaries": b"multipart/mixed; boundary=a; boundary=b",
    "many parameters": b"multipart/mixed" + b"; a=b" * 5000,
    "Latin-1": b"\xff\xfe",
}


@pytest.mark.parametrize("value", TYPES.values(), ids=TYPES)
def test_a_content_type_of_no_statements_is_400(target, lrs, stored, value):
    body = json.dumps(a_statement()).encode()
    for line in (
        b"POST /xapi/statements HTTP/1.1",
        b"PUT /xapi/statements?statementId=%b HTTP/1.1" % an_id(body),
    ):
        headers = [HOST, VERSION, basic(lrs), b"Content-Type: " + value, b"Content-Length: %d" % len(body)]
        with stored.unchanged():
            assert wire.ask(target, request(line, *headers, body=body)).status == 400


ENCODINGS = [b"gzip", b"br", b"deflate", b"identity, gzip", b"\xff", b"x" * 10_000]


@pytest.mark.parametrize("value", ENCODINGS, ids=range(len(ENCODINGS)))
def test_an_encoded_body_is_400(target, lrs, stored, value):
    headers = [HOST, VERSION, basic(lrs), b"Content-Type: application/json", b"Content-Encoding: " + value]
    with stored.unchanged():
        sent = request(b"POST /xapi/statements HTTP/1.1", *headers, b"Content-Length: 2", body=b"[]")
        assert wire.ask(target, sent).status == 400


CONDITIONS = {
    "nothing": b"",
    "a quote": b'"',
    "many quotes": b'"' * 20_001,
    "commas": b"," * 20_000,
    "a star among others": b'*, "a"',
    "two stars": b"**",
    "words without commas": b"a b c",
    "Latin-1": b"\xe4\xff",
    "UTF-8": '"ä"'.encode(),
    "a weak nothing": b"W/",
    "a weak tag": b'W/"a"',
    "many tags": b",".join([b'"%d"' % number for number in range(5000)]),
    "a long tag": b'"' + b"a" * 50_000 + b'"',
    "blanks": b'"a"' + b" " * 20_000 + b",",
    "blanks before": b" " * 20_000 + b'"a"x',
}
STATE = b"/xapi/activities/state?activityId=http://example.com/a&agent=%7B%22mbox%22:%22mailto:a@b.co%22%7D&stateId=s"


@pytest.mark.parametrize("name", [b"If-Match", b"If-None-Match"])
@pytest.mark.parametrize("value", CONDITIONS.values(), ids=CONDITIONS)
def test_a_strange_condition_is_refused_or_does_not_hold(target, lrs, stored, value, name):
    headers = [
        HOST,
        VERSION,
        basic(lrs),
        b"Content-Type: text/plain",
        name + b": " + value,
        b"Content-Length: 1",
    ]
    for method in (b"PUT", b"POST", b"DELETE", b"GET", b"HEAD"):
        before = stored.counts()
        answer = wire.ask(target, request(b"%b %b HTTP/1.1" % (method, STATE), *headers, body=b"x"))
        assert answer.status in {200, 204, 304, 400, 404, 409, 412}
        if answer.status >= 300:
            assert stored.counts() == before


LANGUAGES = {
    "nothing": b"",
    "commas": b"," * 20_000,
    "semicolons": b";" * 20_000,
    "an infinite weight": b"de;q=1e999",
    "no number": b"de;q=nan, en;q=-1, fr;q=2, it;q=",
    "Latin-1": b"\xe4\xf6\xfc",
    "hyphens": b"-" * 20_000,
    "a long range": b"en-" + b"a-" * 10_000,
    "many ranges": b",".join([b"x%d;q=0.5" % number for number in range(5000)]),
    "all refused": b"*;q=0, en;q=0",
    "blanks": b"en" + b" " * 20_000 + b";q",
    "a NUL's neighbour": b"en\x7f",
}


@pytest.mark.parametrize("value", LANGUAGES.values(), ids=LANGUAGES)
def test_a_strange_wish_for_a_language_is_passed_over(target, lrs, value):
    lrs.post(a_statement(verb={"id": "http://example.com/v", "display": {"en": "did", "de": "tat"}}))
    answer = wire.ask(target, request(GET, HOST, VERSION, basic(lrs), b"Accept-Language: " + value))
    if b"\x7f" in value:
        assert answer.status in {200, 400}
        return
    assert answer.status == 200
    (found,) = json.loads(answer.body)["statements"]
    assert len(found["verb"]["display"]) == 1


IDS = [
    b"",
    b" ",
    b"a b",
    b"a" * 101,
    b"a\xe4",
    "ä".encode(),
    b'"}',
    b"a;b",
    b"<script>",
    b"%0d%0a",
    b"..\xff",
]


@pytest.mark.parametrize("value", IDS, ids=range(len(IDS)))
def test_a_strange_request_id_is_replaced(target, lrs, value):
    answer = wire.ask(target, request(GET, HOST, VERSION, basic(lrs), b"X-Request-Id: " + value))
    assert answer.status == 200
    assert ID.fullmatch(answer.headers["x-request-id"])
    assert answer.headers["x-request-id"] != value.decode("latin-1")


@pytest.mark.parametrize(
    "headers",
    [
        [b"Origin: null"],
        [b"Origin: \xff"],
        [b"Origin: http://a.b", b"Origin: http://c.d"],
        [b"Origin: http://a.b", b"Access-Control-Request-Method: \xff"],
        [
            b"Origin: http://a.b",
            b"Access-Control-Request-Method: PUT",
            b"Access-Control-Request-Headers: " + b"," * 999,
        ],
    ],
    ids=["null", "no text", "two", "a preflight for nothing", "a preflight for commas"],
)
def test_a_strange_origin_is_no_mistake_of_ours(target, lrs, headers):
    for method in (b"GET", b"OPTIONS"):
        sent = request(method + b" /xapi/statements HTTP/1.1", HOST, VERSION, basic(lrs), *headers)
        assert wire.ask(target, sent).status in {200, 400, 405}


@pytest.mark.parametrize(
    "name", [b"Authorization", b"X-Experience-API-Version", b"Content-Type", b"Accept-Language"]
)
def test_a_header_that_stands_twice_is_no_mistake_of_ours(target, lrs, name):
    twice = [name + b": a", name + b": b"]
    answer = wire.ask(target, request(GET, HOST, VERSION, basic(lrs), *twice))
    assert answer.status in {200, 400, 401}


def an_id(body: bytes) -> bytes:
    return json.loads(body)["id"].encode()
