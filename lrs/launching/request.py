"""What shall be launched? The body of a launch, with every fault in it, and the launch that it makes."""

from __future__ import annotations

from collections.abc import Iterator
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
_TEXTS = ("course", "au", "registration", "mode", "returnURL", "base", "moveOn", "launchParameters")
_KNOWN = frozenset({*_TEXTS, "actor", "masteryScore"})


def parse(body: Any) -> Json:
    """The body, which is sound by itself; BadRequest with every fault."""
    if not isinstance(body, dict):
        raise BadRequest("The launch breaks rules.", faults=[Fault("", "must be a JSON object")])
    check.require([*_shape(body), *_values(body)], "The launch")
    return body


def course_id(body: Json) -> str:
    """Our id of the course that is meant: by it, or by the publisher's."""
    try:
        return str(UUID(body["course"]))
    except ValueError:
        return nodes.structure_id(body["course"])


def made(body: Json, course: Node, *, authority: Json) -> Launch:
    """The launch of a unit of this course; BadRequest where there is no such unit, or no URL to it."""
    unit = course.by_id.get(body["au"]) or course.by_activity.get(body["au"])
    if unit is None or unit.kind != "au":
        raise _wrong("/au", "is no assignable unit of the course")
    url = unit_url(unit, body.get("base"))
    if url is None:
        raise _wrong("/base", "is missing: the unit's URL is relative to where its package is served")
    agent = {name: body["actor"][name] for name in ("name", "account") if name in body["actor"]}
    bound = Bound(
        session=str(uuid4()),
        registration=body.get("registration", str(uuid4())).lower(),
        course=course.id,
        au=unit.id,
        activity=unit.activity,
        agent={"objectType": "Agent", **agent},
        authority=authority,
    )
    return Launch(
        bound=bound,
        unit=unit,
        url=url,
        mode=body.get("mode", words.MODES[0]),
        move_on=str(body.get("moveOn", unit.known["moveOn"])),
        mastery=body.get("masteryScore", unit.known.get("masteryScore")),
        parameters=body.get("launchParameters", unit.known.get("launchParameters")),
        return_url=body.get("returnURL"),
    )


def _shape(body: Json) -> Iterator[Fault]:
    for name in _NEEDED:
        if name not in body:
            yield Fault(f"/{name}", "is missing: a launch needs it")
    for name in sorted(set(body) - _KNOWN):
        yield Fault(f"/{name}", f"is not known: a launch has {', '.join(sorted(_KNOWN))}")
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
