"""A profile of sports that the door can judge by, and statements that say that they conform to it."""

from __future__ import annotations

from typing import Any

from tests.client import a_statement
from tests.xapi_profiles.builders import PLACED, PROFILE, VERSION, Json, a_profile, a_template, template

SCORE = {"location": "$.result.score.scaled", "presence": "included"}
PLACE = {"location": "$.object.definition.type", "any": ["https://example.org/types/event"]}
CONFIRMED = "https://example.org/profiles/sports/verbs/confirmed"


def sports(*rules: Json, **members: Any) -> Json:
    """Its statements need a score, or what the rules say."""
    return a_profile(templates=[a_template("placing", *(rules or (SCORE,)), verb=PLACED)], **members)


def referring() -> Json:
    """Its confirmations are of statements that place somebody."""
    confirming = a_template(
        "confirming",
        verb=CONFIRMED,
        objectStatementRefTemplate=[template("placing")],
        id=template("confirming"),
    )
    return a_profile(templates=[a_template("placing", SCORE, verb=PLACED), confirming])


def placed(scaled: float | None = None, *, category: str = VERSION, **members: Any) -> Json:
    """Somebody placed, with a score or without; it breaks the profile where there is none."""
    result = {} if scaled is None else {"result": {"score": {"scaled": scaled}}}
    named = {"contextActivities": {"category": [{"id": category}]}}
    return a_statement(**{"verb": {"id": PLACED}, "context": named, **result, **members})


def confirmed(id: str) -> Json:
    """Somebody confirms another statement."""
    return placed(verb={"id": CONFIRMED}, object={"objectType": "StatementRef", "id": id})


__all__ = ["PLACE", "PROFILE", "SCORE", "VERSION", "confirmed", "placed", "referring", "sports"]
