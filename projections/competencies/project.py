"""Competency maps as a projection: it keeps facts, and is folded when somebody reads it."""

from __future__ import annotations

from pathlib import Path

from projections.competencies import evidence
from projections.projection import Projection

COMPETENCIES = Projection(
    name="competencies",
    version=3,
    topics=evidence.TOPICS,
    fold=evidence.fold,
    folder=Path(__file__).parent,
)
