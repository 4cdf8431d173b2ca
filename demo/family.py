"""What did one family learn in one week? Some sixty statements from five places, the same each time.

Mira is eleven. Her maths comes from an adaptive platform at home, she plays bridge at the homeschool co-op,
the trumpet at school, and writes with a tutor. Her mother Ines takes a course in bookkeeping. No two places
know Mira by the same name: that is what a learning record has to bring together.
"""

from __future__ import annotations

from collections.abc import Iterator

from demo.statements import Json, Place, activity, at, context, fixed_id, slug, statement

PATHWAY = Place("pathway-maths", "Pathway Maths", "https://pathway.example")
COOP = Place("riverside-coop", "Riverside Homeschool Co-op", "https://riverside-coop.example")
SCHOOL = Place("lincoln-school", "Lincoln Middle School", "https://lincoln.k12.example")
TUTOR = Place("okafor-writing", "Ada Okafor, writing tutor", "https://okafor.example")
COLLEGE = Place("evening-college", "Evening College", "https://college.example")

MIRA_AT_HOME = {"name": "Mira", "account": {"homePage": PATHWAY.home, "name": "learner-20817"}}
MIRA_AT_COOP = {"name": "Mira Santos", "mbox": "mailto:santos.family@mail.example"}
MIRA_AT_SCHOOL = {"name": "Santos, Mira", "account": {"homePage": SCHOOL.home, "name": "S-004411"}}
MIRA_WITH_TUTOR = {"name": "Mira S.", "mbox": "mailto:mira@mail.example"}
ADA = {"name": "Ada Okafor", "mbox": "mailto:ada@okafor.example"}
INES = {"name": "Ines Santos", "mbox": "mailto:ines@mail.example"}


def week() -> dict[Place, list[Json]]:
    """All statements of the week, by the place they come from."""
    return {
        PATHWAY: list(_maths()),
        COOP: list(_bridge()),
        SCHOOL: list(_trumpet()),
        TUTOR: list(_writing()),
        COLLEGE: list(_bookkeeping()),
    }


# Day and time, skill, and for each question whether the answer was right.
MATHS = [
    ("Mon", "09:05", "Equivalent fractions", "yyyyy"),
    ("Tue", "09:10", "Adding unlike fractions", "nnyny"),
    ("Wed", "09:00", "Adding unlike fractions", "nyyyn"),
    ("Thu", "09:20", "Adding unlike fractions", "yyyyy"),
    ("Fri", "09:05", "Subtracting unlike fractions", "ynyyy"),
    ("Sat", "09:30", "Subtracting unlike fractions", "yyyyy"),
]


def _maths() -> Iterator[Json]:
    course = activity(PATHWAY, "fractions", "Fractions", "course")
    for day, time, skill, answers in MATHS:
        lesson = activity(PATHWAY, f"fractions/{slug(skill)}", skill, "lesson")
        for number, answer in enumerate(answers):
            path = f"fractions/{slug(skill)}/{day.lower()}-{number + 1}"
            question = activity(PATHWAY, path, skill, "question")
            yield statement(
                MIRA_AT_HOME, "answered", question, at(day, time, minutes=2 * number),
                result={"success": answer == "y", "duration": f"PT{70 + 13 * number}S"},
                context=context(parent=lesson, grouping=course),
            )  # fmt: skip
        right = answers.count("y")
        yield statement(
            MIRA_AT_HOME, "completed", lesson, at(day, time, minutes=12),
            result={
                "completion": True,
                "success": right == len(answers),
                "score": {"scaled": right / len(answers), "raw": right, "min": 0, "max": len(answers)},
                "duration": "PT12M",
            },
            context=context(parent=course),
        )  # fmt: skip
        if right == len(answers):
            yield statement(
                MIRA_AT_HOME, "mastered", lesson, at(day, time, minutes=13),
                result={"success": True}, context=context(parent=course),
            )  # fmt: skip


# Day and time, contract, tricks made, and points.
BRIDGE = [
    ("Tue", "14:10", "3NT", 9, 400),
    ("Tue", "14:35", "4 spades", 8, -100),
    ("Fri", "14:05", "2 hearts", 9, 140),
    ("Fri", "14:40", "3NT", 10, 430),
]


def _bridge() -> Iterator[Json]:
    club = activity(COOP, "bridge", "Bridge club", "course")
    for day in ("Tue", "Fri"):
        meeting = activity(COOP, f"bridge/{day.lower()}", "Bridge afternoon", "meeting")
        yield statement(
            MIRA_AT_COOP, "attended", meeting, at(day, "15:30"),
            result={"duration": "PT1H30M"}, context=context(parent=club),
        )  # fmt: skip
    for number, (day, time, contract, tricks, points) in enumerate(BRIDGE, 1):
        hand = activity(COOP, f"bridge/hand-{number}", f"Declarer in {contract}", "simulation")
        yield statement(
            MIRA_AT_COOP, "completed", hand, at(day, time),
            result={
                "success": points > 0,
                "score": {"raw": points},
                "extensions": {f"{COOP.home}/tricks": tricks},
            },
            context=context(parent=club),
        )  # fmt: skip


# Day and time, what was played, and for how many minutes.
TRUMPET = [
    ("Mon", "16:30", "Long tones and scales", 20),
    ("Wed", "16:45", "March, bars 1 to 32", 25),
    ("Thu", "17:00", "March, from memory", 15),
    ("Fri", "16:30", "Warm-up and march", 30),
]


def _trumpet() -> Iterator[Json]:
    band = activity(SCHOOL, "band", "Concert band", "course")
    for day, time, piece, minutes in TRUMPET:
        yield statement(
            MIRA_AT_SCHOOL, "experienced", activity(SCHOOL, f"band/{slug(piece)}", piece, "lesson"),
            at(day, time), result={"duration": f"PT{minutes}M"}, context=context(parent=band),
        )  # fmt: skip
    rehearsal = activity(SCHOOL, "band/rehearsal", "Full rehearsal", "meeting")
    yield statement(MIRA_AT_SCHOOL, "attended", rehearsal, at("Thu", "11:45"), context=context(parent=band))
    concert = activity(SCHOOL, "band/autumn-concert", "Autumn concert", "performance")
    yield statement(
        MIRA_AT_SCHOOL, "passed", concert, at("Sat", "18:40"),
        result={"completion": True, "success": True, "response": "Second trumpet, all four pieces."},
        context=context(parent=band),
    )  # fmt: skip


def _writing() -> Iterator[Json]:
    essay = activity(TUTOR, "essays/the-old-bridge", "Essay: The old bridge", "assessment")
    tutored = {"instructor": ADA}
    yield statement(MIRA_WITH_TUTOR, "attempted", essay, at("Mon", "18:20"), context=dict(tutored))
    yield statement(
        ADA, "commented", essay, at("Wed", "20:05"),
        result={"response": "The second paragraph carries the story. Show us the river before you name it."},
    )  # fmt: skip
    yield statement(MIRA_WITH_TUTOR, "attempted", essay, at("Thu", "18:00"), context=dict(tutored))
    yield statement(
        MIRA_WITH_TUTOR, "passed", essay, at("Sat", "10:15"),
        result={"completion": True, "success": True, "score": {"scaled": 0.85}},
        context=dict(tutored),
    )  # fmt: skip


# Day and time, lesson, verb, and score of its quiz.
BOOKKEEPING = [
    ("Mon", "21:00", "Debits and credits", "completed", None),
    ("Tue", "21:05", "The trial balance", "completed", None),
    ("Tue", "21:40", "Quiz: trial balance", "failed", 0.55),
    ("Wed", "21:15", "Quiz: trial balance", "passed", 0.9),
    ("Thu", "20:50", "Accruals", "completed", None),
    ("Thu", "21:30", "Quiz: accruals", "passed", 0.8),
]


def _bookkeeping() -> Iterator[Json]:
    course = activity(COLLEGE, "bookkeeping-1", "Bookkeeping I", "course")
    registration = fixed_id("bookkeeping-1, autumn, Ines")
    yield statement(INES, "registered", course, at("Mon", "20:55"), context={"registration": registration})
    for day, time, title, verb, score in BOOKKEEPING:
        kind = "assessment" if title.startswith("Quiz") else "lesson"
        result: Json = {"completion": True}
        if score is not None:
            result |= {"success": verb == "passed", "score": {"scaled": score}}
        yield statement(
            INES, verb, activity(COLLEGE, f"bookkeeping-1/{slug(title)}", title, kind), at(day, time),
            result=result, context=context(parent=course) | {"registration": registration},
        )  # fmt: skip
