"""How is mastery estimated? What the newest policy of it says, and what holds until there is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Mastery:
    """The method with all of its parameters; mastered is an estimate of `cut` out of `needed` scores."""

    method: str
    parameters: Mapping[str, float]
    cut: float
    needed: int
    version: int = 0


# Until a registrar adopts another: it has no parameter that must be fitted, and everybody can follow it.
DEFAULT_MASTERY = Mastery("decaying-average", {"weight": 0.65}, 0.8, 3)


def mastery(body: Mapping[str, Any], version: int) -> Mastery:
    """What MasteryPolicyAdopted says."""
    return Mastery(body["method"], body["parameters"], body["cut"], body["needed"], version)
