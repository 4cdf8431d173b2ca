"""The greedy matching of Communication 2.2, function by function, to compare the automaton with."""

from __future__ import annotations

from typing import Any, Literal

Outcome = Literal["success", "partial", "failure"]
Word = tuple[frozenset[str], ...]
# A template is its name; a Pattern is an operator and what it is applied to.
Element = Any
Result = tuple[Outcome, Word]


def matches(statements: Word, element: Element) -> Result:
    """How a pattern matches a series of statements, each the templates that it follows, and what remains."""
    if isinstance(element, str):
        return _template(statements, element)
    operator, operand = element
    return {
        "sequence": _sequence,
        "alternates": _alternates,
        "oneOrMore": _one_or_more,
        "zeroOrMore": _zero_or_more,
        "optional": _optional,
    }[operator](statements, operand)


def _template(statements: Word, element: str) -> Result:
    if not statements:
        return "partial", ()
    if element in statements[0]:
        return "success", statements[1:]
    return "failure", statements


def _sequence(statements: Word, elements: list[Element]) -> Result:
    following = statements
    for element in elements:
        outcome, following = matches(following, element)
        if outcome == "failure":
            return "failure", statements
        if outcome == "partial":
            return "partial", ()
    return "success", following


def _alternates(statements: Word, elements: list[Element]) -> Result:
    outcome: Outcome = "failure"
    following = statements
    for element in elements:
        maybe, rest = matches(statements, element)
        if maybe == "success":
            outcome = "success"
            if len(rest) < len(following):
                following = rest
        if maybe == "partial" and outcome == "failure":
            outcome = "partial"
    return ("partial", ()) if outcome == "partial" else (outcome, following)


def _one_or_more(statements: Word, element: Element) -> Result:
    outcome: Outcome = "failure"
    last = statements
    while True:
        going_on, following = matches(last, element)
        if going_on == "success":
            outcome = "success"
        elif outcome == "failure" and going_on == "partial":
            return "partial", ()
        elif going_on == "partial" and last:
            return "partial", last
        else:
            return outcome, last
        if len(following) == len(last):
            return "success", following
        last = following


def _zero_or_more(statements: Word, element: Element) -> Result:
    last = statements
    while True:
        going_on, following = matches(last, element)
        if going_on == "failure":
            return "success", last
        if going_on == "partial" and following:
            return "partial", following
        if len(following) == len(last):
            return "success", following
        last = following


def _optional(statements: Word, element: Element) -> Result:
    if not statements:
        return "success", ()
    outcome, following = matches(statements, element)
    return (outcome, following) if outcome != "failure" else ("success", statements)
