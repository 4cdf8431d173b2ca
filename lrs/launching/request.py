"""What shall be launched or waived? The body, with every fault in it, and what it makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID, uuid4

from lrs.cmi5 import nodes, words
from lrs.cmi5.bound import Bound
from lrs.cmi5.launch import Launch, unit_url
from lrs.cmi5.nodes import Node
from lrs.cmi5.structure import MOVE_ON
from lrs.errors import BadRequest, Fault
from lrs.registrar import check
from lrs.xapi.vocabulary import Json

_NEEDED = ("course", "au", "actor")
_TEXTS = ("course", "au", "registration", "mode", "returnURL", "base", "moveOn", "launchParameters", "reason")
_OF_A_LAUNCH = frozenset({*_TEXTS, "actor", "masteryScore"} - {"reason"})
_OF_A_WAIVER = frozenset({*_NEEDED, "registration", "reason"})


def parse(body: Any) -> Json:
    """The body, which is sound by itself; BadRequest with every fault."""
    return _sound(body, "launch", _NEEDED, _OF_A_LAUNCH)


def parse_waiver(body: Any) -> Json:
    """The same of a waiver, which needs a reason (9.5.5.2)."""
    return _sound(body, "waiver", (*_NEEDED, "reason"), _OF_A_WAIVER)


def course_id(body: Json) -> str:
    """Our id of the course that is meant: by it, or by the publisher's."""
    try:
        return str(UUID(body["course"]))
    except ValueError:
        return nodes.structure_id(body["course"])


def made(body: Json, course: Node, *, authority: Json) -> Launch:
    """The launch of a unit of this course; BadRequest where there is no such unit, or no URL to it."""
    unit = _unit(body, course)
    url = unit_url(unit, body.get("base"))
    if url is None:
        raise _wrong("/base", "is missing: the unit's URL is relative to where its package is served")
    return Launch(
        bound=_bound(body, course, unit, authority),
        unit=unit,
        url=url,
        mode=body.get("mode", words.MODES[0]),
        move_on=str(body.get("moveOn", unit.known["moveOn"])),
        mastery=body.get("masteryScore", unit.known.get("masteryScore")),
        parameters=body.get("launchParameters", unit.known.get("launchParameters")),
        return_url=body.get("returnURL"),
    )


def waived(body: Json, course: Node, *, authority: Json) -> Bound:
    """The session in which a unit of this course is waived; BadRequest where there is no such unit."""
    return _bound(body, course, _unit(body, course), authority)


def _unit(body: Json, course: Node) -> Node:
    unit = course.by_id.get(body["au"]) or course.by_activity.get(body["au"])
    if unit is None or unit.kind != "au":
        raise _wrong("/au", "is no assignable unit of the course")
    return unit


def _bound(body: Json, course: Node, unit: Node, authority: Json) -> Bound:
    agent = {name: body["actor"][name] for name in ("name", "account") if name in body["actor"]}
    return Bound(
        session=str(uuid4()),
        registration=body.get("registration", str(uuid4())).lower(),
        course=course.id,
        au=unit.id,
        activity=unit.activity,
        agent={"objectType": "Agent", **agent},
        authority=authority,
    )


def _sound(body: Any, what: str, needed: Iterable[str], known: frozenset[str]) -> Json:
    if not isinstance(body, dict):
        raise BadRequest(f"The {what} breaks rules.", faults=[Fault("", "must be a JSON object")])
    check.require([*_shape(body, what, needed, known), *_values(body)], f"The {what}")
    return body


def _shape(body: Json, what: str, needed: Iterable[str], known: frozenset[str]) -> Iterator[Fault]:
    for name in needed:
        if name not in body:
            yield Fault(f"/{name}", f"is missing: a {what} needs it")
    for name in sorted(set(body) - known):
        yield Fault(f"/{name}", f"is not known: a {what} has {', '.join(sorted(known))}")
    for name in _TEXTS:
        if name in body and not isinstance(body[name], str):
            yield Fault(f"/{name}", "must be text")


def _values(body: Json) -> Iterator[Fault]:
    if isinstance(body.get("actor", {}), dict):
        yield from _actor(body.get("actor", {"account": None}))
    else:
        yield Fault("/actor", "must be an Agent")
    if body.get("mode", words.MODES[0]) not in words.MODES:
        yield Fault("/mode", f"must be one of {', '.join(words.MODES)}", "cmi5 10.2.2")
    if body.get("moveOn", MOVE_ON[0]) not in MOVE_ON:
        yield Fault("/moveOn", f"must be one of {', '.join(MOVE_ON)}", "cmi5 13.1.4")
    score = body.get("masteryScore", 0)
    if type(score) not in (int, float) or not 0 <= score <= 1 or round(score, 4) != score:
        yield Fault("/masteryScore", "must be between 0 and 1, with at most 4 decimal places", "cmi5 10.2.4")
    if not _is_uuid(body.get("registration", str(UUID(int=0)))):
        yield Fault("/registration", "must be a UUID", "cmi5 8.1.4")
    if body.get("reason") == "":
        yield Fault("/reason", "must not be empty", "cmi5 9.5.5.2")
    for name in ("returnURL", "base"):
        if isinstance(body.get(name), str) and not body[name].startswith(("https://", "http://")):
            yield Fault(f"/{name}", "must be a URL that begins with https:// or http://")


def _actor(agent: Json) -> Iterator[Fault]:
    if "account" not in agent:
        yield Fault("/actor", "must have an account", "cmi5 9.2")
    elif agent["account"] is not None:
        yield from check.agent(agent, "/actor")


def _is_uuid(text: Any) -> bool:
    try:
        return isinstance(text, str) and len(text) == 36 and bool(UUID(text).hex)
    except ValueError:
        return False


def _wrong(at: str, rule: str) -> BadRequest:
    return BadRequest("The launch breaks rules.", faults=[Fault(at, rule)])
