"""Which rules does this statement break? Every fault, each with its place and the rule in words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from lrs.errors import Fault
from lrs.xapi import actor, faults
from lrs.xapi.rules import RULES
from lrs.xapi.version import Version
from lrs.xapi.vocabulary import Json

# Who makes more faults than these at once will look at the first of them first.
MOST_FAULTS = 1000


def statement(value: Any, version: Version, *, at: str = "") -> list[Fault]:
    """Every fault of one statement; a valid one has none, and that is found out fast."""
    return _faults(value, RULES[version].document, version, at)


def agent(value: Any, version: Version, *, at: str = "") -> list[Fault]:
    """Every fault of an Agent or a Group that names somebody outside of a statement."""
    found = _faults(value, RULES[version].document["$defs"]["actor"], version, at)
    if not found and actor.ifi(value) is None:
        return [Fault(at, "A Group without an identifier names nobody here.", "Data 2.4.2.2")]
    return found


def authority(value: Any, version: Version, *, at: str = "") -> list[Fault]:
    """Every fault of an Agent, or Group of two, whose word statements are (Data 2.4.9)."""
    return _faults(value, RULES[version].document["$defs"]["authority"], version, at)


def duplicates(ids: Sequence[str]) -> list[Fault]:
    """The ids, in lower case, that stand twice in one batch, be the statements equal or not."""
    if len(set(ids)) == len(ids):
        return []
    first: dict[str, int] = {}
    return [
        Fault(f"/{place}/id", f"The statement at /{first[each]} has this id, too.", "Data 2.4.1")
        for place, each in enumerate(ids)
        if first.setdefault(each, place) != place
    ]


def _faults(value: Any, schema: Json, version: Version, at: str) -> list[Fault]:
    """The first MOST_FAULTS; memory and time do not grow with the others."""
    rules = RULES[version]
    if rules.hold(schema, value):
        return []
    found = list(dict.fromkeys(islice(faults.find(rules, schema, value, at=at), MOST_FAULTS)))
    return found or [Fault(at, "This breaks a rule of the specification.")]  # never valid for want of words
