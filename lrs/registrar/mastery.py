"""How can mastery be estimated? The methods that a policy can name, and what each lets one choose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lrs.errors import Fault
from lrs.registrar.check import pointer
from lrs.xapi.vocabulary import Json

# Mastered is an estimate of so much, out of at least so many scores.
CUT, NEEDED = 0.8, 3


class Parameter(NamedTuple):
    """What holds where a policy says nothing, and the least and the most it can say."""

    default: float
    least: float
    most: float
    whole: bool = False


_SHARE = (0.0, 1.0)
METHODS: Mapping[str, Mapping[str, Parameter]] = {
    "decaying-average": {"weight": Parameter(0.65, *_SHARE)},
    "weighted-average": {"weight": Parameter(0.65, *_SHARE)},
    "n-mastery": {"n": Parameter(3, 1, 1000, whole=True)},
    "latest": {},
    "highest": {},
    "mean": {},
    "bkt": {
        "known": Parameter(0.4, *_SHARE),
        "learn": Parameter(0.3, *_SHARE),
        "slip": Parameter(0.1, *_SHARE),
        "guess": Parameter(0.2, *_SHARE),
    },
    "elo": {
        "a": Parameter(1.0, 0.0, 10.0),
        "b": Parameter(0.05, 0.0, 10.0),
        "difficulty": Parameter(0.0, -10.0, 10.0),
    },
}


def parameters(method: str, said: Mapping[str, float]) -> dict[str, float]:
    """All parameters of a method: as somebody says them, or else as they are by default."""
    return {name: float(said.get(name, known.default)) for name, known in METHODS[method].items()}


def faults(policy: Json, at: str) -> Iterator[Fault]:
    """What is wrong with the parameters of a policy whose shape is right."""
    method, said = policy["method"], policy.get("parameters", {})
    known = METHODS[method]
    for name, value in said.items():
        here = at + pointer("parameters", name)
        if name not in known:
            yield Fault(here, f"is not known: {method} has {', '.join(known) or 'no parameters'}")
        elif not known[name].least <= value <= known[name].most:
            yield Fault(here, f"must be from {known[name].least:g} to {known[name].most:g}")
        elif known[name].whole and value != int(value):
            yield Fault(here, "must be a whole number")
    given = {name: said.get(name, each.default) for name, each in known.items()}
    if method == "bkt" and given["slip"] + given["guess"] >= 1:
        # A right answer would then speak against her (Beck and Chang 2007).
        yield Fault(at + pointer("parameters"), "slip and guess must be less than 1 together")
