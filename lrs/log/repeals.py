"""Which decisions count no longer? Those that a repeal ended which nothing has repealed itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Decided(Protocol):
    """A decision, as an event or as a row."""

    @property
    def decision(self) -> str:
        """Its id."""

    @property
    def kind(self) -> str:
        """Whether it is a repeal."""

    @property
    def values(self) -> Mapping[str, Any]:
        """With the `decision` that it repeals."""


def repealed(decided: Sequence[Decided]) -> frozenset[str]:
    """Their ids in lower case; decisions come oldest first, and what repeals later than what it repeals."""
    found: set[str] = set()
    for each in reversed(decided):
        if each.kind == "repeal" and each.decision.lower() not in found:
            found.add(str(each.values.get("decision")).lower())
    return frozenset(found)
