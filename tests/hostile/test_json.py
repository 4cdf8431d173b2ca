"""What is no JSON, or JSON that could mean two things, is refused with a sentence, and nothing is stored."""

from __future__ import annotations

import json

import pytest

from tests.client import a_statement

WHOLE = json.dumps(a_statement()).encode()
INSIDE = WHOLE[:-1]
MALFORMED = {
    "nothing": b"",
    "white space": b" \r\n\t ",
    "half a statement": WHOLE[: len(WHOLE) // 2],
    "two statements": WHOLE + WHOLE,
    "two in lines": WHOLE + b"\n" + WHOLE,
    "something behind": WHOLE + b"x",
    "a NUL behind": WHOLE + b"\0",
    "a byte order mark": b"\xef\xbb\xbf" + WHOLE,
    "UTF-16": WHOLE.decode().encode("utf-16"),
    "UTF-32": WHOLE.decode().encode("utf-32-le"),
    "Latin-1": INSIDE + b',"result":{"response":"\xe4"}}',
    "an overlong NUL": INSIDE + b',"result":{"response":"\xc0\x80"}}',
    "a surrogate in UTF-8": INSIDE + b',"result":{"response":"\xed\xa0\x80"}}',
    "beyond Unicode": INSIDE + b',"result":{"response":"\xf4\x90\x80\x80"}}',
    "half a surrogate pair": INSIDE + b',"result":{"response":"\\ud83d"}}',
    "a surrogate pair in reverse": INSIDE + b',"result":{"response":"\\udc00\\ud800"}}',
    "a raw tab": INSIDE + b',"result":{"response":"\t"}}',
    "a raw NUL": INSIDE + b',"result":{"response":"\0"}}',
    "an unknown escape": INSIDE + b',"result":{"response":"\\x41"}}',
    "half an escape": INSIDE + b',"result":{"response":"\\u00"}}',
    "a key twice": INSIDE + b',"verb":{"id":"http://example.com/other"}}',
    "a key twice, once escaped": INSIDE + b',"\\u0076erb":{"id":"http://example.com/other"}}',
    "a key twice, deep": INSIDE + b',"result":{"extensions":{"http://a.b/c":[{"a":1,"a":1}]}}}',
    "an id twice": INSIDE + b',"id":"6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}',
    "NaN": INSIDE + b',"result":{"extensions":{"http://a.b/c":NaN}}}',
    "infinity": INSIDE + b',"result":{"extensions":{"http://a.b/c":-Infinity}}}',
    "hexadecimal": INSIDE + b',"result":{"extensions":{"http://a.b/c":0x10}}}',
    "a leading zero": INSIDE + b',"result":{"extensions":{"http://a.b/c":01}}}',
    "a plus": INSIDE + b',"result":{"extensions":{"http://a.b/c":+1}}}',
    "a bare point": INSIDE + b',"result":{"extensions":{"http://a.b/c":1.}}}',
    "a comma too many": INSIDE + b",}",
    "a comment": b"/* */" + WHOLE,
    "single quotes": WHOLE.replace(b'"', b"'"),
    "a bare key": WHOLE.replace(b'"id"', b"id", 1),
    "a form": b"actor=x&verb=y",
    "XML": b"<?xml version='1.0'?><statement/>",
    "a zip": b"PK\x03\x04" + bytes(100),
    "compressed": b"\x1f\x8b\x08\x00" + bytes(100),
    "open arrays": b"[" * 100_000,
    "open objects": b'{"a":' * 100_000,
    "closing brackets": b"]" * 100_000,
    "deep, and closed": INSIDE
    + b',"result":{"extensions":{"http://a.b/c":'
    + b"[" * 120
    + b"]" * 120
    + b"}}}",
    "as deep as a stack": b"[" * 50_000 + b"]" * 50_000,
}
OTHER_KINDS = {
    "null": b"null",
    "a number": b"1",
    "a huge number": b"9" * 100_000,
    "a huge exponent": b"1e999999999",
    "a string": b'"' + WHOLE.replace(b'"', b'\\"') + b'"',
    "true": b"true",
    "an empty object": b"{}",
    "an array of arrays": b"[[" + WHOLE + b"]]",
    "an array of null": b"[null]",
    "many numbers": b"[" + b",".join([b"0"] * 9000) + b"]",
    "a statement in an object": b'{"statements":[' + WHOLE + b"]}",
    "one of many": b"[" + b",".join([json.dumps(a_statement()).encode() for _ in range(50)]) + b',{"id":1}]',
}
REFUSED = MALFORMED | OTHER_KINDS
JSON = {"Content-Type": "application/json"}
STATE = {
    "activityId": "http://example.com/a",
    "agent": '{"mbox":"mailto:ada@example.com"}',
    "stateId": "hostile",
}


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_a_post_is_refused_with_a_sentence(lrs, stored, body, version):
    with stored.unchanged():
        answer = lrs.http.post(
            "/statements", content=body, headers=JSON | {"X-Experience-API-Version": version}
        )
        assert answer.status_code == 400, answer.text
        assert is_explained(answer.json())


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_a_put_is_refused_with_a_sentence(lrs, stored, body):
    parameters = {"statementId": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}
    with stored.unchanged():
        answer = lrs.http.put("/statements", content=body, params=parameters, headers=JSON)
        assert answer.status_code == 400, answer.text
        assert is_explained(answer.json())


@pytest.mark.parametrize("old", [None, b'{"a":1.10}'], ids=["a new document", "an old document"])
@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_a_merge_is_refused_with_a_sentence(lrs, stored, body, old):
    if old:
        lrs.http.put("/activities/state", params=STATE, content=old, headers=JSON).raise_for_status()
    with stored.unchanged():
        answer = lrs.http.post("/activities/state", params=STATE, content=body, headers=JSON)
        assert answer.status_code == 400, answer.text
        assert is_explained(answer.json())
    if old:
        assert lrs.http.get("/activities/state", params=STATE).content == old


def is_explained(problem):
    return len(problem["error"]) > 10 and all(each["rule"] for each in problem["faults"])
