"""What did Mira write, and what does her tutor vouch for? An honors workshop, and a claim of the family."""

from __future__ import annotations

from collections.abc import Iterator

from demo import home
from demo.family import ADA, MIRA_WITH_TUTOR, TUTOR
from demo.statements import Json, activity, at, context, reference, slug, statement

WORKSHOP = activity(TUTOR, "writing-workshop", "Writing workshop", "course")

# Days of first draft, comment and final version, title, what the tutor wrote, and the score.
ESSAYS = [
    ("2025-09-15", "2025-09-17", "2025-09-20", "My eleventh summer", "Begin where it begins.", 0.8),
    ("2025-10-13", "2025-10-15", "2025-10-18", "A letter to nobody", "Who could nobody be?", 0.85),
    (
        "2025-11-10", "2025-11-12", "2025-11-15", "The old bridge",
        "The second paragraph carries the story. Show us the river before you name it.", 0.85,
    ),
    ("2025-12-08", "2025-12-10", "2025-12-13", "How to lose a trumpet", "I laughed. Keep the bus.", 0.9),
    ("2026-02-02", "2026-02-04", "2026-02-07", "What the river carries", "Now cut a third of it.", 0.9),
    ("2026-03-09", "2026-03-11", "2026-03-14", "The joint that broke", "You explain without excusing.", 0.95),
    ("2026-04-13", "2026-04-15", "2026-04-18", "Interview with my mother", "Let her finish.", 0.95),
    ("2026-05-11", "2026-05-13", "2026-05-16", "Eight bars alone", "Nothing to add.", 1.0),
]  # fmt: skip

# She saw the folder and asked Mira about it for an hour.
VERIFIED = statement(ADA, "verified", reference(home.LOCAL_HISTORY), at("2026-03-03", "18:50"))


def statements() -> Iterator[Json]:
    """All that the tutor says."""
    for drafted, read, finished, title, response, score in ESSAYS:
        essay = activity(TUTOR, f"writing-workshop/{slug(title)}", f"Essay: {title}", "assessment")
        part = context(parent=WORKSHOP)
        yield statement(
            MIRA_WITH_TUTOR, "attempted", essay, at(drafted, "18:20"), context={"instructor": ADA, **part}
        )
        yield statement(ADA, "commented", essay, at(read, "20:05"), result={"response": response})
        yield statement(
            MIRA_WITH_TUTOR, "passed", essay, at(finished, "10:15"),
            result={"completion": True, "success": True, "score": {"scaled": score}},
            context={"instructor": ADA, **part},
        )  # fmt: skip
    yield VERIFIED
    yield statement(
        MIRA_WITH_TUTOR, "passed", WORKSHOP, at("2026-06-08", "17:00"),
        result={"completion": True, "success": True, "score": {"scaled": 0.95}}, context={"instructor": ADA},
    )  # fmt: skip
