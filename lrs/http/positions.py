"""Which place in the log is meant? Positions, moments and topics in the parameters of a request."""

from __future__ import annotations

import re
from datetime import datetime

from lrs.errors import BadRequest, Fault
from lrs.log import events
from lrs.log.positions import whole_number
from lrs.xapi import time

# The header that names the place which an answer is true for.
POSITION = "X-LRS-Position"
# Without an offset it is anybody's guess which moment is meant.
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)


def position(name: str, text: str) -> int:
    """A place in the log, 0 before its first event; BadRequest names the parameter."""
    found = whole_number(text)
    if found is None:
        raise BadRequest(faults=[Fault(name, "must be a position of the log: a whole number, 0 or more")])
    return found


def limit(name: str, text: str | None, most: int) -> int:
    """How many are wanted, but never more than the most."""
    found = most if text is None else whole_number(text)
    if not found:
        raise BadRequest(faults=[Fault(name, "must be a whole number, 1 or more")])
    return min(found, most)


def moment(name: str, text: str) -> int | datetime:
    """A place in the log, or a time."""
    found = whole_number(text)
    if found is not None:
        return found
    try:
        if _RFC_3339.fullmatch(text):
            return time.parse(text)
    except ValueError:
        pass  # no such day, or no such hour
    rule = (
        "must be a position of the log, or a time as in 2026-05-29T15:00:00Z or 2026-05-29T17:00:00%2B02:00"
    )
    raise BadRequest(faults=[Fault(name, rule, "RFC 3339")])


def topics(name: str, text: str | None) -> frozenset[str]:
    """The topics that are asked for, with commas between them; none where all are."""
    asked = frozenset(text.split(",")) if text is not None else frozenset()
    if unknown := sorted(asked - events.topics()):
        rule = f"{', '.join(map(repr, unknown))} is no topic; they are {', '.join(sorted(events.topics()))}"
        raise BadRequest(faults=[Fault(name, rule)])
    return asked
