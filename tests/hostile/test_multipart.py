"""Broken parts, lies about contents, false signatures: refused, and neither statement nor content is kept."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.client import a_statement
from tests.multiparts import BOUNDARY, MULTIPART, a_body, a_part, a_statement_with, sha2_of

MANY = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    database=None,
)
CONTENT = b"here is a simple attachment"
OTHER = b"and here is another"
SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
OPEN, CLOSE = f"--{BOUNDARY}\r\n".encode(), f"--{BOUNDARY}--\r\n".encode()


def a_text(*contents: bytes, **members: Any) -> bytes:
    return json.dumps(a_statement_with(*contents, **members)).encode()


def whole(*parts: tuple[dict[str, str], bytes]) -> bytes:
    return a_body(a_text(CONTENT), *parts)


BROKEN = {
    "nothing": b"",
    "only an end": CLOSE,
    "only a beginning": OPEN,
    "no end": whole(a_part(CONTENT)).removesuffix(CLOSE),
    "half an end": whole(a_part(CONTENT)).removesuffix(b"--\r\n"),
    "another boundary": whole(a_part(CONTENT)).replace(BOUNDARY.encode(), b"a"),
    "bare line feeds": whole(a_part(CONTENT)).replace(b"\r\n", b"\n"),
    "JSON without parts": a_text(),
    "a form": whole(a_part(CONTENT)).replace(b"application/json", b"application/x-www-form-urlencoded"),
    "no type of the first part": whole(a_part(CONTENT)).replace(b"Content-Type: application/json\r\n", b""),
    "statements in base64": whole(a_part(CONTENT)).replace(
        b"application/json\r\n", b"application/json\r\nContent-Transfer-Encoding: base64\r\n"
    ),
    "the attachment first": OPEN + b"Content-Type: text/plain\r\n\r\n" + CONTENT + b"\r\n" + whole(),
    "statements twice": whole(({"Content-Type": "application/json"}, a_text())),
    "an attachment that is missing": whole(),
    "one of two that is missing": a_body(a_text(CONTENT, OTHER), a_part(CONTENT)),
    "an attachment that is too much": whole(a_part(CONTENT), a_part(OTHER)),
    "an attachment of nothing": a_body(a_text(), a_part(CONTENT)),
    "another content": whole(a_part(OTHER, X_Experience_API_Hash=sha2_of(CONTENT))),
    "a content cut short": whole(a_part(CONTENT[:-1], X_Experience_API_Hash=sha2_of(CONTENT))),
    "a line too many": whole(a_part(CONTENT + b"\r\n", X_Experience_API_Hash=sha2_of(CONTENT))),
    "no hash": whole(a_part(CONTENT, X_Experience_API_Hash=None)),
    "an empty hash": whole(a_part(CONTENT, X_Experience_API_Hash="")),
    "a hash that is none": whole(a_part(CONTENT, X_Experience_API_Hash="z" * 64)),
    "a hash of other digits": whole(a_part(CONTENT, X_Experience_API_Hash="\u0661" * 64)),
    "a long hash": whole(a_part(CONTENT, X_Experience_API_Hash="a" * 6000)),
    "a SHA-1": whole(a_part(CONTENT, X_Experience_API_Hash="a" * 40)),
    "no encoding": whole(a_part(CONTENT, Content_Transfer_Encoding=None)),
    "base64": whole(a_part(base64.b64encode(CONTENT), Content_Transfer_Encoding="base64")),
    "an encoding that is none": whole(a_part(CONTENT, Content_Transfer_Encoding="binary, base64")),
    "a header twice": whole(a_part(CONTENT)).replace(
        b"Content-Type: text", b"Content-Type: a/b\r\nContent-Type: text"
    ),
    "a header without a colon": whole(a_part(CONTENT)).replace(b"Content-Type: text", b"Content-Type text"),
    "a NUL in a header": whole(a_part(CONTENT, Content_Type="text/\0")),
    "a long header": whole(a_part(CONTENT, X_A="a" * 9000)),
    "many headers": whole(a_part(CONTENT, **{f"X_{number}": "a" for number in range(100)})),
    "a long preamble": b"a" * 70_000 + b"\r\n" + whole(a_part(CONTENT)),
    "a long epilogue": whole(a_part(CONTENT)) + b"a" * 70_000,
    "broken JSON": a_body(b'{"actor":', a_part(CONTENT)),
    "an invalid statement": a_body(a_text(CONTENT, actor={"mbox": "ada"}), a_part(CONTENT)),
    "an invalid one among others": a_body(
        b"[" + a_text(CONTENT) + b"," + a_text(actor=None) + b"]", a_part(CONTENT)
    ),
}  # fmt: skip


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_broken_body_is_400(lrs, stored, body):
    with stored.unchanged():
        answer = lrs.http.post("/statements", content=body, headers=MULTIPART)
        assert answer.status_code == 400, answer.text
        assert len(answer.json()["error"]) > 10


def test_what_these_break_was_whole(lrs, stored):
    lrs.http.post("/statements", content=whole(a_part(CONTENT)), headers=MULTIPART).raise_for_status()
    assert stored.counts()["attachment"] == 1


def coded(value: Any) -> bytes:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=")


def signed(header: Any, payload: Any, signature: Any = b"s" * 256) -> bytes:
    return b".".join(map(coded, (header, payload, signature)))


RS = {"alg": "RS256"}
FALSE = {
    "nothing": b"",
    "blanks": b" \r\n ",
    "a word": b"signature",
    "dots": b"....",
    "two dots": b"..",
    "no base64": b"!.!.!",
    "bytes": bytes(range(256)),
    "no algorithm": signed({}, {}),
    "the algorithm none": signed({"alg": "none"}, {}, b""),
    "a shared secret": signed({"alg": "HS256"}, {}),
    "an algorithm that is none": signed({"alg": ["RS256"]}, {}),
    "a header that is none": signed([], {}),
    "a header twice": signed(b'{"alg":"none","alg":"RS256"}', {}),
    "a deep header": signed(b'{"alg":"RS256","x":' + b"[" * 5000 + b"]" * 5000 + b"}", {}),
    "a critical header": signed(RS | {"crit": ["b64"], "b64": False}, {}),
    "certificates that are none": signed(RS | {"x5c": "a"}, {}),
    "no certificates": signed(RS | {"x5c": []}, {}),
    "broken certificates": signed(RS | {"x5c": ["!!!", 1, None]}, {}),
    "certificates of zeros": signed(RS | {"x5c": ["AAAA"]}, {}),
    "a long certificate": signed(RS | {"x5c": ["A" * 60_000]}, {}),
    "a payload that is none": signed(RS, b"\xff"),
    "a deep payload": signed(RS, b"[" * 50_000),
    "a payload of another kind": signed(RS, [1]),
    "a payload of null": signed(RS, None),
    "another statement": signed(RS, {"actor": {}, "verb": {}, "object": {}}),
    "a statement of odd types": signed(RS, {"actor": [], "verb": 1, "object": "a", "context": None}),
    "a long payload": signed(RS, b"{" + b" " * 3_000_000 + b"}"),
    "in full form": json.dumps({"payload": "", "signatures": []}).encode(),
}


@pytest.mark.parametrize("jws", FALSE.values(), ids=FALSE)
def test_a_false_signature_is_400(lrs, stored, jws):
    attachment = {
        "usageType": SIGNATURE,
        "display": {"en": "A signature"},
        "contentType": "application/octet-stream",
        "length": len(jws),
        "sha2": sha2_of(jws),
    }
    text = json.dumps(a_statement(attachments=[attachment])).encode()
    body = a_body(text, a_part(jws, Content_Type="application/octet-stream"))
    with stored.unchanged():
        answer = lrs.http.post("/statements", content=body, headers=MULTIPART)
        assert answer.status_code == 400, answer.text
        assert answer.json()["faults"][0]["pointer"].startswith("/attachments/0")


STRUCTURE = [
    b"\r\n",
    b"\n",
    b"--",
    b"\r\n--",
    OPEN,
    CLOSE,
    BOUNDARY.encode(),
    b"\0",
    b": ",
    b"Content-Type: a/b\r\n",
]
PIECES = st.sampled_from(STRUCTURE) | st.binary(max_size=4)


@settings(MANY, max_examples=300)
@given(changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), PIECES), min_size=1, max_size=3))
def test_a_damaged_body_is_stored_whole_or_not_at_all(lrs, stored, changes):
    body = bytearray(a_body(a_text(CONTENT, OTHER), a_part(CONTENT), a_part(OTHER)))
    for share, length, piece in changes:
        place = int(len(body) * share)
        body[place : place + length] = piece
    before = stored.counts()
    answer = lrs.http.post("/statements", content=bytes(body), headers=MULTIPART)
    assert answer.status_code in {200, 400}, answer.text
    if answer.status_code == 400:
        assert stored.counts() == before
    else:
        assert stored.counts()["log"] == before["log"] + 1


TYPES = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=40)


@settings(MANY, max_examples=200)
@given(
    TYPES
    | TYPES.map(lambda text: f"multipart/mixed;{text}")
    | TYPES.map(lambda text: f"multipart/mixed; boundary{text}")
)
def test_any_content_type_is_answered(lrs, stored, content_type):
    headers = {"Content-Type": content_type.strip().encode("latin-1")}
    answer = lrs.http.post("/statements", content=whole(a_part(CONTENT)), headers=headers)
    assert answer.status_code in {200, 400}, answer.text
