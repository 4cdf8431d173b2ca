"""What happened in the sessions of a registration, and which rules about their order were broken?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lrs.cmi5 import broken
from lrs.cmi5.broken import Broken
from lrs.cmi5.said import Said

# Of statements with the same timestamp, these come first and last.
_PLACES = {"launched": 0, "initialized": 1, "terminated": 3, "abandoned": 4, "satisfied": 5}


class Violation(NamedTuple):
    """A broken rule, and the statements that break it, or that show it."""

    name: str
    rule: str
    section: str
    statements: tuple[str, ...]


@dataclass(slots=True)
class Session:
    """The statements of a session, oldest first; those that say satisfied are of no session."""

    id: str
    said: list[Said] = field(default_factory=list)

    def first(self, verb: str) -> Said | None:
        """The first cmi5 defined statement of a verb."""
        return next((each for each in self.said if each.defined and each.verb == verb), None)

    @property
    def by_the_unit(self) -> list[Said]:
        """What the unit said."""
        return [each for each in self.said if each.by_the_unit]

    @property
    def launched(self) -> Said | None:
        """How it began."""
        return self.first("launched")

    @property
    def mastery(self) -> float | None:
        """The mastery score that holds: that of launched, whatever the course structure says."""
        return self.launched.mastery if self.launched else None

    @property
    def mode(self) -> str:
        """Normal, Browse or Review."""
        return (self.launched.mode if self.launched else None) or "Normal"

    @property
    def object(self) -> str:
        """The activity that was launched."""
        found = self.launched or next((each for each in self.said if each.defined), self.said[0])
        return found.object


def order(said: Said) -> tuple[str, int, str]:
    """Section 9.3: by timestamp."""
    return said.at, _PLACES.get(said.verb, 2) if said.defined else 2, said.statement


def of(said: Iterable[Said]) -> list[Session]:
    """The sessions, in the order in which they began; statements come in their order."""
    found: dict[str, Session] = {}
    for each in said:
        if not (each.defined and each.verb == "satisfied"):
            found.setdefault(each.session, Session(each.session)).said.append(each)
    return list(found.values())


def violations(session: Session) -> Iterator[Violation]:
    """What was broken within a session."""
    mastery = session.mastery
    for each in session.said:
        for rule in broken.rules(each, mastery):
            yield _violation(rule, each)
    if not session.id:
        return
    yield from _repeated(session)
    yield from _first_and_last(session)
    yield from _abandoned(session)
    yield from _of_the_launch(session)


def _repeated(session: Session) -> Iterator[Violation]:
    by_verb: dict[str, list[Said]] = {}
    for each in session.said:
        if each.defined:
            by_verb.setdefault(each.verb, []).append(each)
    for verb, found in by_verb.items():
        if len(found) > 1:
            yield _violation(Broken("repeated-verb", f"{verb} must be said once in a session", "9.3"), *found)
    if "passed" in by_verb and "failed" in by_verb:
        rule = Broken("passed-and-failed", "passed and failed must not both be said in a session", "9.3")
        yield _violation(rule, *by_verb["passed"], *by_verb["failed"])


def _first_and_last(session: Session) -> Iterator[Violation]:
    unit = session.by_the_unit
    initialized, terminated = session.first("initialized"), session.first("terminated")
    early = [each for each in unit if initialized is None or each.at < initialized.at]
    if early:
        yield _violation(
            Broken("initialized-first", "initialized must be the first statement", "9.3"), *early
        )
    late = [each for each in unit if terminated and each.at > terminated.at]
    if late:
        yield _violation(Broken("terminated-last", "terminated must be the last statement", "9.3"), *late)


def _abandoned(session: Session) -> Iterator[Violation]:
    late = after_abandoned(session)
    if late:
        rule = "nothing must be recorded for a session after abandoned"
        yield _violation(Broken("after-abandoned", rule, "9.3.6"), *late)


def after_abandoned(session: Session) -> list[Said]:
    """What the unit said after its session had been abandoned: by its time, or by its place in the log."""
    abandoned = session.first("abandoned")
    if abandoned is None:
        return []
    return [
        each
        for each in session.by_the_unit
        if each.at > abandoned.at or each.position > abandoned.position > 0
    ]


def _of_the_launch(session: Session) -> Iterator[Violation]:
    unit, launched = session.by_the_unit, session.launched
    if unit and launched is None:
        yield _violation(Broken("launched", "a session must begin with launched", "9.3.1"), *unit)
    if others := other_objects(session):
        rule = "the object must be the activity that was launched"
        yield _violation(Broken("other-object", rule, "9.4"), *others)
    if judged := outside_mode(session):
        rule = f"in mode {session.mode} nothing but initialized and terminated must be said"
        yield _violation(Broken("launch-mode", rule, "10.2.2"), *judged)


def other_objects(session: Session) -> list[Said]:
    """What is cmi5 defined and about another activity than the one that was launched."""
    launched = session.object
    return [each for each in session.said if each.defined and session.id and each.object != launched]


def outside_mode(session: Session) -> list[Said]:
    """What a unit must not say where nothing is judged."""
    if session.mode == "Normal":
        return []
    allowed = ("initialized", "terminated")
    return [each for each in session.by_the_unit if each.defined and each.verb not in allowed]


def worthless(session: Session) -> set[str]:
    """The statements that say nothing about whether the unit is satisfied."""
    mastery = session.mastery
    found = [*after_abandoned(session), *other_objects(session), *outside_mode(session)]
    contradicting = [
        each
        for each in session.said
        if any(rule.name in broken.WORTHLESS for rule in broken.rules(each, mastery))
    ]
    return {each.statement for each in (*found, *contradicting)}


def _violation(rule: Broken, *said: Said) -> Violation:
    return Violation(rule.name, rule.rule, rule.section, _statements(said))


def _statements(said: Sequence[Said]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.statement for each in said))
