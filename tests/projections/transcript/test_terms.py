"""Into which term a moment falls."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from projections.catalogue.model import Term
from projections.testimony.moments import microseconds
from projections.transcript import terms

YEAR = Term("year", ("08-01",))
TERMS = Term("terms", ("08-01", "01-10", "05-20"), ("Fall", "Spring", "Summer"))
CALENDAR = Term("terms", ("01-01", "07-01"), ("First", "Second"))


@pytest.mark.parametrize(
    ("term", "day", "expected"),
    [
        (Term(), "2025-10-01", None),
        (Term("registration"), "2025-10-01", None),
        (YEAR, "2025-08-01", "2025-26"),
        (YEAR, "2026-07-31T23:59:59.999999", "2025-26"),
        (YEAR, "2026-08-01", "2026-27"),
        (YEAR, "1999-09-01", "1999-00"),
        (YEAR, "1969-12-31", "1969-70"),
        (TERMS, "2025-08-01", "2025-26 Fall"),
        (TERMS, "2025-12-31", "2025-26 Fall"),
        (TERMS, "2026-01-09", "2025-26 Fall"),
        (TERMS, "2026-01-10", "2025-26 Spring"),
        (TERMS, "2026-05-19", "2025-26 Spring"),
        (TERMS, "2026-05-20", "2025-26 Summer"),
        (TERMS, "2026-07-31", "2025-26 Summer"),
        (CALENDAR, "2026-06-30", "2026-27 First"),
        (CALENDAR, "2026-12-31", "2026-27 Second"),
        (Term("terms", ("08-01", "01-10"), ("Fall",)), "2026-02-01", "2025-26 2"),
    ],
)
def test_a_moment_falls_into_the_term_that_had_begun(term, day, expected):
    assert terms.of(term, microseconds(datetime.fromisoformat(day).replace(tzinfo=UTC))) == expected
