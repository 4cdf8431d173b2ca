"""What did Ines learn in the evenings? Bookkeeping, with one exam that she took twice."""

from __future__ import annotations

from collections.abc import Iterator

from demo.family import COLLEGE, INES
from demo.statements import Json, activity, at, context, fixed_id, slug, statement

BOOKKEEPING = activity(COLLEGE, "bookkeeping-1", "Bookkeeping I", "course")
BOOKKEEPING_2 = activity(COLLEGE, "bookkeeping-2", "Bookkeeping II", "course")
REGISTRATION = fixed_id("bookkeeping-1, fall, Ines")
NEXT_REGISTRATION = fixed_id("bookkeeping-2, fall, Ines")

# Day and time, lesson, verb, and score of its quiz.
LESSONS = [
    ("2025-09-09", "21:00", "Debits and credits", "completed", None),
    ("2025-09-16", "21:05", "The journal", "completed", None),
    ("2025-09-23", "21:10", "The ledger", "completed", None),
    ("2025-09-30", "21:05", "The trial balance", "completed", None),
    ("2025-09-30", "21:40", "Quiz: trial balance", "failed", 0.55),
    ("2025-10-01", "21:15", "Quiz: trial balance", "passed", 0.9),
    ("2025-10-14", "20:50", "Accruals", "completed", None),
    ("2025-10-14", "21:30", "Quiz: accruals", "passed", 0.8),
    ("2025-10-28", "21:00", "Depreciation", "completed", None),
    ("2025-11-11", "21:00", "Payroll", "completed", None),
    ("2025-11-11", "21:45", "Quiz: payroll", "passed", 0.75),
    ("2025-11-25", "21:00", "Closing the books", "completed", None),
    ("2025-12-09", "20:55", "Reading a balance sheet", "completed", None),
    ("2025-12-16", "21:20", "Quiz: balance sheet", "passed", 0.95),
]
EXAMS = [("2026-01-20", "failed", 0.58), ("2026-01-27", "passed", 0.86)]


def statements() -> Iterator[Json]:
    """All that the college says of Ines."""
    registered = {"registration": REGISTRATION}
    yield statement(INES, "registered", BOOKKEEPING, at("2025-09-02", "19:30"), context=dict(registered))
    for day, time, title, verb, score in LESSONS:
        kind = "assessment" if title.startswith("Quiz") else "lesson"
        lesson = activity(COLLEGE, f"bookkeeping-1/{slug(title)}", title, kind)
        yield statement(
            INES, verb, lesson, at(day, time),
            result=_result(verb, score), context=context(parent=BOOKKEEPING) | registered,
        )  # fmt: skip
    for day, verb, score in EXAMS:
        yield statement(
            INES, verb, BOOKKEEPING, at(day, "19:00"), result=_result(verb, score), context=dict(registered)
        )
    following = {"registration": NEXT_REGISTRATION}
    yield statement(INES, "registered", BOOKKEEPING_2, at("2026-06-10", "19:30"), context=following)


def _result(verb: str, score: float | None) -> Json:
    if score is None:
        return {"completion": True}
    return {"completion": True, "success": verb == "passed", "score": {"scaled": score}}
