"""What does a statement say in the terms of cmi5? Facts of that statement alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from lrs.cmi5 import words
from lrs.cmi5.structure import MOVE_ON
from lrs.xapi import actor, time
from lrs.xapi.vocabulary import Json

_NONE: Json = {}


class Said(NamedTuple):
    """A statement of a registration; `at` is its timestamp as text that sorts.

    `verb` is a name of section 9.3, else an IRI. `defined` says that it is cmi5 defined (7.1.3), `kind` what
    its object says to be. `success` … `reason` are what stands in the result, the last four in the context.
    """

    position: int
    statement: str
    registration: str
    actor: str
    verb: str
    at: str
    session: str
    defined: bool
    object: str
    kind: str
    grouping: list[str]
    move_on_category: bool
    success: bool | None
    completion: bool | None
    scored: bool
    scaled: float | None
    raw_alone: bool
    duration: str | None
    reason: str | None
    mastery: float | None
    move_on: str | None
    mode: str | None
    url: str | None
    authorities: list[str]

    @property
    def by_the_unit(self) -> bool:
        """Whether the unit said it, and not the system that launched it."""
        return not (self.defined and self.verb in words.BY_THE_LAUNCHER)


def of(statement: Json, position: int = 0) -> Said | None:
    """What it says; None for a statement of no registration, or of no session and not cmi5 defined."""
    context = statement.get("context", _NONE)
    extensions = context.get("extensions", _NONE)
    categories = ids(context, "category")
    defined = words.CATEGORY in categories
    ifi = actor.ifi(statement["actor"])
    if "registration" not in context or ifi is None or not (defined or words.SESSION in extensions):
        return None
    about = statement["object"]
    is_activity = about.get("objectType", "Activity") == "Activity"
    return Said(
        position=position,
        statement=statement.get("id", "").lower(),
        registration=context["registration"].lower(),
        actor=ifi,
        verb=words.VERBS.get(statement["verb"]["id"], statement["verb"]["id"]),
        at=time.format(time.parse(statement["timestamp"])) if "timestamp" in statement else "",
        session=_text(extensions.get(words.SESSION)) or "",
        defined=defined,
        object=about["id"] if is_activity else "",
        kind=words.KINDS.get(about.get("definition", _NONE).get("type", ""), "") if is_activity else "",
        grouping=ids(context, "grouping"),
        move_on_category=words.MOVE_ON_CATEGORY in categories,
        **_of_result(statement.get("result", _NONE)),
        **_of_extensions(extensions),
        authorities=authorities(statement),
    )


def ids(context: Json, name: str) -> list[str]:
    """The ids of the activities under a name; xAPI 1.0 lets a client write one without its list."""
    found = context.get("contextActivities", _NONE).get(name, ())
    return [each["id"] for each in ((found,) if isinstance(found, dict) else found)]


def _of_result(result: Json) -> dict[str, Any]:
    score: Json | None = result.get("score")
    scaled = score.get("scaled") if score else None
    return {
        "success": result.get("success"),
        "completion": result.get("completion"),
        "scored": score is not None,
        "scaled": None if scaled is None else float(scaled),
        "raw_alone": "raw" in (score or _NONE) and not {"min", "max"} <= set(score or _NONE),
        "duration": result.get("duration"),
        "reason": _text(result.get("extensions", _NONE).get(words.REASON)),
    }


def _of_extensions(extensions: Json) -> dict[str, Any]:
    """Anybody can write anything there: what is no such value is none."""
    mastery: Any = extensions.get(words.MASTERY_SCORE)
    if type(mastery) not in (int, float) or not 0 <= mastery <= 1:
        mastery = None
    return {
        "mastery": None if mastery is None else float(mastery),
        "move_on": _one_of(extensions.get(words.MOVE_ON), MOVE_ON),
        "mode": _one_of(extensions.get(words.LAUNCH_MODE), words.MODES),
        "url": _text(extensions.get(words.LAUNCH_URL)),
    }


def authorities(statement: Json) -> list[str]:
    """Who says it: one, or with OAuth the application and the person (Data 2.4.9)."""
    authority = statement.get("authority", _NONE)
    found = (actor.ifi(each) for each in (authority, *actor.members(authority)))
    return [ifi for ifi in found if ifi]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _one_of(value: Any, values: Iterable[str]) -> str | None:
    return value if isinstance(value, str) and value in values else None
