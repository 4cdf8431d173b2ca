"""What did Mira answer, all through the year? Adaptive maths at home; most of the demo's statements.

Each question exercises a competency of the Common Core State Standards. By the end of the year fractions
have been mastered, and measurement has not.
"""

from __future__ import annotations

from collections.abc import Iterator

from demo.family import MIRA_AT_HOME, PATHWAY
from demo.statements import PROGRESS, Json, activity, at, context, slug, statement

FRACTIONS = activity(PATHWAY, "fractions", "Fractions", "course")
MEASUREMENT = activity(PATHWAY, "measurement", "Measurement", "course")
ANGLES = activity(PATHWAY, "angles", "Angles", "course")

# The competencies by their codes, as the standards' CASE package has them.
COMPETENCY = "https://w3id.org/xapi/tla/activity-types/competency"
CASE = "https://casenetwork.imsglobal.org/uri"
COMPETENCIES = {
    "4.NF.A.1": "6b9c09e2-d7cc-11e8-824f-0242ac160002",
    "4.NF.A.2": "6b9d4e66-d7cc-11e8-824f-0242ac160002",
    "4.NF.B.3": "6b9e2c7a-d7cc-11e8-824f-0242ac160002",
    "4.NF.B.4": "6b9ecdc0-d7cc-11e8-824f-0242ac160002",
    "5.NF.A.1": "6b9c1a30-d7cc-11e8-824f-0242ac160002",
    "4.MD.A.1": "6b9c02b9-d7cc-11e8-824f-0242ac160002",
    "4.MD.A.2": "6b9d484a-d7cc-11e8-824f-0242ac160002",
    "4.MD.A.3": "6b9e283e-d7cc-11e8-824f-0242ac160002",
    "4.MD.C.5": "6b9f6012-d7cc-11e8-824f-0242ac160002",
    "4.MD.C.6": "6b9fe3ab-d7cc-11e8-824f-0242ac160002",
}

# By skill: the course that teaches it, and the competency that it exercises.
SKILLS = {
    "Equivalent fractions": (FRACTIONS, "4.NF.A.1"),
    "Comparing fractions": (FRACTIONS, "4.NF.A.2"),
    "Adding like fractions": (FRACTIONS, "4.NF.B.3"),
    "Mixed numbers": (FRACTIONS, "4.NF.B.3"),
    "Fractions of whole numbers": (FRACTIONS, "4.NF.B.4"),
    "Adding unlike fractions": (FRACTIONS, "5.NF.A.1"),
    "Units of measure": (MEASUREMENT, "4.MD.A.1"),
    "Distance, time and money": (MEASUREMENT, "4.MD.A.2"),
    "Area and perimeter": (MEASUREMENT, "4.MD.A.3"),
    "What an angle is": (ANGLES, "4.MD.C.5"),
    "Using a protractor": (ANGLES, "4.MD.C.6"),
}

# Day, skill, and for each question whether the answer was right.
SESSIONS = [
    ("2025-09-09", "Equivalent fractions", "ynyyn"),
    ("2025-09-11", "Equivalent fractions", "yynyy"),
    ("2025-09-16", "Equivalent fractions", "yyyyy"),
    ("2025-09-18", "Comparing fractions", "nynny"),
    ("2025-09-23", "Comparing fractions", "yynyy"),
    ("2025-09-25", "Comparing fractions", "yyyyy"),
    ("2025-09-30", "Adding like fractions", "nnyny"),
    ("2025-10-02", "Adding like fractions", "nyyyn"),
    ("2025-10-07", "Adding like fractions", "yyyyy"),
    ("2025-10-09", "Mixed numbers", "ynyyy"),
    ("2025-10-14", "Mixed numbers", "yyyyy"),
    ("2025-10-16", "Fractions of whole numbers", "nyyny"),
    ("2025-10-21", "Fractions of whole numbers", "yynyy"),
    ("2025-10-23", "Fractions of whole numbers", "yyyyy"),
    ("2025-10-28", "Units of measure", "nynnn"),
    ("2025-10-30", "Units of measure", "ynnyn"),
    ("2025-11-04", "Distance, time and money", "nnnyn"),
    ("2025-11-06", "Distance, time and money", "nynny"),
    ("2025-11-11", "Adding unlike fractions", "nynyy"),
    ("2025-11-13", "Adding unlike fractions", "yyyny"),
    ("2025-11-18", "Adding unlike fractions", "yyyyy"),
    ("2025-12-02", "Units of measure", "ynyyn"),
    ("2025-12-04", "Distance, time and money", "nynny"),
    ("2025-12-09", "Equivalent fractions", "yyyyy"),
    ("2025-12-11", "Comparing fractions", "yyyyy"),
    ("2026-01-13", "Units of measure", "ynyny"),
    ("2026-01-20", "Units of measure", "yynyn"),
    ("2026-01-27", "Area and perimeter", "ynyyn"),
    ("2026-02-03", "Area and perimeter", "yyyny"),
    ("2026-02-10", "Distance, time and money", "ynnyy"),
    ("2026-02-17", "Distance, time and money", "yynyy"),
    ("2026-03-03", "Area and perimeter", "yyyyn"),
    ("2026-03-10", "Units of measure", "yynyy"),
    ("2026-04-14", "Adding unlike fractions", "yyyyy"),
    ("2026-05-05", "What an angle is", "nyyny"),
    ("2026-05-12", "What an angle is", "yynyy"),
    ("2026-05-19", "Using a protractor", "nynyy"),
    ("2026-05-26", "Using a protractor", "yyyny"),
    ("2026-06-02", "Units of measure", "ynnyn"),
    ("2026-06-04", "Distance, time and money", "nynyn"),
]

# Day, course, and the score of its final test, which may be taken as often as one likes.
TESTS = [
    ("2025-11-20", FRACTIONS, "passed", 0.81),
    ("2025-12-05", MEASUREMENT, "failed", 0.52),
    ("2025-12-12", FRACTIONS, "passed", 0.94),
    ("2026-03-12", MEASUREMENT, "passed", 0.74),
    ("2026-04-16", FRACTIONS, "passed", 0.88),
]


def statements() -> Iterator[Json]:
    """All that the platform says of Mira."""
    for day, skill, answers in SESSIONS:
        yield from _session(day, skill, answers)
    for day, course, verb, score in TESTS:
        yield statement(
            MIRA_AT_HOME, verb, course, at(day, "09:40"),
            result={"success": verb == "passed", "score": {"scaled": score}, "duration": "PT35M"},
        )  # fmt: skip
    typing = activity(PATHWAY, "typing", "Typing for beginners", "course")
    yield statement(MIRA_AT_HOME, "completed", typing, at("2025-10-24", "10:30"), result={"completion": True})
    yield statement(
        MIRA_AT_HOME, "progressed", ANGLES, at("2026-05-28", "09:30"), result={"extensions": {PROGRESS: 40}}
    )


def competency(code: str) -> Json:
    """A competency as an activity, under the IRI that the standards gave it."""
    return {
        "objectType": "Activity",
        "id": f"{CASE}/{COMPETENCIES[code]}",
        "definition": {"type": COMPETENCY, "name": {"en": code}},
    }


def _session(day: str, skill: str, answers: str) -> Iterator[Json]:
    course, code = SKILLS[skill]
    lesson = activity(PATHWAY, f"{slug(course['definition']['name']['en'])}/{slug(skill)}", skill, "lesson")
    for number, answer in enumerate(answers):
        question = activity(PATHWAY, f"questions/{slug(skill)}/{day}-{number + 1}", skill, "question")
        yield statement(
            MIRA_AT_HOME, "answered", question, at(day, "09:05", minutes=2 * number),
            result={"success": answer == "y", "duration": f"PT{70 + 13 * number}S"},
            context=context(parent=lesson, grouping=[course, competency(code)]),
        )  # fmt: skip
    right = answers.count("y")
    yield statement(
        MIRA_AT_HOME, "completed", lesson, at(day, "09:17"),
        result={
            "completion": True,
            "score": {"scaled": right / len(answers), "raw": right, "min": 0, "max": len(answers)},
            "duration": "PT12M",
        },
        context=context(parent=course, grouping=competency(code)),
    )  # fmt: skip
    if right == len(answers):
        yield statement(
            MIRA_AT_HOME, "mastered", competency(code), at(day, "09:18"),
            result={"success": True}, context=context(parent=lesson, grouping=course),
        )  # fmt: skip
