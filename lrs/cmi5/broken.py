"""Which rules does a statement of cmi5 break by itself? Those about what it says, whatever else was said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lrs.cmi5.said import Said

NEED_DURATION = frozenset({"terminated", "completed", "passed", "failed", "abandoned"})
_SUCCESS = {"passed": True, "waived": True, "failed": False}
_COMPLETION = frozenset({"completed", "waived"})


class Broken(NamedTuple):
    """A rule: its name here, what it says, and the section."""

    name: str
    rule: str
    section: str


# What breaks one of these says nothing about whether a unit is satisfied.
WORTHLESS = frozenset(
    {
        "success",
        "completion",
        "mastery-score",
        "launch-mode",
        "after-abandoned",
        "other-actor",
        "other-object",
    }
)


def rules(said: Said, mastery: float | None) -> Iterator[Broken]:
    """What a statement breaks, given the mastery score that holds for it; only what is cmi5 defined can."""
    if not said.session:
        yield Broken("session", "must have the session id in its context", "9.6.3.1")
    if not said.defined:
        return
    if not said.actor.startswith("account|"):
        yield Broken("actor", "must have an actor with an account", "9.2")
    yield from _verdicts(said)
    yield from _scores(said, mastery)
    if said.verb in NEED_DURATION and said.duration is None:
        yield Broken("duration", f"{said.verb} must have a duration", "9.5.4")
    if said.verb == "waived" and not said.reason:
        yield Broken("reason", "waived must have a reason", "9.5.5.2")


def _verdicts(said: Said) -> Iterator[Broken]:
    wanted = _SUCCESS.get(said.verb)
    if said.success is not wanted:
        must = "no success" if wanted is None else f"success {str(wanted).lower()}"
        yield Broken("success", f"{said.verb} must have {must}", "9.5.2")
    complete = True if said.verb in _COMPLETION else None
    if said.completion is not complete:
        must = "completion true" if complete else "no completion"
        yield Broken("completion", f"{said.verb} must have {must}", "9.5.3")
    has = said.success is not None or said.completion is not None
    if has and not said.move_on_category:
        yield Broken(
            "move-on-category", "success or completion must come with the category moveon", "9.6.2.2"
        )
    if said.move_on_category and not has:
        yield Broken(
            "move-on-category", "the category moveon must come with success or completion", "9.6.2.2"
        )


def _scores(said: Said, mastery: float | None) -> Iterator[Broken]:
    if said.scored and said.verb not in ("passed", "failed"):
        yield Broken("score", f"{said.verb} must have no score", "9.5.1")
    if said.raw_alone:
        yield Broken("score", "a raw score must come with min and max", "9.5.1")
    if said.scaled is None:
        return
    if not 0 <= said.scaled <= 1:
        yield Broken("score", "a scaled score must be between 0 and 1", "9.5.1")
    if mastery is None:
        return
    if said.verb == "passed" and said.scaled < mastery:
        yield Broken("mastery-score", f"passed must have a scaled score of {mastery} or more", "9.3.4")
    if said.verb == "failed" and said.scaled >= mastery:
        yield Broken("mastery-score", f"failed must have a scaled score below {mastery}", "9.3.5")
