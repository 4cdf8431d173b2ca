"""Which lines of a repeated course count? Grades by the policy, credit as often as the course awards it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from projections.catalogue.model import Policy
from projections.transcript import grades
from projections.transcript.lines import Line

NOT_COUNTED = "repeated: another line of this course counts"
GRADE_NOT_COUNTED = "repeated: this line earns the credit, and the grade of another one counts"
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
    """The policy ranks grades; credit is awarded for what was passed, first for what counts in the GPA."""
    most = lines[0].course.max_completions
    everyone = range(len(lines))
    graded = sorted(everyone, key=lambda each: _ORDER[policy.repeats](lines[each]))
    in_gpa = set(graded if policy.repeats == "all" else graded[:most])
    passed = [each for each in everyone if lines[each].result.status == "Completed"]
    awarded = sorted(passed, key=lambda each: (each not in in_gpa, _by_time(1)(lines[each])))[:most]
    return [
        _placed(line, gpa=number in in_gpa, credit=number in awarded, alone=len(lines) == 1)
        for number, line in enumerate(lines)
    ]


def _placed(line: Line, *, gpa: bool, credit: bool, alone: bool) -> Line:
    counted = replace(line, counts_credit=credit, counts_gpa=gpa)
    if alone:
        return counted
    note = line.note
    if not gpa:
        note = GRADE_NOT_COUNTED if credit else NOT_COUNTED
    elif not credit and line.result.status == "Completed":
        note = NO_MORE_CREDIT
    return replace(counted, repeat="counted" if gpa else "not counted", note=note)


def _finished(line: Line) -> int:
    return line.ended or line.decided


def _by_merit(line: Line) -> tuple[Any, ...]:
    passed, points, score = grades.merit(line.result)
    return not passed, -points, -score, _finished(line), line.key[:2], line.key[2] or "", line.key[3] or ""


def _by_time(sign: int) -> Callable[[Line], tuple[Any, ...]]:
    return lambda line: (sign * _finished(line), *_by_merit(line))


_ORDER: dict[str, Callable[[Line], tuple[Any, ...]]] = {
    "best": _by_merit,
    "latest": _by_time(-1),
    "first": _by_time(1),
    "all": _by_time(1),
}
