"""Which multipart bodies are read, which are refused and why, in whatever pieces they arrive."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message

from lrs.errors import BadRequest, LRSError, MalformedMultipart, TooLarge
from lrs.http import boundaries, multipart
from tests.multiparts import BOUNDARY, a_body, a_part, sha2_of

MIXED = f"multipart/mixed; boundary={BOUNDARY}"
STATEMENTS = b'[{"actor":"somebody"}]'
CONTENT = b"here is a simple attachment"
BODY = a_body(STATEMENTS, a_part(CONTENT))
OPEN = b"--" + BOUNDARY.encode() + b"\r\n"
CLOSE = b"--" + BOUNDARY.encode() + b"--\r\n"
HASH = b"X-Experience-API-Hash: " + sha2_of(CONTENT).encode()
LIMITS = {"max_body": 100_000, "max_attachment": 100_000, "max_attachments": 10_000_000}

Contents = tuple[bytes, list[bytes]]


def receive(
    body: bytes | Sequence[bytes], content_type: str = MIXED, *, disconnects: bool = False, **limits: int
) -> Contents:
    """The statements and the contents that a body brings."""
    pieces = [body] if isinstance(body, bytes) else body
    messages: list[Message] = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages.append({"type": "http.disconnect"} if disconnects else {"type": "http.request"})
    arriving = iter(messages)

    async def next_message() -> Message:
        return next(arriving)

    headers = [(b"content-type", content_type.encode("latin-1"))]
    request = Request({"type": "http", "method": "POST", "headers": headers}, next_message)
    options: dict[str, Any] = {**LIMITS, "timeout": 5, **limits}
    received = asyncio.run(multipart.receive(request, **options))
    contents = [part.content() for part in received.parts]
    assert [part.sha2 for part in received.parts] == [sha2_of(content) for content in contents]
    for part in received.parts:
        part.close()
    return received.statements, contents


LEGAL = {
    "as usual": (BODY, MIXED),
    "a quoted boundary": (BODY, f'multipart/mixed; boundary="{BOUNDARY}"'),
    "parameters in another order": (BODY, f'Multipart/Mixed; charset="a;b"; BOUNDARY={BOUNDARY}; x=y'),
    "a boundary with every allowed character": (
        a_body(STATEMENTS, a_part(CONTENT), boundary="aZ09'()+_,-./:=? x"),
        "multipart/mixed; boundary=\"aZ09'()+_,-./:=? x\"",
    ),
    "a leading line break": (b"\r\n" + BODY, MIXED),
    "a preamble": (b"This is a multipart - message.\r\n\r\nSee RFC 2046.\r\n" + BODY, MIXED),
    "an epilogue": (BODY + b"\r\nThat was it.\r\n--" + BOUNDARY.encode() + b"\r\nnever read", MIXED),
    "no line break at the end": (BODY.removesuffix(b"\r\n"), MIXED),
    "blanks after a boundary": (BODY.replace(OPEN, OPEN.removesuffix(b"\r\n") + b" \t \r\n"), MIXED),
    "headers without a blank": (BODY.replace(b": ", b":"), MIXED),
    "headers with tabs and blanks": (BODY.replace(b": ", b":\t  ").replace(b"binary", b"binary \t"), MIXED),
    "headers in capitals": (re.sub(rb"[\w-]+(?=: )", lambda name: name[0].upper(), BODY), MIXED),
    "a folded header": (BODY.replace(b"text/plain", b"text/plain;\r\n\tcharset=utf-8"), MIXED),
    "a hash in capitals": (
        a_body(STATEMENTS, a_part(CONTENT, X_Experience_API_Hash=sha2_of(CONTENT).upper())), MIXED,
    ),
    "a charset for the statements": (BODY.replace(b"/json", b"/json; charset=UTF-8"), MIXED),
    "no content type": (a_body(STATEMENTS, a_part(CONTENT, Content_Type=None)), MIXED),
    "further headers": (a_body(STATEMENTS, a_part(CONTENT, Content_Disposition="attachment")), MIXED),
}  # fmt: skip


@pytest.mark.parametrize(("body", "content_type"), LEGAL.values(), ids=LEGAL)
def test_what_the_standards_allow_is_read(body: bytes, content_type: str) -> None:
    assert receive(body, content_type) == (STATEMENTS, [CONTENT])


def test_a_body_may_have_no_attachments() -> None:
    assert receive(a_body(STATEMENTS)) == (STATEMENTS, [])


def test_equal_contents_may_come_twice() -> None:
    assert receive(a_body(STATEMENTS, a_part(CONTENT), a_part(CONTENT))) == (STATEMENTS, [CONTENT, CONTENT])


def test_a_part_without_an_empty_line_for_its_content_is_empty() -> None:
    body = a_body(STATEMENTS, a_part(b"")).replace(b"\r\n\r\n\r\n", b"\r\n\r\n")
    assert receive(body) == (STATEMENTS, [b""])


@pytest.mark.parametrize("algorithm", ["sha224", "sha256", "sha384", "sha512"])
def test_every_hash_of_the_sha_2_family_is_checked(algorithm: str) -> None:
    sha2 = hashlib.new(algorithm, CONTENT).hexdigest()
    body = a_body(STATEMENTS, a_part(CONTENT, X_Experience_API_Hash=sha2))
    with pytest.raises(MalformedMultipart, match="the hash of the content that follows"):
        receive(body.replace(CONTENT, CONTENT.upper()))
    messages = iter([{"type": "http.request", "body": body}])

    async def next_message() -> Message:
        return next(messages)

    request = Request(
        {"type": "http", "method": "POST", "headers": [(b"content-type", MIXED.encode())]}, next_message
    )
    received = asyncio.run(multipart.receive(request, **LIMITS, timeout=5))
    assert [part.sha2 for part in received.parts] == [sha2]


MALFORMED = {
    "no boundary": (BODY, "multipart/mixed", "boundary"),
    "an empty boundary": (BODY, "multipart/mixed; boundary=", "boundary"),
    "a boundary that is too long": (BODY, f"multipart/mixed; boundary={'x' * 201}", "1 to 200"),
    "a boundary that is not ASCII": (BODY, "multipart/mixed; boundary=\xe4", "printable"),
    "another boundary": (BODY, "multipart/mixed; boundary=other", "does not occur in the body"),
    "an empty body": (b"", MIXED, "does not occur in the body"),
    "JSON alone": (STATEMENTS, MIXED, "does not occur in the body"),
    "bare line feeds": (BODY.replace(b"\r\n", b"\n"), MIXED, "CR LF"),
    "no parts": (CLOSE, MIXED, "no parts"),
    "no end": (BODY.removesuffix(CLOSE), MIXED, "ends before"),
    "an end cut short": (BODY.removesuffix(b"--\r\n"), MIXED, "ends before"),
    "no boundary before the statements": (BODY.split(b"\r\n", 1)[1], MIXED, "application/json"),
    "statements that are not JSON": (BODY.replace(b"/json", b"/xml"), MIXED, "application/json"),
    "statements without a type": (
        BODY.replace(b"Content-Type: application/json\r\n", b"", 1), MIXED, "application/json",
    ),
    "statements in base64": (
        BODY.replace(b"json", b"json\r\nContent-Transfer-Encoding: base64"), MIXED, "must be binary",
    ),
    "statements in two parts": (
        a_body(STATEMENTS, ({"Content-Type": "application/json"}, STATEMENTS)), MIXED, "must be binary",
    ),
    "no transfer encoding": (
        a_body(STATEMENTS, a_part(CONTENT, Content_Transfer_Encoding=None)), MIXED, "must be binary",
    ),
    "an attachment in base64": (BODY.replace(b"binary", b"base64"), MIXED, "must be binary"),
    "no hash": (BODY.replace(HASH + b"\r\n", b""), MIXED, "X-Experience-API-Hash"),
    "a hash with other letters": (BODY.replace(HASH, HASH[:-1] + b"g"), MIXED, "X-Experience-API-Hash"),
    "a hash of another length": (BODY.replace(HASH, HASH[:-2]), MIXED, "X-Experience-API-Hash"),
    "the hash of another content": (BODY.replace(CONTENT, CONTENT + b"!"), MIXED, "the hash of the content"),
    "a header twice": (BODY.replace(HASH, HASH + b"\r\n" + HASH), MIXED, "twice"),
    "a line that is no header": (BODY.replace(HASH, HASH + b"\r\nnonsense"), MIXED, "'nonsense'"),
    "a header without a name": (BODY.replace(HASH, HASH + b"\r\n: value"), MIXED, "no header"),
    "a NUL in a header": (BODY.replace(b"text/plain", b"text/\0plain"), MIXED, "no header"),
    "a line feed in a header": (BODY.replace(b"text/plain", b"text/plain\nA: b"), MIXED, "no header"),
    "no end of the headers": (OPEN + b"Content-Type: text/plain\r\n", MIXED, "ends before"),
    "too many headers": (
        a_body(STATEMENTS, a_part(CONTENT, **{f"h{n}": "" for n in range(boundaries.MOST_HEADERS)})), MIXED,
        "more than 32",
    ),
    "headers that are too long": (
        a_body(STATEMENTS, a_part(CONTENT, long="x" * boundaries.MOST_HEADER_BYTES)), MIXED, "8,192 bytes",
    ),
    "headers without end": (OPEN + b"x" * 10_000, MIXED, "8,192 bytes"),
    "too long a preamble": (b"x" * boundaries.MOST_BESIDE_BYTES + b"\r\n" + BODY, MIXED, "outside of"),
    "too long an epilogue": (BODY + b"x" * boundaries.MOST_BESIDE_BYTES, MIXED, "outside of"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "content_type", "says"), MALFORMED.values(), ids=MALFORMED)
def test_what_is_malformed_is_refused_with_the_reason(body: bytes, content_type: str, says: str) -> None:
    for pieces in ([body], [body[place : place + 1] for place in range(len(body))]):
        with pytest.raises(MalformedMultipart, match=re.escape(says)):
            receive(pieces, content_type)


@pytest.mark.parametrize(
    ("max_body", "max_attachment", "says"),
    [(10, 99, "body .*LRS_MAX_BODY"), (99, 10, "attachment .*LRS_MAX_ATTACH")],
)
def test_what_is_too_large_names_the_setting(max_body: int, max_attachment: int, says: str) -> None:
    with pytest.raises(TooLarge, match=says):
        receive(BODY, max_body=max_body, max_attachment=max_attachment)


@pytest.mark.parametrize("sizes", [[101], [100, 1], [50, 51], [1] * 101, [0, 100, 0, 1]])
def test_the_sum_of_the_attachments_is_limited(sizes: list[int]) -> None:
    contents = [b"x" * size for size in sizes]
    body = a_body(STATEMENTS, *map(a_part, contents))
    with pytest.raises(TooLarge, match=r"sum of the attachments .* 100 bytes .*LRS_MAX_ATTACHMENTS"):
        receive(body, max_attachments=100)
    assert receive(body, max_attachments=101) == (STATEMENTS, contents)


def test_who_announces_far_too_much_need_not_send_it() -> None:
    async def next_message() -> Message:
        raise AssertionError("nothing should be read")

    headers = [(b"content-type", MIXED.encode()), (b"content-length", b"1000000000")]
    request = Request({"type": "http", "method": "POST", "headers": headers}, next_message)
    with pytest.raises(TooLarge, match="LRS_MAX_ATTACHMENTS"):
        asyncio.run(multipart.receive(request, **LIMITS, timeout=5))


def test_too_many_parts_are_too_large() -> None:
    with pytest.raises(TooLarge, match="10,000 parts"):
        receive(a_body(b"[]", *[a_part(b"")] * (multipart.MOST_PARTS + 1)))


def test_a_client_that_goes_away_is_refused() -> None:
    with pytest.raises(BadRequest, match="went away"):
        receive([BODY[:-10]], disconnects=True)


LARGE = b"0123456789abcdef" * 200_000


@pytest.mark.parametrize("ending", [b"", b"\r\n" + CLOSE], ids=["broken off", "whole"])
def test_no_file_stays_behind(ending: bytes) -> None:
    opening = a_body(STATEMENTS, a_part(LARGE)).removesuffix(b"\r\n" + CLOSE)
    pieces = [opening[start : start + 65536] for start in range(0, len(opening), 65536)]
    open_before = psutil.Process().num_fds()
    try:
        assert receive([*pieces, ending], disconnects=not ending, max_attachment=len(LARGE)) == (
            STATEMENTS,
            [LARGE],
        )
        assert ending
    except BadRequest:
        assert not ending
    assert psutil.Process().num_fds() == open_before


def test_parts_share_one_file_and_do_not_mix() -> None:
    contents = [LARGE, b"", CONTENT, LARGE[5:], b"end"]
    body = a_body(STATEMENTS, *map(a_part, contents))
    assert receive(body, max_attachment=len(LARGE)) == (STATEMENTS, contents)


DELIMITER = re.compile(rb"\r\n--" + BOUNDARY.encode() + rb"(--|[ \t]*\r\n)")
lures = st.lists(
    st.sampled_from(
        [b"\r\n", b"\r", b"\n", b"-", b"--", b" ", BOUNDARY.encode(), b"\r\n--" + BOUNDARY.encode(), b"x"]
    )
    | st.binary(max_size=20),
    max_size=30,
).map(b"".join)
contents = lures.filter(lambda content: not DELIMITER.search(b"\r\n" + content + b"\r\n"))
cuts = st.lists(st.integers(0, 4000), max_size=40)


def cut(body: bytes, places: list[int]) -> list[bytes]:
    return [body[start:end] for start, end in pairwise([0, *sorted(places), len(body)])]


def outcome(body: Sequence[bytes]) -> Contents | str:
    """What a body brings, or the error that the client reads; anything else fails the test."""
    try:
        return receive(body)
    except LRSError as error:
        return str(error)


@settings(deadline=None)
@given(statements=contents, attached=st.lists(contents, max_size=4), places=cuts)
def test_what_is_sent_arrives_in_whatever_pieces(
    statements: bytes, attached: list[bytes], places: list[int]
) -> None:
    body = a_body(statements, *map(a_part, attached))
    assert receive(cut(body, places)) == (statements, attached)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A body in which something was cut out, changed or put in."""
    body = a_body(draw(contents), *map(a_part, draw(st.lists(contents, max_size=3))))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(body)))
        end = draw(st.integers(start, min(len(body), start + 40)) | st.just(len(body)))
        body = body[:start] + draw(lures) + body[end:]
    return body


@settings(deadline=None, max_examples=300)
@given(body=damaged(), places=cuts)
def test_a_damaged_body_is_read_or_refused_alike_in_whatever_pieces(body: bytes, places: list[int]) -> None:
    assert outcome(cut(body, places)) == outcome([body])


@settings(deadline=None)
@given(body=st.binary(max_size=300) | lures)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    outcome([body])


@settings(deadline=None)
@given(content_type=st.text(st.characters(max_codepoint=255), max_size=60).map("multipart/mixed;".__add__))
def test_any_content_type_is_read_or_refused(content_type: str) -> None:
    with pytest.raises(LRSError):
        receive(b"--\r\n\r\n", content_type)


def test_every_single_place_to_cut_at_gives_the_same() -> None:
    for place in range(len(BODY)):
        assert receive(cut(BODY, [place])) == (STATEMENTS, [CONTENT])
