"""How well can she do it? Pure functions of her scores, oldest first; each names its source.

Scores are numbers from 0 to 1 where one asks for states; the averages take any scale. Of nothing nothing
follows: without scores every estimate is None.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import Any, NamedTuple

Estimate = float | None
# A score from here on is a right answer to those that know only right and wrong.
RIGHT = 0.5


def decaying_average(scores: Sequence[float], *, weight: float = 0.65) -> Estimate:
    """d1 = s1, then d = (1 - weight) * d + weight * s.

    Source: the decaying average of Canvas LMS (its outcome calculation method "decaying average", in
    app/models/rollup_score.rb), an exponential moving average (Brown 1956). 1, 2, 3, 4, 5 is 4.4696.
    """
    if not scores:
        return None
    average, rest = scores[0], 1 - weight
    for score in scores[1:]:
        average = rest * average + weight * score
    return average


def weighted_average(scores: Sequence[float], *, weight: float = 0.65) -> Estimate:
    """weight * the last score + (1 - weight) * the mean of those before it.

    Source: the older "weighted average" of Canvas LMS (app/models/rollup_score.rb and its helper).
    1, 2, 3, 4, 5 is 4.125, which Canvas' own test rounds to 4.13.
    """
    if len(scores) < 2:
        return scores[0] if scores else None
    return weight * scores[-1] + (1 - weight) * fmean(scores[:-1])


def n_mastery(scores: Sequence[float], *, cut: float = 0.8, n: int = 3) -> Estimate:
    """The mean of the scores that reach the cut, where at least n of them do.

    Source: "n number of times" of Canvas LMS (app/models/rollup_score.rb).
    """
    reached = [score for score in scores if score >= cut]
    return fmean(reached) if reached and len(reached) >= n else None


def latest(scores: Sequence[float]) -> Estimate:
    """The last score. Source: "most recent score" of Canvas LMS (app/models/rollup_score.rb)."""
    return scores[-1] if scores else None


def highest(scores: Sequence[float]) -> Estimate:
    """The highest score. Source: "highest score" of Canvas LMS (app/models/rollup_score.rb)."""
    return max(scores, default=None)


def mean(scores: Sequence[float]) -> Estimate:
    """The arithmetic mean. Source: "average" of Canvas LMS (app/models/rollup_score.rb)."""
    return fmean(scores) if scores else None


def knowledge_tracing(
    scores: Sequence[float],
    *,
    known: float = 0.4,
    learn: float = 0.3,
    slip: float = 0.1,
    guess: float = 0.2,
) -> Estimate:
    """The probability that she knows it after all answers, where each is right or wrong.

    L is `known` at first. After a right answer p = L(1 - S) / [L(1 - S) + (1 - L)G], after a wrong one
    p = LS / [LS + (1 - L)(1 - G)]; then L = p + (1 - p)T. L = .4, T = .3, S = .1, G = .2 and the answers
    1, 1, 0, 1 are .825, .9685, .8554, .9747. Source: Corbett and Anderson 1995, Knowledge tracing: modeling
    the acquisition of procedural knowledge (doi 10.1007/BF01099821).
    """
    if not scores:
        return None
    for score in scores:
        hit, miss = (1 - slip, guess) if score >= RIGHT else (slip, 1 - guess)
        seen = known * hit + (1 - known) * miss
        now = known * hit / seen if seen else known
        known = now + (1 - now) * learn
    return known


class Rated(NamedTuple):
    """How able she is, and how difficult it is, in logits."""

    ability: float
    difficulty: float


def elo_step(rated: Rated, score: float, *, before: int, a: float, b: float) -> Rated:
    """What one answer changes, after so many `before` it.

    P = 1 / (1 + e^-(ability - difficulty)), K = a / (1 + b * before); K(score - P) is added to the ability
    and taken from the difficulty. Source: Pelanek 2016, Applications of the Elo rating system in adaptive
    educational systems (doi 10.1016/j.compedu.2016.03.017), with its uncertainty function for K.
    """
    change = a / (1 + b * before) * (score - logistic(rated.ability - rated.difficulty))
    return Rated(rated.ability + change, rated.difficulty - change)


def elo(scores: Sequence[float], *, a: float = 1.0, b: float = 0.05, difficulty: float = 0.0) -> Estimate:
    """The expected score on a question of this difficulty, by the ability that all answers have rated.

    Each score is taken for one on a fresh question of this difficulty: how others answered is not looked at.
    Source: as of `elo_step`.
    """
    if not scores:
        return None
    ability = 0.0
    for before, score in enumerate(scores):
        ability = elo_step(Rated(ability, difficulty), score, before=before, a=a, b=b).ability
    return logistic(ability - difficulty)


def logistic(logit: float) -> float:
    """1 / (1 + e^-x), which for a large x does not overflow."""
    if logit >= 0:
        return 1 / (1 + math.exp(-logit))
    grown = math.exp(logit)
    return grown / (1 + grown)


class Method(NamedTuple):
    """A way to estimate, what it takes, and how it is told; `{count}` is the number of scores."""

    function: Callable[..., Estimate]
    defaults: Mapping[str, Any]
    formula: str


METHODS: Mapping[str, Method] = {
    "decaying-average": Method(
        decaying_average,
        {"weight": 0.65},
        "decaying average of {count} scores, oldest first: d = (1 - {weight})·d + {weight}·score",
    ),
    "weighted-average": Method(
        weighted_average,
        {"weight": 0.65},
        "{weight}·the newest of {count} scores + (1 - {weight})·the mean of those before it",
    ),
    "n-mastery": Method(
        n_mastery, {"n": 3, "cut": 0.8}, "mean of those of {count} scores that reach {cut}, if {n} do"
    ),
    "latest": Method(latest, {}, "the newest of {count} scores"),
    "highest": Method(highest, {}, "the highest of {count} scores"),
    "mean": Method(mean, {}, "mean of {count} scores"),
    "bkt": Method(
        knowledge_tracing,
        {"known": 0.4, "learn": 0.3, "slip": 0.1, "guess": 0.2},
        "Bayesian knowledge tracing over {count} answers: L0 = {known}, T = {learn}, S = {slip}, G = {guess}",
    ),
    "elo": Method(
        elo,
        {"a": 1.0, "b": 0.05, "difficulty": 0.0},
        "Elo rating over {count} answers: K = {a}/(1 + {b}·n), difficulty {difficulty}",
    ),
}
