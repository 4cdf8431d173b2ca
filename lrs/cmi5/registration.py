"""What became of a registration? Sessions, units, blocks, the course, and every broken rule (section 9).

A pure fold of its statements, in any order, and of the course structure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lrs.cmi5 import broken, progress, sessions
from lrs.cmi5.nodes import Node
from lrs.cmi5.progress import Satisfied, Unit
from lrs.cmi5.said import Said
from lrs.cmi5.sessions import Session, Violation


@dataclass(frozen=True, slots=True)
class Expected:
    """A block or course that is satisfied, and the statements that have said so."""

    node: Node
    satisfied: Satisfied
    sent: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Registration:
    """All of it: `satisfied` has blocks and the course by id, `expected` what must be said of them."""

    id: str
    actor: str
    course: Node | None
    sessions: Sequence[Session]
    units: Mapping[str, Unit]
    unit_of: Mapping[str, str]
    satisfied: Mapping[str, Satisfied]
    expected: Sequence[Expected]
    violations: Sequence[Violation]


def fold(said: Iterable[Said], courses: Iterable[Node]) -> Registration:
    """What the statements of one registration come to; there is one at least."""
    ordered = sorted(said, key=sessions.order)
    course = course_of(ordered, courses)
    learner = next((each.actor for each in ordered if each.verb == "launched"), ordered[0].actor)
    hers = [each for each in ordered if each.actor == learner]
    opened = sessions.of(hers)
    unit_of = _unit_of(opened, course)
    useless = {each for session in opened for each in sessions.worthless(session)}
    units = progress.units([each for each in hers if each.statement not in useless], course, unit_of)
    satisfied = progress.satisfied(course, units) if course else {}
    sent, unknown = _sent(hers, course)
    expected = [
        Expected(course.by_id[node], each, tuple(sent.get(node, ())))
        for node, each in satisfied.items()
        if course
    ]
    found = [
        *_of_others(ordered, learner),
        *(each for session in opened for each in sessions.violations(session)),
        *across(hers, unit_of),
        *_of_ids(hers, course),
        *_of_satisfied(sent, unknown, expected, satisfied),
    ]
    return Registration(
        ordered[0].registration, learner, course, opened, units, unit_of, satisfied, expected, found
    )


def course_of(said: Sequence[Said], courses: Iterable[Node]) -> Node | None:
    """The course that most statements speak of; of several, the one that was given first."""
    named = Counter(each for one in said for each in {one.object, *one.grouping})
    best, most = None, 0
    for course in courses:
        ids = {*course.by_id, *course.by_activity}
        count = sum(named[each] for each in named.keys() & ids)
        if count > most:
            best, most = course, count
    return best


def _unit_of(opened: Iterable[Session], course: Node | None) -> dict[str, str]:
    """The unit of each statement of a session: by our activity id, the publisher's, or its object."""
    return {
        each.statement: _unit(each, course) for session in opened for each in session.said if each.defined
    }


def _unit(said: Said, course: Node | None) -> str:
    if course is None:
        return said.object
    if (node := course.by_activity.get(said.object)) and node.kind == "au":
        return node.id
    named = (course.by_id.get(each) for each in said.grouping)
    return next((each.id for each in named if each and each.kind == "au"), said.object)


def _of_others(said: Iterable[Said], learner: str) -> Iterator[Violation]:
    others = tuple(each.statement for each in said if each.actor != learner)
    if others:
        yield Violation("other-actor", "the actor must be the learner who was launched", "9.2", others)


def across(said: Iterable[Said], unit_of: Mapping[str, str]) -> Iterator[Violation]:
    """The rules about all sessions of a unit together."""
    by_unit: dict[str, list[Said]] = {}
    for each in said:
        if each.statement in unit_of:
            by_unit.setdefault(unit_of[each.statement], []).append(each)
    for found in by_unit.values():
        for verb, section in (("completed", "9.3"), ("passed", "9.3"), ("waived", "9.3.7")):
            several = [each.statement for each in found if each.verb == verb]
            if len(several) > 1:
                rule = f"{verb} must be said once of a unit in a registration"
                yield Violation(f"{verb}-again", rule, section, tuple(several))
        passed = next((each for each in found if each.verb == "passed"), None)
        late = [each.statement for each in found if passed and each.verb == "failed" and each.at > passed.at]
        if passed and late:
            rule = "failed must not follow passed in a registration"
            yield Violation("failed-after-passed", rule, "9.3", (passed.statement, *late))


def _of_ids(said: Iterable[Said], course: Node | None) -> Iterator[Violation]:
    """The publisher's id is never an object, and always among the groupings."""
    if course is None:
        return
    defined = [each for each in said if each.defined]
    if taken := tuple(each.statement for each in defined if each.object in course.by_id):
        yield Violation("publisher-id", "the object must not have the publisher's id", "9.4", taken)
    bare = tuple(each.statement for each in defined if not any(one in course.by_id for one in each.grouping))
    if bare:
        yield Violation("grouping", "the publisher's id must be among the groupings", "9.6.2.3", bare)


def _sent(said: Iterable[Said], course: Node | None) -> tuple[dict[str, list[Said]], list[Said]]:
    """Who has been told to be satisfied, by node, and what is about nothing that we know."""
    found: dict[str, list[Said]] = {}
    unknown = []
    for each in said:
        if each.defined and each.verb == "satisfied":
            node = _node(each, course)
            if node is None:
                unknown.append(each)
            else:
                found.setdefault(node.id, []).append(each)
    return found, unknown


def _node(said: Said, course: Node | None) -> Node | None:
    if course is None:
        return None
    if node := course.by_activity.get(said.object) or course.by_id.get(said.object):
        return node
    named = [node for each in said.grouping if (node := course.by_id.get(each)) and node.kind != "au"]
    alike = [each for each in named if each.kind == said.kind]
    return next(iter(alike or named), None)


def _of_satisfied(
    sent: Mapping[str, Sequence[Said]],
    unknown: Sequence[Said],
    expected: Iterable[Expected],
    satisfied: Mapping[str, Satisfied],
) -> Iterator[Violation]:
    for each in (*unknown, *(one for several in sent.values() for one in several)):
        for name, rule, section in broken.rules(each, None):
            yield Violation(name, rule, section, (each.statement,))
    for node, found in sent.items():
        ids = tuple(one.statement for one in found)
        if node not in satisfied:
            rule = f"{node} is not satisfied by what was said of its units"
            yield Violation("satisfied-underivable", rule, "9.3.9", ids)
        if len(found) > 1:
            rule = "satisfied should be said once of a block or course in a registration"
            yield Violation("satisfied-again", rule, "9.3.9", ids)
    if unknown:
        rule = "satisfied must be about a block or course that was imported"
        yield Violation("satisfied-unknown", rule, "9.3.9", tuple(one.statement for one in unknown))
    for missing in expected:
        if not missing.sent:
            rule = f"satisfied must be said of {missing.node.id}"
            yield Violation("satisfied-missing", rule, "9.3.9", missing.satisfied.statements)
