"""Into which term does a moment fall? By the pattern of the course, and by the date in UTC."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from lrs.xapi import time
from projections.catalogue.model import Term

_DAY = 24 * 60 * 60 * 1_000_000


def of(term: Term, at: int) -> str | None:
    """The name of the term, such as "2025-26 Fall"; None where the course knows no terms.

    `at` is in microseconds since 1970. A school year begins with the first of its terms.
    """
    if term.pattern not in ("year", "terms") or not term.begins:
        return None
    return _named(term, at // _DAY)


@lru_cache(maxsize=1 << 12)
def _named(term: Term, day: int) -> str:
    on = time.EPOCH.date() + timedelta(days=day)
    begins = [(int(text[:2]), int(text[3:])) for text in term.begins]
    this_day = (on.month, on.day)
    first = on.year if this_day >= begins[0] else on.year - 1
    year = f"{first}-{(first + 1) % 100:02}"
    if term.pattern == "year":
        return year
    return f"{year} {_part(term, begins, first, on)}"


def _part(term: Term, begins: list[tuple[int, int]], first: int, on: date) -> str:
    """The last term that had begun; those whose day is before the first one's begin in the next year."""
    had_begun = [
        number
        for number, (month, day) in enumerate(begins)
        if (first + ((month, day) < begins[0]), month, day) <= (on.year, on.month, on.day)
    ]
    latest = max(had_begun, key=lambda number: (begins[number] < begins[0], begins[number]))
    return term.names[latest] if latest < len(term.names) else str(latest + 1)
