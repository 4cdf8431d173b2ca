"""The transcript as a projection: it keeps facts, and is folded when somebody reads it."""

from __future__ import annotations

from pathlib import Path

from projections.projection import Projection
from projections.transcript import contribution

TRANSCRIPT = Projection(
    name="transcript",
    version=2,
    topics=contribution.TOPICS,
    fold=contribution.fold,
    folder=Path(__file__).parent,
)
