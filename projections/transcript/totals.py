"""What does it add up to? Credits by unit, and the grade point average, in Decimal throughout.

GPA = sum of (points x credits) / sum of credits, over the lines whose grade counts; F is among them, and P,
CR, TR and W are not. Credits of two units are never added: the GPA is that of the unit with most credits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from lrs.xapi.vocabulary import Json
from projections.transcript.lines import Line

_TO_CENTS = Decimal("0.01")


def credits(finished: Iterable[Line], in_progress: Iterable[Line]) -> Json:
    """Attempted, earned and in progress, by unit; what nobody has verified is not counted as attempted."""
    found: dict[str, list[Decimal]] = {}
    for lines, done in ((finished, True), (in_progress, False)):
        for line in lines:
            if line.accepted:
                _add(found.setdefault(line.course.credits.unit, [Decimal(0)] * 3), line, done=done)
    names = ("attempted", "earned", "in_progress")
    return {
        unit: {name: plain(amount) for name, amount in zip(names, found[unit], strict=True)}
        for unit in sorted(found)
    }


def gpa(lines: Iterable[Line]) -> Json | None:
    """Weighted and unweighted; None while no grade counts."""
    by_unit: dict[str, list[Line]] = {}
    for line in lines:
        if line.gpa_points is not None and line.course.credits.amount > 0:
            by_unit.setdefault(line.course.credits.unit, []).append(line)
    if not by_unit:
        return None
    unit = max(sorted(by_unit), key=lambda each: _credits(by_unit[each]))
    counted = by_unit[unit]
    attempted = _credits(counted)
    return {
        "unit": unit,
        "credits": plain(attempted),
        "unweighted": _average(sum((_points(line) for line in counted), Decimal(0)), attempted),
        "weighted": _average(sum((_points(line, weighted=True) for line in counted), Decimal(0)), attempted),
        "max": plain(max(step.points for line in counted if line.scale for step in line.scale.steps)),
    }


def weight(line: Line) -> Decimal:
    """What the level of the course adds to the points of a grade that passes; nothing to an F."""
    if line.scale is None or line.result.status != "Completed":
        return Decimal(0)
    return line.scale.weights.get(line.course.level, Decimal(0))


def plain(number: Decimal) -> str:
    """With the digits of the catalogue, and never an exponent."""
    return format(number, "f")


def text(number: float | None) -> str | None:
    """A number of a statement as decimal text, in the fewest digits that make the same number."""
    return None if number is None else plain(Decimal(repr(number)).normalize() + 0)


def _add(amounts: list[Decimal], line: Line, *, done: bool) -> None:
    """All three, so that each has as many digits as the catalogue."""
    worth = line.course.credits.amount
    amounts[0] += worth * done
    amounts[1] += line.earned
    amounts[2] += worth * (not done)


def _credits(lines: Sequence[Line]) -> Decimal:
    return sum((line.course.credits.amount for line in lines), Decimal(0))


def _points(line: Line, *, weighted: bool = False) -> Decimal:
    points = (line.gpa_points or Decimal(0)) + (weight(line) if weighted else 0)
    return points * line.course.credits.amount


def _average(points: Decimal, attempted: Decimal) -> str:
    return str((points / attempted).quantize(_TO_CENTS, ROUND_HALF_UP))
