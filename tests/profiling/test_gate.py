"""A gate refuses statements that name a profile and break it, and tells every rule that they break."""

from __future__ import annotations

import pytest

from lrs.profiling.gate import Gate
from lrs.xapi.vocabulary import Json
from tests.profiling.samples import PLACE, PROFILE, SCORE, VERSION, confirmed, placed, referring, sports
from tests.xapi_profiles.builders import template
from xapi_profiles import load

AUTHORITY: Json = {"account": {"homePage": "https://campus.example", "name": "key"}}


def a_gate(*profiles: Json, stored: dict[str, Json] | None = None) -> Gate:
    return Gate(load(*profiles), (stored or {}).get)


def faults(gate: Gate, statement: Json, *beside: Json) -> list[tuple[str, str, str]]:
    found = gate.faults(statement, AUTHORITY, at="/3", beside={each["id"]: each for each in beside})
    return [(each.pointer, each.rule, each.section) for each in found]


def test_every_broken_rule_is_told_with_its_template_and_its_place_in_the_profile() -> None:
    breaks = f"breaks the Statement Template {template('placing')}: "
    assert faults(a_gate(sports(SCORE, PLACE)), placed()) == [
        ("/3", f"{breaks}$.result.score.scaled must be there", f"{VERSION} /templates/0/rules/0"),
        ("/3", f"{breaks}$.object.definition.type must have one of https://example.org/types/event",
         f"{VERSION} /templates/0/rules/1"),
    ]  # fmt: skip


@pytest.mark.parametrize("category", [VERSION, PROFILE])
def test_a_statement_that_names_the_profile_has_to_keep_to_it(category: str) -> None:
    assert faults(a_gate(sports()), placed(category=category))
    assert not faults(a_gate(sports()), placed(0.5, category=category))


def test_a_statement_that_names_no_profile_or_another_one_passes() -> None:
    assert not faults(a_gate(sports()), placed(category="https://example.org/other"))
    assert not faults(a_gate(sports()), placed(context={}))


def test_a_category_may_be_an_object_as_in_1_0() -> None:
    statement = placed(context={"contextActivities": {"category": {"id": VERSION}}})
    assert faults(a_gate(sports()), statement)


def test_what_the_store_gives_a_statement_is_there() -> None:
    given = [{"location": f"$.{each}", "presence": "included"} for each in ("id", "timestamp", "stored")]
    whose = {"location": "$.authority.account.name", "all": ["key"]}
    assert not faults(a_gate(sports(*given, whose)), {k: v for k, v in placed().items() if k != "id"})


def test_what_a_statement_refers_to_may_come_with_it_or_be_stored() -> None:
    good, bad = placed(1.0), placed()
    gate = a_gate(referring(), stored={bad["id"]: bad})
    assert gate.refers
    assert not faults(gate, confirmed(good["id"].upper()), good)
    (fault,) = faults(gate, confirmed(bad["id"]))
    assert fault[2].endswith("/objectStatementRefTemplate")
    assert not faults(gate, confirmed(good["id"]))  # not available, so not held against it


def test_a_gate_without_profiles_is_open() -> None:
    assert not a_gate().shut
