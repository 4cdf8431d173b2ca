"""May this document be written, what is its ETag, and what does merging two give? (Communication 2.2, 3.1)"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from lrs.errors import BadRequest, DocumentConflict, Fault, MalformedJSON, PreconditionFailed
from lrs.xapi import raw
from lrs.xapi.version import Version

Kind = Literal["state", "agent_profile", "activity_profile"]

Members = dict[str, msgspec.Raw]

PIECE = 1 << 20
_MAX_DEPTH = 100
_STORED, _SENT = "the stored document", "the document sent"
_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
# RFC 9110 8.8.3; a bare word is what some clients send: the SHA-1 without its quotes.
_TAG = re.compile(r'\s*(?P<weak>W/)?(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s",*]+))\s*(?:,|$)')


def etag(content: bytes) -> str:
    """Communication 3.1: the quoted SHA-1 of the content, 40 hexadecimal digits."""
    return f'"{hashlib.sha1(content, usedforsecurity=False).hexdigest()}"'


def check_object(content: bytes) -> None:
    """Raise unless it is a JSON object that leaves no doubt: no key twice, at any depth, and not too deep."""
    _check_depths(_members(content, _SENT))


def merge(old: bytes, new: bytes) -> bytes:
    """The old JSON object with the properties of the new one, top level only, each as it was sent."""
    return msgspec.json.encode(_members(old, _STORED) | _members(new, _SENT))


def check_preconditions(
    method: str,
    kind: Kind,
    version: Version,
    *,
    current: str | None,
    if_match: str | None,
    if_none_match: str | None,
) -> None:
    """Raise unless a PUT, POST or DELETE may go on, where `current` is the ETag of the stored document."""
    if if_match is not None and not _matches(if_match, current, "If-Match", weakly=False):
        raise PreconditionFailed
    if if_none_match is not None and _matches(if_none_match, current, "If-None-Match", weakly=True):
        raise PreconditionFailed
    if method == "PUT" and if_match is None and if_none_match is None:
        _check_blind_put(kind, version, exists=current is not None)


def is_known(if_none_match: str | None, etag: str) -> bool:
    """RFC 9110 13.1.2: whether the client has this very content already."""
    return if_none_match is not None and _matches(if_none_match, etag, "If-None-Match", weakly=True)


def _check_blind_put(kind: Kind, version: Version, *, exists: bool) -> None:
    # Communication 3.1: 1.0.3 lets State be overwritten blindly, 2.0 protects every kind.
    if version == "1.0.3" and kind == "state":
        return
    if exists:
        raise DocumentConflict
    if version == "1.0.3":
        rule = "A PUT of a profile needs If-Match, or If-None-Match: * for a new one."
        raise BadRequest(faults=[Fault("If-Match", rule, "Communication 3.1")])


def _matches(header: str, current: str | None, name: str, *, weakly: bool) -> bool:
    """RFC 9110 13.1: * matches whatever exists; a weak tag matches only where weak comparison is allowed."""
    if header.strip() == "*":
        return current is not None
    return current in [tag for weak, tag in _tags(header, name) if weakly or not weak]


def _tags(header: str, name: str) -> Iterator[tuple[bool, str]]:
    position = 0
    while position < len(header) or not header:
        found = _TAG.match(header, position)
        if found is None:
            rule = 'must be * or a list of entity tags such as "7c4a8d09ca3762af61e59520943dc26494f8941b"'
            raise BadRequest(faults=[Fault(name, rule, "RFC 9110 13.1")])
        opaque = found["quoted"] if found["bare"] is None else found["bare"]
        yield found["weak"] is not None, f'"{opaque}"'
        position = found.end()


def _members(content: bytes, whose: str) -> Members:
    """The members of an object as they stand in it; no values are made, for a large document has many."""
    try:
        content.decode()  # msgspec looks at the structure, and does not read the texts
        members = _decoder.decode(content)
    except msgspec.ValidationError:
        raise BadRequest(f"Only JSON objects can be merged; {whose} is another kind of JSON.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"Only JSON objects can be merged; {whose} is not JSON: {error}.") from error
    # What comes out as it went in has no key twice, for then the first of the two would be missing.
    if msgspec.json.encode(members) != content and _count(content) > len(members):
        raise BadRequest(f"Only JSON objects can be merged; {whose} has a key twice.")
    return members


def _count(content: bytes) -> int:
    """How many members an object has, each time that a key is repeated counted."""
    count = 0

    def keep(*_: object) -> _Key:
        nonlocal count
        count += 1
        return _ANY_KEY

    msgspec.json.Decoder(dict[_Key, msgspec.Raw], dec_hook=keep).decode(content)
    return count


class _Key:
    """A type that the decoder does not know, so that it asks for each."""


_ANY_KEY = _Key()


def _check_depths(members: Members) -> None:
    """Piece by piece, so that it does not keep others from running for long."""
    piece: list[bytes] = []
    size = 0
    for member in members.values():
        if (text := bytes(member)).startswith((b"{", b"[")):
            piece.append(text)
            size += len(text)
        if size > PIECE:
            _check_piece(piece)
            piece, size = [], 0
    _check_piece(piece)


def _check_piece(values: list[bytes]) -> None:
    try:
        # In an array they are nested as deep as in the object that they are from.
        raw.parse(b"[%b]" % b",".join(values), max_depth=_MAX_DEPTH)
    except MalformedJSON as error:
        raise BadRequest(f"Only JSON objects can be merged; {_SENT} is not: {error.message}") from error
