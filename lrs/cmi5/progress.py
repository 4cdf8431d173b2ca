"""How far is a learner in a course? What is satisfied, since when, and by which statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lrs.cmi5.nodes import Node
from lrs.cmi5.said import Said

_JUDGING = frozenset({"completed", "passed", "failed", "waived"})


@dataclass(slots=True)
class Unit:
    """What was said of an assignable unit; `move_on` and `mastery` are those of launched."""

    id: str
    move_on: str | None = None
    mastery: float | None = None
    launched: list[Said] = field(default_factory=list)
    said: dict[str, list[Said]] = field(default_factory=dict)
    satisfied: Satisfied | None = None

    def first(self, verb: str) -> Said | None:
        """The first statement of a verb that counts."""
        return next(iter(self.said.get(verb, ())), None)


@dataclass(frozen=True, slots=True)
class Satisfied:
    """Since when, in which session, and the statements that made it so; the last of them decided."""

    at: str
    session: str
    statements: tuple[str, ...]
    said: tuple[Said, ...] = ()


def units(said: Iterable[Said], course: Node | None, unit_of: Mapping[str, str]) -> dict[str, Unit]:
    """The units by their ids, after what counts was said in its order; `unit_of` has them by statement."""
    known = [each for each in course.walk() if each.kind == "au"] if course else []
    found = {each.id: Unit(each.id, each.known["moveOn"], each.known.get("masteryScore")) for each in known}
    began = ""
    for each in said:
        began = began or each.at
        if not each.defined or each.statement not in unit_of:
            continue
        unit = found.setdefault(unit_of[each.statement], Unit(unit_of[each.statement]))
        if each.verb == "launched":
            unit.launched.append(each)
            unit.move_on, unit.mastery = each.move_on or unit.move_on, each.mastery
        elif each.verb in _JUDGING:
            unit.said.setdefault(each.verb, []).append(each)
        if unit.satisfied is None:
            unit.satisfied = _met(unit, each)
    for unit in found.values():
        if unit.satisfied is None and not unit.launched and unit.move_on == "NotApplicable" and began:
            # Section 9.6.1: evaluated at the time of registration, of which its first statement tells.
            unit.satisfied = Satisfied(began, "", ())
    return found


def satisfied(course: Node, units: Mapping[str, Unit]) -> dict[str, Satisfied]:
    """The blocks and the course that are satisfied, by their ids: those all of whose children are."""
    found: dict[str, Satisfied] = {}
    _all(course, units, found)
    return found


def _all(node: Node, units: Mapping[str, Unit], found: dict[str, Satisfied]) -> Satisfied | None:
    if node.kind == "au":
        return units[node.id].satisfied
    children = [_all(each, units, found) for each in node.children]
    there = [each for each in children if each is not None]
    if len(there) < len(children):
        return None
    made = _together(there)
    found[node.id] = made
    return made


def _together(children: Sequence[Satisfied]) -> Satisfied:
    """The last of them decided."""
    last = max(children, key=lambda each: (each.at, each.session, each.statements))
    others = [each for child in children if child is not last for each in child.said]
    said = (*others, *last.said)
    return Satisfied(last.at, last.session, tuple(each.statement for each in said), said)


def _met(unit: Unit, now: Said) -> Satisfied | None:
    """By a statement that waives it, or by the criterion that holds now (13.1.4)."""
    if waived := unit.first("waived"):
        return _by(now, waived)
    completed, passed = unit.first("completed"), unit.first("passed")
    launched = unit.launched[-1] if unit.launched else None
    needed: dict[str | None, list[Said | None]] = {
        "NotApplicable": [launched],
        "Passed": [passed],
        "Completed": [completed],
        "CompletedAndPassed": [completed, passed],
        "CompletedOrPassed": [completed or passed],
    }
    found = needed.get(unit.move_on, [None])
    return _by(now, launched, *found) if all(found) else None


def _by(now: Said, *said: Said | None) -> Satisfied:
    once = {each.statement: each for each in said if each}
    found = sorted(once.values(), key=lambda each: each is now)
    return Satisfied(now.at, now.session, tuple(each.statement for each in found), tuple(found))
