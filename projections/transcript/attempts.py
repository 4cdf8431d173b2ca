"""How often did she try? The statements of one line, parted into attempts.

Statements of one registration are one attempt, and so are those without any, until something new is said: the
same verb again, or another verdict, score or letter. That she is through with it says nothing new by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from projections.testimony import verbs
from projections.transcript.contribution import Contribution


@dataclass(slots=True)
class Attempt:
    """What the statements of one attempt say together; `ended` is the moment of the last."""

    registration: str | None
    began: int
    ended: int
    verdict: bool | None = None
    completed: bool = False
    waived: bool = False
    score: float | None = None
    letter: str | None = None
    statements: list[str] = field(default_factory=list)
    verbs: set[str] = field(default_factory=set)


def of(contributions: Iterable[Contribution]) -> list[Attempt]:
    """The attempts, in the order in which they began; contributions come oldest first."""
    attempts: list[Attempt] = []
    open_: dict[str | None, Attempt] = {}
    for each in contributions:
        if each.verb not in verbs.GRADING:
            continue
        attempt = open_.get(each.registration)
        if attempt is None or _is_new(each, attempt):
            attempt = open_[each.registration] = Attempt(each.registration, each.at, each.at)
            attempts.append(attempt)
        _add(each, attempt)
    return attempts


def verdict(contribution: Contribution) -> bool | None:
    """What the statement says about success, by its verb or else by its result."""
    return verbs.VERDICTS.get(contribution.verb, contribution.success)


def _is_new(said: Contribution, attempt: Attempt) -> bool:
    values = (
        (verdict(said), attempt.verdict),
        (said.score, attempt.score),
        (said.grade, attempt.letter),
    )
    if any(new is not None and old is not None and new != old for new, old in values):
        return True
    says_nothing = said.verb in ("completed", "satisfied") and said.score is None and said.grade is None
    if says_nothing:
        return False
    return said.verb in attempt.verbs or (said.verb == "waived") != attempt.waived


def _add(said: Contribution, attempt: Attempt) -> None:
    attempt.ended = said.at
    attempt.statements.append(said.statement)
    attempt.verbs.add(said.verb)
    if (now := verdict(said)) is not None:
        attempt.verdict = now
    attempt.completed |= said.verb in ("completed", "satisfied") or bool(said.completion)
    attempt.waived |= said.verb == "waived"
    if said.score is not None:
        attempt.score = said.score
    if said.grade is not None:
        attempt.letter = said.grade
