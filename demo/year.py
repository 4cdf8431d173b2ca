"""What happened in the school year 2025-26? Four hundred statements, the same each time."""

from __future__ import annotations

from collections.abc import Iterable

from demo import college, coop, home, maths, school, tutor
from demo.family import COLLEGE, COOP, HOME, PATHWAY, SCHOOL, TUTOR
from demo.statements import Json, Place

# Between the two terms: what was known then can be asked for ever after.
MIDDLE = "2026-01-01"


def year() -> dict[Place, list[Json]]:
    """All statements, oldest first, by the place they come from."""
    return {
        SCHOOL: _sorted(school.statements()),
        PATHWAY: _sorted(maths.statements()),
        COOP: _sorted(coop.statements()),
        TUTOR: _sorted(tutor.statements()),
        COLLEGE: _sorted(college.statements()),
        HOME: _sorted(home.statements()),
    }


def first_half() -> dict[Place, list[Json]]:
    """What every place had sent by the middle of the year."""
    return {place: [each for each in said if each["timestamp"] < MIDDLE] for place, said in year().items()}


def second_half() -> dict[Place, list[Json]]:
    """What every place sent afterwards."""
    return {place: [each for each in said if each["timestamp"] >= MIDDLE] for place, said in year().items()}


def _sorted(said: Iterable[Json]) -> list[Json]:
    return sorted(said, key=lambda statement: str(statement["timestamp"]))
