"""Which lines of a repeated course count? By the policy, and as often as the course awards credit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from projections.catalogue.model import Policy
from projections.transcript import grades
from projections.transcript.lines import Line

NOT_COUNTED = "repeated: another line of this course counts"
NO_MORE_CREDIT = "repeated: this course has awarded all the credit it can"


def counted(lines: Sequence[Line], policy: Policy) -> list[Line]:
    """The lines, each with what it counts for."""
    by_course: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        if line.accepted and line.finished:
            by_course.setdefault(line.course.id, []).append(number)
    found = list(lines)
    for numbers in by_course.values():
        for number, line in zip(numbers, _of_course([lines[each] for each in numbers], policy), strict=True):
            found[number] = line
    return found


def _of_course(lines: Sequence[Line], policy: Policy) -> list[Line]:
    ranked = sorted(range(len(lines)), key=lambda each: _ORDER[policy.repeats](lines[each]))
    places = {number: place for place, number in enumerate(ranked)}
    return [_placed(line, places[number], len(lines), policy) for number, line in enumerate(lines)]


def _placed(line: Line, place: int, of: int, policy: Policy) -> Line:
    counts = place < line.course.max_completions
    in_gpa = counts or policy.repeats == "all"
    if of == 1:
        return replace(line, counts_credit=counts, counts_gpa=in_gpa)
    note = line.note if counts else NO_MORE_CREDIT if in_gpa else NOT_COUNTED
    return replace(
        line,
        counts_credit=counts,
        counts_gpa=in_gpa,
        repeat="counted" if in_gpa else "not counted",
        note=note,
    )


def _finished(line: Line) -> int:
    return line.ended or line.decided


def _by_merit(line: Line) -> tuple[Any, ...]:
    passed, points, score = grades.merit(line.result)
    return not passed, -points, -score, _finished(line), line.key[:2], line.key[2] or "", line.key[3] or ""


def _by_time(sign: int) -> Callable[[Line], tuple[Any, ...]]:
    return lambda line: (sign * _finished(line), *_by_merit(line))


def _passed_first(line: Line) -> tuple[Any, ...]:
    """Every line counts in the GPA, so only those that earn need a place."""
    return line.result.status != "Completed", *_by_time(1)(line)


_ORDER: dict[str, Callable[[Line], tuple[Any, ...]]] = {
    "best": _by_merit,
    "latest": _by_time(-1),
    "first": _by_time(1),
    "all": _passed_first,
}
