"""What do a registrar's decisions change? Lines of their own, and lines that statements made.

- waive, transfer: a line of its own, with credit. Waived is grade CR; transferred is TR, or a given grade.
- override: the lines of that course (of that term or registration where one is named) get the grade, status
  and credits of the decision; where there is none, it makes one.
- withdraw: such lines get grade W; without a term only those that had begun and had no outcome when it was
  decided. Where there is none, nothing is withdrawn.
- repeal: an earlier decision is as if it had never been; repealing a repeal brings it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import cast

from lrs.log import repeals
from projections.catalogue.model import Catalogue, Course
from projections.transcript import grades
from projections.transcript.evidence import Decision
from projections.transcript.grades import Result, Status
from projections.transcript.lines import Key, Line


def applied(decisions: Iterable[Decision], lines: Sequence[Line], catalogue: Catalogue) -> list[Line]:
    """The lines after all that count, in the order in which they were decided."""
    decided = sorted(decisions)
    gone = repeals.repealed(decided)
    found = list(lines)
    for each in decided:
        course = catalogue.courses.get(each.course)
        if course and each.kind != "repeal" and each.decision.lower() not in gone:
            found = _apply(each, found, course, catalogue)
    return found


def _apply(decision: Decision, lines: Sequence[Line], course: Course, catalogue: Catalogue) -> list[Line]:
    if decision.kind in ("waive", "transfer"):
        return [*lines, _changed(decision, _own(decision, course, catalogue))]
    meant = [number for number, line in enumerate(lines) if _means(decision, line)]
    if not meant and decision.kind == "override":
        return [*lines, _changed(decision, _own(decision, course, catalogue))]
    return [_changed(decision, line) if number in meant else line for number, line in enumerate(lines)]


def _means(decision: Decision, line: Line) -> bool:
    if line.course.id != decision.course:
        return False
    if decision.term and line.course.term.pattern != "none":
        return decision.term == line.key.term or decision.term.lower() == line.key.registration
    return decision.kind == "override" or line.in_progress_at(decision.at)


def _own(decision: Decision, course: Course, catalogue: Catalogue) -> Line:
    """A line that no statement made; each such decision has its own."""
    pattern = course.term.pattern
    term = decision.term if pattern in ("year", "terms") else None
    registration = decision.term.lower() if pattern == "registration" else None
    return Line(
        key=Key(course.id, f"decision {decision.decision}", term or None, registration or None),
        course=course,
        scale=catalogue.scales.get(course.scale),
        provider=None,
        origin=decision.values.get("source"),
        trust="registrar",
        accepted=True,
        result=Result("Completed"),
    )


def _changed(decision: Decision, line: Line) -> Line:
    given = decision.values.get("credits")
    ends = decision.kind == "withdraw" or not decision.values.keys().isdisjoint(("grade", "status"))
    return replace(
        line,
        said=() if ends else line.said,
        result=_result(decision, line),
        trust="registrar",
        accepted=True,
        note=None,
        decided=decision.at,
        credits=line.credits if given is None else max(Decimal(given), Decimal(0)),
        basis=replace(line.basis, decisions=(*line.basis.decisions, decision.decision)),
    )


def _result(decision: Decision, line: Line) -> Result:
    grade = decision.values.get("grade")
    if decision.kind == "waive":
        return Result("Completed", grades.CREDIT)
    if decision.kind == "withdraw":
        return Result("Withdrew", grades.WITHDRAWN)
    step = grades.named(grade, line.scale)
    score = line.result.score
    result = grades.of_step(step, score) if step else Result("Completed", grade or _unnamed(decision, line))
    if step is None and decision.kind == "override":
        result = line.result if grade is None else result._replace(score=score)
    status = cast(Status | None, decision.values.get("status"))
    if status is None or (status == result.status and grade):
        return result
    if grade:  # which says something else: shown as it was decided, and out of the GPA
        return result._replace(status=status, points=None)
    return grades.with_status(result, status, line.scale)


def _unnamed(decision: Decision, line: Line) -> str | None:
    return grades.TRANSFERRED if decision.kind == "transfer" else line.result.grade
