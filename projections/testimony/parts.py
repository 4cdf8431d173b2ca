"""What are the parts of a statement? Pure functions of one statement, as the log has it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import orjson

from lrs.xapi import actor, language, raw, time
from lrs.xapi.vocabulary import Json
from projections.testimony.moments import microseconds

_NONE: Json = {}
# 0.87 must stay 0.87 when it is (26.1 - 0) / (30 - 0).
_DIGITS = 9


def parsed(state: bytes) -> Json:
    """The statement."""
    try:
        return cast(Json, orjson.loads(state))
    except orjson.JSONDecodeError:
        # A number too large for a double is valid JSON, and was stored as it came.
        return cast(Json, raw.parse_stored(state))


def actors(who: Json) -> Iterable[tuple[str, bool]]:
    """The Agent or identified Group for itself, and each member for herself, once; whether as a member."""
    ifi = actor.ifi(who)
    found = {ifi: False} if ifi else {}
    for member in actor.members(who):
        if (of_member := actor.ifi(member)) and of_member not in found:
            found[of_member] = True
    return found.items()


def authorities(statement: Json) -> list[str]:
    """One, or with OAuth the application and the person (Data 2.4.9)."""
    authority = statement["authority"]
    found = (actor.ifi(each) for each in (authority, *actor.members(authority)))
    return [ifi for ifi in found if ifi]


def at(statement: Json) -> int:
    """Its timestamp in microseconds since 1970."""
    return microseconds(time.parse(statement["timestamp"]))


def listed(activities: Any) -> Iterable[Json]:
    """A list that xAPI 1.0 lets a client write as a single activity."""
    return (activities,) if isinstance(activities, dict) else activities


def score(score: Json) -> float | None:
    """The scaled score, or where raw lies between min and max; without a max above min there is none.

    A min that is not said is 0. Where raw lies far outside (-1 to 1) it says nothing either.
    """
    if "scaled" in score:
        return float(score["scaled"])
    least, most = score.get("min", 0), score.get("max", 0)
    if "raw" not in score or not most > least:
        return None
    found = round(float((score["raw"] - least) / (most - least)), _DIGITS)
    return found if -1 <= found <= 1 else None


def title(activity: Json) -> str | None:
    """What an activity is called."""
    names = activity.get("definition", _NONE).get("name")
    if not names:
        return None
    return cast(str, names[language.choose(names, "")])
