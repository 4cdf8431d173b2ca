"""How are courses and registrations told? As the documents that schema/*.json describe."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lrs.cmi5.nodes import Node
from lrs.cmi5.progress import Satisfied, Unit
from lrs.cmi5.registration import Expected, Registration
from lrs.cmi5.sessions import Session
from lrs.xapi import actor
from lrs.xapi.vocabulary import Json
from projections.cmi5.read import Course


def summary(course: Course) -> Json:
    """A course among others."""
    kinds = [each.kind for each in course.tree.walk()]
    return {
        "structure": course.structure,
        "course": course.tree.id,
        "title": course.tree.known["title"],
        "blocks": kinds.count("block"),
        "aus": kinds.count("au"),
        "sha256": course.sha256,
        "version": course.version,
    }


def course(course: Course) -> Json:
    """A course with all that it consists of."""
    return summary(course) | {"tree": _node(course.tree)}


def registration(found: Registration) -> Json:
    """All of a registration."""
    units = found.units.values()
    return {
        **outline(found),
        "units": [_unit(each, found) for each in units],
        "nodes": [_expected(each) for each in found.expected],
        "sessions": [_session(each, found) for each in found.sessions],
        "violations": [each._asdict() for each in found.violations],
    }


def outline(found: Registration) -> Json:
    """A registration among others."""
    course = found.course
    satisfied = found.satisfied.get(course.id) if course else None
    units = found.units.values()
    return {
        "registration": found.id,
        "actor": actor.agent(found.actor),
        "course": course.id if course else None,
        "title": course.known["title"] if course else None,
        "satisfied": satisfied is not None,
        "since": satisfied.at if satisfied else None,
        "aus": len(units),
        "aus_satisfied": sum(each.satisfied is not None for each in units),
        "session_count": sum(each.launched is not None for each in found.sessions),
        "violation_count": len(found.violations),
    }


def _node(node: Node) -> Json:
    return {
        "kind": node.kind,
        "activity": node.activity,
        **node.known,
        **({} if node.kind == "au" else {"children": [_node(each) for each in node.children]}),
    }


def _unit(unit: Unit, found: Registration) -> Json:
    return {
        "au": unit.id,
        "move_on": unit.move_on,
        "mastery_score": unit.mastery,
        **_satisfied(unit.satisfied),
        **{
            verb: [each.statement for each in unit.said.get(verb, ())]
            for verb in ("completed", "passed", "failed", "waived")
        },
        "score": _best(unit),
    }


def _best(unit: Unit) -> float | None:
    scores = [each.scaled for verb in ("passed", "failed") for each in unit.said.get(verb, ())]
    return max((each for each in scores if each is not None), default=None)


def _expected(expected: Expected) -> Json:
    return {
        "kind": expected.node.kind,
        "id": expected.node.id,
        "activity": expected.node.activity,
        **_satisfied(expected.satisfied),
        "sent": [each.statement for each in expected.sent],
    }


def _satisfied(found: Satisfied | None) -> Json:
    return {
        "satisfied": found is not None,
        "since": found.at if found else None,
        "basis": list(found.statements) if found else [],
    }


def _session(session: Session, found: Registration) -> Json:
    moments: dict[str, Any] = {verb: session.first(verb) for verb in _MOMENTS}
    ended = moments["terminated"] or moments["abandoned"]
    return {
        "session": session.id,
        "au": _of(session, found),
        "mode": session.mode,
        **{verb: said.at if said else None for verb, said in moments.items()},
        "duration": ended.duration if ended else None,
        "statements": [each.statement for each in session.said],
    }


_MOMENTS = ("launched", "initialized", "terminated", "abandoned", "waived")


def _of(session: Session, found: Registration) -> str | None:
    named: Iterable[str | None] = (found.unit_of.get(each.statement) for each in session.said)
    return next((each for each in named if each), None)
