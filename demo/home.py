"""What does the family itself say? Claims, which count once somebody who is trusted has verified them."""

from __future__ import annotations

from collections.abc import Iterator

from demo.family import HOME, MIRA_WITH_TUTOR
from demo.statements import Json, activity, at, statement

LOCAL_HISTORY = statement(
    MIRA_WITH_TUTOR, "completed", activity(HOME, "local-history", "Local history: our river", "course"),
    at("2025-12-14", "17:00"),
    result={"completion": True, "score": {"scaled": 0.92}, "duration": "PT41H"},
)  # fmt: skip
QUILT = statement(
    MIRA_WITH_TUTOR, "completed", activity(HOME, "needlework", "Needlework: a quilt", "course"),
    at("2026-05-23", "20:00"), result={"completion": True, "duration": "PT30H"},
)  # fmt: skip


def statements() -> Iterator[Json]:
    """All that the family says of Mira."""
    yield LOCAL_HISTORY
    yield QUILT
