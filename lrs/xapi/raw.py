"""What does this JSON text say? Strict parsing, and the raw texts of the parts of a whole."""

from __future__ import annotations

import json
import math
import sys
from itertools import chain
from typing import Any, NoReturn

import msgspec
import orjson

from lrs.errors import MalformedJSON
from lrs.xapi.vocabulary import Json

_DEEPEST = 1000
_BACKSLASH = ord("\\")
_ALIKE = bytes.maketrans(b"{}[]", b"()()")
_NO_BRACKETS = bytes(each for each in range(256) if each not in b"{}[]")

_elements = msgspec.json.Decoder(list[msgspec.Raw])
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


def parse(text: bytes, *, max_depth: int) -> Any:
    """The value of a JSON text that leaves no doubt: no repeated key, no lone surrogate, no NaN.

    A number too large or too long for a double comes out as the nearest double; its text is what is stored.
    """
    colons = text.count(b":")
    try:
        value = orjson.loads(text)
        # A key dropped as a repetition took its colon along, and only an escaped colon could make up for it.
        proven = orjson.dumps(value).count(b":") == colons and not (_BACKSLASH in text and b"\\u003" in text)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        proven = False
    if not proven:
        value = _parse_strictly(text)
    if _may_be_deeper(text, max_depth) and _deeper(value, max_depth):
        raise MalformedJSON(f"The JSON is nested more than {max_depth} deep.")
    return value


def parse_stored(text: bytes) -> Any:
    """The value of a text that was accepted before, which settled how deep it may be."""
    return parse(text, max_depth=_DEEPEST)


def split(text: bytes) -> list[bytes]:
    """The texts of the elements of an array that `parse` has accepted."""
    return [bytes(element) for element in _elements.decode(text)]


def members(text: bytes) -> dict[str, bytes]:
    """The texts of the members of an object that `parse` has accepted."""
    return {name: bytes(member) for name, member in _members.decode(text).items()}


def _may_be_deeper(text: bytes, max_depth: int) -> bool:
    """A cheap bound, and nearly always enough: take away the innermost pairs as often as pairs may be nested.

    Brackets inside of strings can only make the text look deeper than it is.
    """
    if text.count(b"{") + text.count(b"[") <= max_depth:
        return False
    brackets = text.translate(_ALIKE, _NO_BRACKETS)
    for _ in range(max_depth):
        if not brackets:
            return False
        brackets = brackets.replace(b"()", b"")
    return bool(brackets)


def _deeper(value: Any, max_depth: int) -> bool:
    """Go down level by level: is there an object or array inside of max_depth others?"""
    level = [value]
    for _ in range(max_depth + 1):
        level = [one for one in level if type(one) is dict or type(one) is list]
        if not level:
            return False
        level = [*chain.from_iterable(one.values() if type(one) is dict else one for one in level)]
    return True


def _parse_strictly(text: bytes) -> Any:
    """Slower and exact: what the fast parser cannot prove or will not read."""
    try:
        decoded = text.decode()
        value = _decoder.decode(decoded)
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        raise MalformedJSON(f"The text is not UTF-8: see the byte at {error.start}.") from None
    except UnicodeEncodeError:
        raise MalformedJSON(
            "A string has one half of a surrogate pair (\\ud800 to \\udfff) without the other."
        ) from None
    except json.JSONDecodeError as error:
        raise MalformedJSON(_explain(decoded, error)) from None
    except RecursionError:
        raise MalformedJSON("The JSON is nested too deep.") from None
    return value


def _explain(text: str, error: json.JSONDecodeError) -> str:
    if not text.strip():
        return "There is no JSON: the text is empty."
    if text.startswith("\ufeff"):
        return "The JSON begins with a byte order mark, which JSON does not allow (RFC 8259 8.1)."
    return f"This is not JSON: {error.msg}, line {error.lineno}, column {error.colno}."


def _object(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise MalformedJSON(f"An object has the key {twice[:100]!r} twice.")
    return found


def _float(text: str) -> float:
    number = float(text)
    return math.copysign(sys.float_info.max, number) if math.isinf(number) else number


def _int(text: str) -> int | float:
    # No int of more than 64 bits: the fast parser makes none either, and int() refuses 4,300 digits.
    short = len(text) <= 20 and -(2**63) <= (number := int(text)) < 2**64
    return number if short else _float(text)


def _not_a_number(text: str) -> NoReturn:
    raise MalformedJSON(f"{text} is not a number of JSON.")


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_float, parse_int=_int, parse_constant=_not_a_number
)
