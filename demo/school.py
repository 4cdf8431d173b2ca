"""What did the public school say? Trumpet in the concert band, and a grade that was another child's."""

from __future__ import annotations

from collections.abc import Iterator

from demo.family import MIRA_AT_SCHOOL, SCHOOL, SCHOOL_OFFICE
from demo.statements import GRADE, Json, activity, at, context, reference, slug, statement, weekly

BAND = activity(SCHOOL, "band", "Concert band", "course")

HOLIDAYS = frozenset({"2025-11-27", "2025-12-25", "2026-01-01", "2026-02-19", "2026-04-09"})
REHEARSALS = weekly("2025-09-04", "2026-06-04", without=HOLIDAYS)

# First and last Monday, piece, and for how many minutes she practised it at home.
PRACTICE = [
    ("2025-09-08", "2025-09-22", "Long tones and scales", 20),
    ("2025-10-20", "2025-11-10", "March, bars 1 to 32", 25),
    ("2025-12-01", "2025-12-08", "March, from memory", 15),
    ("2026-01-26", "2026-02-09", "Lip slurs", 20),
    ("2026-03-02", "2026-03-16", "A spring overture", 30),
    ("2026-04-20", "2026-05-25", "Solo, second trumpet", 35),
]
CONCERTS = [
    ("2025-12-13", "Winter concert", "Second trumpet, all four pieces."),
    ("2026-03-20", "Spring festival", "Outdoors. The music blew away, and we knew it by heart."),
    ("2026-05-29", "Summer concert", "Eight bars alone."),
]

# The grade of S-004417, who stands below her in the list.
WRONG = statement(
    MIRA_AT_SCHOOL, "evaluated", BAND, at("2025-12-18", "14:00"), result={"extensions": {GRADE: "F"}}
)
VOID = statement(SCHOOL_OFFICE, "voided", reference(WRONG), at("2026-01-08", "08:30"))

# Day and grade; the first takes the place of the wrong one, and belongs to the term that has just ended.
GRADES = [("2026-01-08", "B+"), ("2026-06-05", "A")]


def statements() -> Iterator[Json]:
    """All that the school says of Mira."""
    yield statement(MIRA_AT_SCHOOL, "registered", BAND, at("2025-08-25", "10:00"))
    yield from _rehearsals()
    yield from _practice()
    yield from _concerts()
    yield WRONG
    yield VOID
    for day, grade in GRADES:
        yield statement(
            MIRA_AT_SCHOOL, "evaluated", BAND, at(day, "08:45"), result={"extensions": {GRADE: grade}}
        )


def _rehearsals() -> Iterator[Json]:
    for day in REHEARSALS:
        rehearsal = activity(SCHOOL, f"band/{day}", "Full rehearsal", "meeting")
        yield statement(MIRA_AT_SCHOOL, "attended", rehearsal, at(day, "11:45"), context=context(parent=BAND))


def _practice() -> Iterator[Json]:
    for first, last, title, minutes in PRACTICE:
        piece = activity(SCHOOL, f"band/{slug(title)}", title, "lesson")
        for day in weekly(first, last):
            yield statement(
                MIRA_AT_SCHOOL, "experienced", piece, at(day, "16:30"),
                result={"duration": f"PT{minutes}M"}, context=context(parent=BAND),
            )  # fmt: skip


def _concerts() -> Iterator[Json]:
    for day, title, response in CONCERTS:
        concert = activity(SCHOOL, f"band/{slug(title)}", title, "performance")
        yield statement(
            MIRA_AT_SCHOOL, "passed", concert, at(day, "18:40"),
            result={"completion": True, "success": True, "response": response}, context=context(parent=BAND),
        )  # fmt: skip
