"""When are two statements the same? (Data 2.3.1, IEEE 9274.1.1 4.2.4.1)"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from lrs.xapi import time
from lrs.xapi.vocabulary import Json

# Set by the store, or not part of what a statement says.
_IGNORED = {"stored", "authority", "version", "attachments"}


def same(sent: Json, stored: Json) -> bool:
    """Does the stored statement say what the sent one says? Id and timestamp may come from the store."""
    own = sent.keys() - _IGNORED
    from_store = _IGNORED | {"id", "timestamp"}
    if not own <= stored.keys() or not stored.keys() - from_store <= own:
        return False
    return all(_same_member(name, sent[name], stored[name]) for name in own)


def _same_member(name: str, sent: Any, stored: Any) -> bool:
    """Equal as written, which is usual and cheap to see, or else in the one spelling."""
    spell = _SPELLING.get(name)
    return _equal(sent, stored) or (spell is not None and _equal(spell(sent), spell(stored)))


@dataclass(frozen=True, slots=True, eq=False)
class _Duration:  # noqa: PLW1641 - compared, never hashed
    """A duration as it is compared: to 0.01 s (Data 4.6)."""

    text: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Duration) and time.same_duration(self.text, other.text)


def _equal(a: Any, b: Any) -> bool:
    """Equality of JSON values: 1.0 is 1, but true is not."""
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(_equal(a[name], b[name]) for name in a)
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(_equal, a, b))
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    return bool(a == b)


def _essence(statement: Json) -> Json:
    """What a statement or SubStatement says, in one spelling."""
    return {
        name: _SPELLING[name](value) if name in _SPELLING else value
        for name, value in statement.items()
        if name not in _IGNORED
    }


def _with(value: Json, spelling: dict[str, Callable[[Any], Any]]) -> Json:
    return value | {name: spell(value[name]) for name, spell in spelling.items() if name in value}


def _actor(actor: Json) -> Json:
    spelled = {"objectType": "Agent", **actor}
    if "member" in actor:
        # The members of a Group are a set: their order says nothing.
        spelled["member"] = sorted(map(_actor, actor["member"]), key=_sort_key)
    return spelled


def _sort_key(actor: Json) -> bytes:
    return orjson.dumps(actor, option=orjson.OPT_SORT_KEYS)


def _verb(verb: Json) -> Json:
    return {name: value for name, value in verb.items() if name != "display"}


def _activity(activity: Json) -> Json:
    return {"objectType": "Activity"} | {k: v for k, v in activity.items() if k != "definition"}


def _object(about: Json) -> Json:
    match about.get("objectType", "Activity"):
        case "Activity":
            return _activity(about)
        case "Agent" | "Group":
            return _actor(about)
        case "SubStatement":
            return _essence(about)
        case "StatementRef":
            return _with(about, {"id": str.lower})
    return about


def _result(result: Json) -> Json:
    return _with(result, {"duration": _Duration})


def _context(context: Json) -> Json:
    return _with(
        context,
        {
            "registration": str.lower,
            "statement": _object,
            "instructor": _actor,
            "team": _actor,
            "contextAgents": lambda entries: [_with(entry, {"agent": _actor}) for entry in entries],
            "contextGroups": lambda entries: [_with(entry, {"group": _actor}) for entry in entries],
            "contextActivities": _context_activities,
        },
    )


def _context_activities(groups: Json) -> Json:
    return {
        name: [_activity(activity) for activity in (group if isinstance(group, list) else [group])]
        for name, group in groups.items()
    }


_SPELLING: dict[str, Callable[[Any], Any]] = {
    "id": str.lower,
    "actor": _actor,
    "verb": _verb,
    "object": _object,
    "result": _result,
    "context": _context,
    "timestamp": time.parse,
}
