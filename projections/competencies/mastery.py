"""How far is she with one competency? The state, the estimate and how sure it is, of what has been shown.

Mastered is an estimate of at least the policy's cut, out of at least as many scored items as are needed. With
fewer there is insufficient data. From three quarters of the cut on one approaches it, below one develops.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Literal

from projections.competencies.estimators import METHODS, Estimate

State = Literal["mastered", "approaching", "developing", "insufficient data"]
STATES: tuple[State, ...] = ("mastered", "approaching", "developing", "insufficient data")
MASTERED, APPROACHING, DEVELOPING, INSUFFICIENT = STATES

# From here on one approaches the cut.
NEAR = 0.75
# Sums of floats miss what they are by less than this: the mean of 43 times 0.8 is 0.7999999999999999.
_DIGITS = 9
DAY = 24 * 60 * 60 * 1_000_000
# What is so old counts half for how sure an estimate is.
HALF_LIFE = 180 * DAY
EPOCH = 1_767_225_600_000_000  # the year 2026 in UTC; any moment would do that is not too far away


@dataclass(frozen=True)
class Policy:
    """How mastery is estimated, and from when on it is reached; version 0 is that until one is adopted."""

    method: str = "decaying-average"
    parameters: Mapping[str, float] = field(default_factory=dict)
    cut: float = 0.8
    needed: int = 3
    version: int = 0

    @cached_property
    def given(self) -> Mapping[str, Any]:
        """Every parameter of the method; those that are not set are as the method has them."""
        own: dict[str, Any] = dict(METHODS[self.method].defaults)
        if "cut" in own:
            own["cut"] = self.cut
        own |= {name: value for name, value in self.parameters.items() if name in own}
        return own | ({"n": int(own["n"])} if "n" in own else {})

    @cached_property
    def estimator(self) -> Callable[[Sequence[float]], Estimate]:
        """What estimates."""
        return partial(METHODS[self.method].function, **self.given)

    @cached_property
    def formulas(self) -> Formulas:
        """How an estimate of so many scores came about, as people may read it."""
        return Formulas(self)

    @cached_property
    def fewest(self) -> int:
        """How many scores it takes to tell anything: of fewer than its n, n-mastery never does."""
        return max(self.needed, int(self.given.get("n", 0)))

    def state(self, estimate: Estimate, scored: int) -> State:
        """What an estimate of so many scores comes to."""
        if scored < self.fewest:
            return INSUFFICIENT
        return self.level(estimate)

    def level(self, estimate: Estimate) -> State:
        """What an estimate comes to, whatever it is made of."""
        cut, near = self._marks
        if estimate is None or (reached := round(estimate, _DIGITS)) < near:
            return DEVELOPING
        return MASTERED if reached >= cut else APPROACHING

    @cached_property
    def _marks(self) -> tuple[float, float]:
        """Of mastery, and of what is near to it."""
        return round(self.cut, _DIGITS), round(NEAR * self.cut, _DIGITS)


class Formulas(dict[int, str]):
    """The formula of a policy by the number of scores; most are asked for again and again."""

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self._policy = policy

    def __missing__(self, count: int) -> str:
        policy = self._policy
        made = self[count] = METHODS[policy.method].formula.format(count=count, **policy.given)
        return made


@dataclass(slots=True)
class Mastery:
    """One competency of one learner. All lists of statements are oldest first.

    `weight` is the effective number of pieces of evidence, each as its age lets it count; `grown` is the same
    as it was at EPOCH, by which it can be told for any later moment.
    """

    state: State
    estimate: Estimate
    weight: float
    grown: float
    scored: Sequence[str] = ()
    exposed: Sequence[str] = ()
    unverified: Sequence[str] = ()
    last: int | None = None
    held: bool = False

    @property
    def confidence(self) -> float:
        """From 0 to 1: how much evidence there is, and how fresh it is."""
        return sure(self.weight)

    @property
    def assessed(self) -> bool:
        """Whether there is anything to tell a level by: also many scores of which n-mastery takes too few."""
        return self.estimate is not None or self.state != INSUFFICIENT


NOTHING_KNOWN = Mastery(INSUFFICIENT, None, 0.0, 0.0)


def grown(at: int) -> float:
    """What a piece of evidence of this moment would have counted at EPOCH; it halves every 180 days."""
    return float(2.0 ** ((at - EPOCH) / HALF_LIFE))


def faded(grown: float, now: int) -> float:
    """What evidence counts now, none of which is of a later moment."""
    return float(grown * 2.0 ** ((EPOCH - now) / HALF_LIFE))


def sure(weight: float) -> float:
    """The confidence that so many pieces of evidence give."""
    return weight / (weight + 2)
