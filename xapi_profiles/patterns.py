"""Do the statements of a registration follow a profile's Patterns, so far? One statement after the other.

A state is JSON and can be kept anywhere: `begin`, `advance` it by one statement, and ask its `standings`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from xapi_profiles.automaton import Automaton
from xapi_profiles.faults import Json

Status = Literal["accepted", "in progress", "rejected"]
STATUSES: tuple[Status, ...] = ("accepted", "in progress", "rejected")


class OtherPatterns(ValueError):
    """This state was made by other Patterns; begin anew."""


class Standing(NamedTuple):
    """How far statements are with one primary Pattern.

    `expected` are the templates of which the next statement may follow one, or, where they are rejected, one
    of which the statement `rejected` should have followed; `reason` says so in words.
    """

    pattern: str
    status: Status
    expected: Sequence[str]
    rejected: str = ""
    reason: str = ""


def begin(automata: Mapping[str, Automaton]) -> Json:
    """The state before the first statement."""
    return {
        "patterns": {
            name: {"automaton": one.fingerprint, "at": sorted(one.begun)} for name, one in automata.items()
        }
    }


def advance(
    automata: Mapping[str, Automaton],
    state: Json,
    *,
    statement: str,
    templates: Sequence[str],
    reason: str = "",
) -> Json:
    """The state after one more statement, which follows these templates, or none, for this reason."""
    after = {
        name: _advanced(one, _mine(state, one), statement, templates, reason)
        for name, one in automata.items()
    }
    return {"patterns": after}


def standings(automata: Mapping[str, Automaton], state: Json) -> list[Standing]:
    """Of every primary Pattern."""
    return [_standing(one, _mine(state, one)) for one in automata.values()]


def status(found: Sequence[Standing]) -> Status:
    """One primary Pattern is enough (Communication 2.2, `follows`)."""
    return min((one.status for one in found), key=STATUSES.index, default="rejected")


def _mine(state: Json, automaton: Automaton) -> Json:
    found: Json = state["patterns"].get(automaton.id, {})
    if found.get("automaton") != automaton.fingerprint:
        raise OtherPatterns(f"{automaton.id} is not what it was when this state was made; begin anew")
    return found


def _advanced(
    automaton: Automaton, before: Json, statement: str, templates: Sequence[str], reason: str
) -> Json:
    if "rejected" in before:
        return before
    at = automaton.step(before["at"], templates)
    if at:
        return {**before, "at": sorted(at)}
    expected = automaton.expected(before["at"])
    return {
        "automaton": before["automaton"],
        "rejected": statement,
        "expected": expected,
        "reason": reason or _unexpected(templates, expected),
    }


def _unexpected(templates: Sequence[str], expected: Sequence[str]) -> str:
    """Why it is not accepted here."""
    found = " and ".join(templates) if templates else "no template"
    wanted = " or ".join(expected) if expected else "nothing more"
    return f"it follows {found}, where the Pattern expects {wanted}"


def _standing(automaton: Automaton, state: Json) -> Standing:
    if "rejected" in state:
        return Standing(automaton.id, "rejected", state["expected"], state["rejected"], state["reason"])
    expected = automaton.expected(state["at"])
    accepted = automaton.accepts(state["at"])
    return Standing(automaton.id, "accepted" if accepted else "in progress", expected)
