"""Which grade is it, and what does it count? An attempt seen through the grading scale of its course.

What decides, in this order: a waiver; what the statements say about success; a letter of the scale, which is
a final grade; with a completion the score, or that she is through with it. So:

- passed without any result is passed: grade P, credit, no points.
- a score with max 0 is no score; with success true it is passed all the same.
- a score that was "earned" or "scored" ends nothing by itself: she is at it, with that grade if it passes.
- a letter that the scale does not have neither passes nor fails; a score below all its steps does not pass.
- completed with a score that does not pass is failed; completed without one is passed.
- passed with a score that the scale would fail is passed by the provider's own mark: grade P, no points.
- failed with a score that the scale would pass gets the highest failing grade of the scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from statistics import fmean
from typing import Literal, NamedTuple

from projections.catalogue.model import Attempts, Scale, Step
from projections.transcript.attempts import Attempt

Status = Literal["Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Withdrew"]

# Where there is no outcome yet, and where there is one that can earn credit, or count against her.
IN_PROGRESS: frozenset[Status] = frozenset({"Enrolled", "InProgress", "OnHold"})
GRADED: frozenset[Status] = frozenset({"Completed", "Failed"})

PASSED, CREDIT, TRANSFERRED, WITHDRAWN = "P", "CR", "TR", "W"
# Grades that pass nobody and fail nobody either.
_NOT_FAILED: dict[str, Status] = {WITHDRAWN: "Withdrew", "I": "InProgress"}


class Result(NamedTuple):
    """What it comes to; without points a grade is out of the GPA."""

    status: Status
    grade: str | None = None
    points: Decimal | None = None
    score: float | None = None


UNFINISHED = Result("InProgress")


def of(attempt: Attempt, scale: Scale | None) -> Result:
    """What one attempt comes to."""
    if attempt.waived:
        return Result("Completed", CREDIT)
    lettered = named(attempt.letter, scale)
    step = lettered or reached(attempt.score, scale)
    passed = _passed(attempt, lettered, step, scale)
    if passed is None:
        so_far = step.grade if step and step.passing else None
        return Result("InProgress", attempt.letter or so_far, None, attempt.score)
    if step is None or step.passing is not passed:
        return _by_verdict(passed, attempt, scale, known=step is not None)
    return of_step(step, attempt.score)


def of_step(step: Step, score: float | None = None) -> Result:
    """What a grade of a scale comes to."""
    status = "Completed" if step.passing else _NOT_FAILED.get(step.grade, "Failed")
    return Result(status, step.grade, step.points if step.counts else None, score)


def with_status(result: Result, status: Status, scale: Scale | None) -> Result:
    """What a registrar's word for how it ended makes of a grade: one that says the opposite is gone."""
    if result.status == status and result.grade is not None:
        return result
    if status == "Completed":
        return Result(status, PASSED, None, result.score)
    if status == "Failed":
        return _failed(None, result.score, scale)
    return Result(status, WITHDRAWN if status == "Withdrew" else None, None, result.score)


def named(letter: str | None, scale: Scale | None) -> Step | None:
    """The step of a scale that has this grade."""
    if letter is None or scale is None:
        return None
    return next((step for step in scale.steps if step.grade == letter), None)


def reached(score: float | None, scale: Scale | None) -> Step | None:
    """The highest step of a scale that a score reaches; less than nothing is nothing."""
    if score is None or scale is None:
        return None
    at_least = max(score, 0.0)
    return next((step for step in scale.steps if step.min is not None and at_least >= step.min), None)


def chosen(results: Sequence[Result], how: Attempts, scale: Scale | None) -> tuple[Result, int | None]:
    """What several attempts come to, given in order, and which one it was.

    Without a score to take the mean of, the latest counts.
    """
    finished = [number for number, each in enumerate(results) if each.status in GRADED]
    if not finished:
        return (results[-1], len(results) - 1) if results else (UNFINISHED, None)
    if how == "mean" and (mean := _mean([results[number].score for number in finished], scale)):
        return mean, None
    if how == "best":
        number = max(finished, key=lambda each: merit(results[each]))
    else:
        number = finished[0] if how == "first" else finished[-1]
    return results[number], number


def merit(result: Result) -> tuple[bool, Decimal, float]:
    """What makes one result better than another: to have passed, then points, then score."""
    points = Decimal(-1) if result.points is None else result.points
    return result.status == "Completed", points, -1.0 if result.score is None else result.score


def _passed(attempt: Attempt, lettered: Step | None, step: Step | None, scale: Scale | None) -> bool | None:
    """None while nobody has said how it ended."""
    if attempt.verdict is not None:
        return attempt.verdict
    if lettered is not None:
        return lettered.passing
    if not attempt.completed:
        return None
    if step is not None:
        return step.passing
    if attempt.letter is not None:
        return None
    return attempt.score is None or not _scores(scale)


def _scores(scale: Scale | None) -> bool:
    """Whether a scale has grades for scores; one that reaches none of them is below them all."""
    return scale is not None and any(step.min is not None for step in scale.steps)


def _by_verdict(passed: bool, attempt: Attempt, scale: Scale | None, *, known: bool) -> Result:
    """The scale has no grade for it, or one that says the opposite."""
    letter = None if known else attempt.letter
    if passed:
        return Result("Completed", letter or PASSED, None, attempt.score)
    return _failed(letter, attempt.score, scale)


def _failed(letter: str | None, score: float | None, scale: Scale | None) -> Result:
    """The letter that was given, or else the highest failing grade of the scale."""
    steps = scale.steps if scale else ()
    failing = next((step for step in steps if not step.passing and step.counts), None)
    if letter or failing is None:
        return Result("Failed", letter, None, score)
    return Result("Failed", failing.grade, failing.points, score)


def _mean(scores: Sequence[float | None], scale: Scale | None) -> Result | None:
    """The grade of the mean score; None where nothing was scored, or the scale has no grade for it."""
    known = [score for score in scores if score is not None]
    if not known:
        return None
    score = round(fmean(known), 9)
    step = reached(score, scale)
    return of_step(step, score) if step else None
