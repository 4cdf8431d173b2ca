"""What do the fields of a form stand for? Headers, parameters and content (Communication 1.3)."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote_to_bytes, urlencode

from lrs.errors import BadRequest, Fault

SECTION = "Communication 1.3"
# The headers that the specification moves into the form; all others stay where they are.
HEADERS = frozenset(
    {
        "authorization",
        "x-experience-api-version",
        "content-type",
        "content-length",
        "if-match",
        "if-none-match",
    }
)
MOST_FIELDS = 100
PIECE = 1 << 16


class Form(NamedTuple):
    """The parts of the request that a form stands for; headers in lower case."""

    headers: dict[bytes, bytes]
    query: bytes
    content: bytes | None


def parse(body: bytes) -> Form:
    """The form in a body; BadRequest for a field that cannot be what it stands for."""
    headers: dict[bytes, bytes] = {}
    parameters: list[tuple[str, str]] = []
    content: bytes | None = None
    for name, value in _fields(body):
        if name == "content":
            if content is not None:
                raise _fault(name, "may stand only once")
            content = value.encode()
        elif (header := name.lower()) not in HEADERS:
            parameters.append((name, value))
        elif header != "content-length":  # We know it better: it is said to be smaller than the form's.
            _add_header(headers, header, value)
    return Form(headers, urlencode(parameters).encode(), content)


def authorization(beginning: bytes) -> str | None:
    """The Authorization, if it stands among the fields that the beginning of a form has whole."""
    *fields, _ = beginning.split(b"&", MOST_FIELDS)
    pairs = [field.partition(b"=") for field in fields]
    return next((_text(value) for name, _, value in pairs if _text(name).lower() == "authorization"), None)


def _fields(body: bytes) -> list[tuple[str, str]]:
    if body.count(b"&") >= MOST_FIELDS:
        raise _fault("", f"A form may have at most {MOST_FIELDS} fields.")
    pairs = [field.partition(b"=") for field in body.split(b"&") if field]
    return [(_text(name), _text(value)) for name, _, value in pairs]


def _add_header(headers: dict[bytes, bytes], name: str, value: str) -> None:
    if name.encode() in headers:
        raise _fault(name, "may stand only once")
    if not value.isprintable():
        raise _fault(name, "must be printable characters: it stands for a header")
    headers[name.encode()] = value.strip().encode()


def _text(encoded: bytes) -> str:
    """Communication 1.3: content is a UTF-8 string, and binary data has no place in this syntax."""
    try:
        return _decode(encoded.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise _fault("", "A field of the form is not UTF-8.") from None


def _decode(encoded: bytes) -> bytes:
    """Piece by piece: decoding makes an object of every escape, and there can be millions."""
    pieces = []
    begin = 0
    while begin < len(encoded):
        end = begin + PIECE
        # An escape has three characters; none is cut in two.
        cut = encoded.rfind(b"%", end - 2, end)
        end = end if cut < 0 else cut
        pieces.append(unquote_to_bytes(encoded[begin:end]))
        begin = end
    return b"".join(pieces)


def _fault(name: str, rule: str) -> BadRequest:
    return BadRequest(faults=[Fault(name, rule, SECTION)])
