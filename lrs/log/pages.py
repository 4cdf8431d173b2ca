"""Which page is asked for? Of what is numbered in an order that never changes, as of a number or a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from lrs.errors import BadRequest, Fault
from lrs.log.positions import whole_number
from lrs.xapi import time

MOST, USUAL = 500, 100
_LIMIT = {"type": "integer", "minimum": 1, "default": USUAL}
_PLACE = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "format": "date-time"}]}

# The last number at or before a time.
LastAt = Callable[[datetime], int]


class Span(NamedTuple):
    """Where to look, between two numbers; from which end on; and how many are wanted."""

    after: int
    before: int
    ascending: bool
    limit: int


def span(asked: Mapping[str, str], last_at: LastAt, *, last: int, gone: int | None) -> Span:
    """What `since`, `until`, `ascending` and `limit` ask for, of what is numbered up to `last`.

    `gone` is the last one of the page before this one.
    """
    ascending = _ascending(asked)
    after = _place(asked, "since", last_at, 0)
    before = min(_place(asked, "until", last_at, last), last) + 1
    if gone is not None:
        after, before = (max(after, gone), before) if ascending else (after, min(before, gone))
    return Span(after, before, ascending, _limit(asked))


def fault(name: str, rule: str) -> BadRequest:
    """What is wrong with a parameter."""
    return BadRequest(faults=[Fault(name, rule)])


def no_more() -> BadRequest:
    """It is no place to go on from."""
    return fault("from", "must be what `more` was in the answer before")


def query(name: str, description: str, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A parameter, as OpenAPI describes it."""
    return {
        "name": name, "in": "query", "required": False, "description": description,
        "schema": schema or {"type": "string"},
    }  # fmt: skip


PARAMETERS = (
    query("since", "Only what came after this: a position or number, or a time (RFC 3339).", _PLACE),
    query("until", "Only what came until then, that one included.", _PLACE),
    query("ascending", "Oldest first.", {"type": "boolean", "default": False}),
    query("limit", f"Most in one answer, at most {MOST}.", _LIMIT),
    query("from", "Where to go on: `more` of the answer before."),
)


def _place(asked: Mapping[str, str], name: str, last_at: LastAt, default: int) -> int:
    """The number itself, or the last one at a time."""
    if name not in asked:
        return default
    if (number := whole_number(asked[name])) is not None:
        return number
    try:
        return last_at(time.parse(asked[name]))
    except ValueError:
        raise fault(name, "must be a whole number, or a time as in 2026-05-29T15:00:00Z") from None


def _ascending(asked: Mapping[str, str]) -> bool:
    given = asked.get("ascending", "false")
    if given not in ("true", "false"):
        raise fault("ascending", "must be true or false")
    return given == "true"


def _limit(asked: Mapping[str, str]) -> int:
    found = whole_number(asked.get("limit", str(USUAL)))
    if not found:
        raise fault("limit", "must be a whole number, 1 or more")
    return min(found, MOST)
