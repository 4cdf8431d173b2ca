"""What did the co-op do this year? Three children built a bridge, and it broke before it held."""

from __future__ import annotations

from collections.abc import Iterator

from demo.family import COOP, MIRA_AT_COOP, TEAM
from demo.statements import Json, activity, at, context, slug, statement, weekly

BRIDGE = activity(COOP, "build-a-bridge", "Build a bridge", "course")

# Day, step, and what Mira wrote about it.
STEPS = [
    ("2025-09-26", "Bridges in our town", "Eleven bridges, and only two are arches."),
    ("2025-10-10", "Why triangles do not fold", "We made squares of straws and sat on them."),
    ("2025-10-24", "Pulling and pushing", "The top chord is pushed and the bottom chord is pulled."),
    ("2025-11-07", "Truss drawings", "Ours is a Warren truss with nine triangles."),
    ("2025-12-05", "A model of paper", "It held a dictionary, and then a second one."),
    ("2026-01-16", "A model of spaghetti", "Glue is heavier than spaghetti."),
    ("2026-02-06", "Cutting the timber", "Measured twice, and one piece is still too short."),
    ("2026-03-06", "What broke, and why", "Not the wood. The joint, where I had saved a screw."),
    ("2026-03-20", "Joints", "Jonas found that plates on both sides are four times as strong."),
    ("2026-04-24", "The second bridge", "Leila says that it looks like a bridge now."),
]
MEETINGS = weekly("2025-09-12", "2026-05-22", every=2, without=frozenset({"2025-12-26"}))

# Day, verb, and the kilograms that the bridge carried of ten.
LOAD_TESTS = [("2026-02-20", "failed", 4), ("2026-05-22", "passed", 9.1)]


def statements() -> Iterator[Json]:
    """All that the co-op says of Mira, and of her team."""
    yield statement(MIRA_AT_COOP, "registered", BRIDGE, at("2025-09-12", "13:30"))
    for day in MEETINGS:
        meeting = activity(COOP, f"build-a-bridge/{day}", "Bridge afternoon", "meeting")
        yield statement(
            MIRA_AT_COOP, "attended", meeting, at(day, "15:30"),
            result={"duration": "PT1H30M"}, context=context(parent=BRIDGE),
        )  # fmt: skip
    for day, title, response in STEPS:
        yield statement(
            MIRA_AT_COOP, "completed", _step(title), at(day, "15:20"),
            result={"completion": True, "response": response}, context=context(parent=BRIDGE),
        )  # fmt: skip
    # The form had both boxes ticked. Nobody can tell which of the two was meant, so it counts for nothing.
    yield statement(
        MIRA_AT_COOP, "passed", _step("Truss drawings"), at("2025-11-14", "15:25"),
        result={"success": False}, context=context(parent=BRIDGE),
    )  # fmt: skip
    for day, verb, kilograms in LOAD_TESTS:
        yield statement(
            TEAM, verb, BRIDGE, at(day, "15:00"),
            result={"success": verb == "passed", "score": {"raw": kilograms, "min": 0, "max": 10}},
        )  # fmt: skip


def _step(title: str) -> Json:
    return activity(COOP, f"build-a-bridge/{slug(title)}", title, "lesson")
