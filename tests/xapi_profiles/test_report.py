"""A report counts statements by outcome, and tells of each template, Concept and Pattern what failed."""

from __future__ import annotations

import json
from typing import Any

from tests.xapi_profiles.builders import (
    PLACED,
    PROFILE,
    REGISTRATION,
    VERSION,
    Json,
    a_concept,
    a_pattern,
    a_profile,
    a_statement,
    a_template,
    declaring,
    pattern,
    template,
)
from xapi_profiles import Report, check, load

DURATION = {"location": "$.result.duration", "presence": "included"}
LANE = "urn:x:lane"


def reported(statements: list[Json], **members: Any) -> Json:
    profiles = load(a_profile(**members))
    report = Report(profiles)
    for each in statements:
        report.add(each, check(each, profiles))
    document: Json = json.loads(json.dumps(report.document()))
    return document


def test_statements_are_counted_by_outcome() -> None:
    good = a_statement(result={"duration": "PT1S"})
    said = [good, a_statement(), a_statement(), a_statement(verb={"id": "urn:x:other"})]
    found = reported(said, templates=[a_template("placing", DURATION, verb=PLACED)])
    assert {name: found[name] for name in ("statements", "valid", "invalid", "unmatched")} == {
        "statements": 4, "valid": 1, "invalid": 2, "unmatched": 1,
    }  # fmt: skip
    (profile,) = found["profiles"]
    assert (profile["profile"], profile["version"], profile["declared"]) == (PROFILE, VERSION, 0)
    assert profile["templates"] == [
        {
            "template": template("placing"),
            "matched": 3,
            "followed": 1,
            "broken": [
                {
                    "rule": "/templates/0/rules/0",
                    "keyword": "presence",
                    "count": 2,
                    "reason": "$.result.duration must be there",
                    "first": said[1]["id"],
                }
            ],
        }
    ]


def test_misused_concepts_are_counted() -> None:
    lane = a_concept("ContextExtension", LANE, inlineSchema='{"type": "integer"}')
    said = [a_statement(context={"extensions": {LANE: value}}) for value in (1, "two", "three")]
    (profile,) = reported(said, concepts=[lane])["profiles"]
    assert profile["concepts"] == [
        {
            "concept": LANE,
            "binding": True,
            "count": 2,
            "reason": '"two" is not of type "integer"',
            "first": said[1]["id"],
        }
    ]


def test_registrations_are_counted_by_how_far_they_are_with_the_patterns() -> None:
    def said(verb: str, registration: int | None) -> Json:
        context = {"registration": f"{REGISTRATION[:-1]}{registration}"} if registration is not None else {}
        return a_statement(verb={"id": f"urn:x:{verb}"}, context={**declaring(VERSION), **context})

    statements = [said("start", 1), said("end", 1), said("start", 2), said("end", 3), said("start", None)]
    (profile,) = reported(
        statements,
        templates=[a_template(name, verb=f"urn:x:{name}") for name in ("start", "end")],
        patterns=[
            a_pattern("race", "sequence", "start", "end", primary=True),
            a_pattern("false-start", "sequence", "start", "start", primary=True),
        ],
    )["profiles"]
    assert profile["declared"] == 5
    assert profile["without_registration"] == 1
    assert profile["registrations"] == {"accepted": 1, "in progress": 1, "rejected": 1}
    race, false_start = profile["patterns"]
    assert (race["accepted"], race["in progress"], race["rejected"]) == (1, 1, 1)
    assert (race["pattern"], race["first"]) == (pattern("race"), statements[3]["id"])
    assert race["reason"].endswith(f"where the Pattern expects {template('start')}")
    assert (false_start["accepted"], false_start["in progress"], false_start["rejected"]) == (0, 1, 2)


def test_faults_of_the_profile_are_told_beside() -> None:
    (profile,) = reported([], templates=[a_template(definition=None)])["profiles"]
    assert profile["faults"] == [
        "/templates/0/definition: A Statement Template needs the property definition. (Structure 8.0)"
    ]
