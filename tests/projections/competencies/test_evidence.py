"""What a single statement makes: a score, a meeting, a claim, or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from projections.competencies import evidence
from tests.projections.competencies.builders import claimed, shown
from tests.projections.transcript.builders import MIRA, about_statement, recorded, said, void

NOTHING: list[str] = []


def rows(statement: Any) -> list[Any]:
    return list(evidence.fold(recorded(statement, 1)))


def score(statement: Any) -> Any:
    """The score of the one row of evidence."""
    ((table, row),) = rows(statement)
    assert table == "evidence"
    return row[4]


@pytest.mark.parametrize(
    ("verb", "result", "expected"),
    [
        ("answered", {"success": True}, 1),
        ("answered", {"success": False}, 0),
        ("passed", {}, 1),
        ("mastered", {}, 1),
        ("failed", {}, 0),
        ("answered", {"success": True, "score": {"scaled": 0.25}}, 0.25),
        ("answered", {"score": {"raw": 3, "max": 4}}, 0.75),
        ("answered", {"success": True, "score": {"raw": 0, "max": 0}}, 1),
        ("answered", {"score": {"scaled": -0.5}}, 0),
        ("x:whatever", {"success": True}, 1),
        ("completed", {"score": {"scaled": 0.5}, "completion": True}, 0.5),
        ("completed", {}, None),
        ("satisfied", {}, None),
        ("experienced", {}, None),
        ("answered", {"completion": True}, None),
    ],
)
def test_scores(verb, result, expected):
    assert score(shown(verb=verb, result=result)) == expected


@pytest.mark.parametrize(
    "statement",
    [
        shown(verb="launched"),
        shown(verb="x:recommended"),
        shown(verb="waived"),
        said("answered", object={"objectType": "Agent", **MIRA}, result={"success": True}),
        about_statement("x:liked", "other", by={"mbox": "mailto:ann@mail.example"}),
    ],
)
def test_what_says_nothing_makes_nothing(statement):
    assert rows(statement) == NOTHING


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        (void("other"), "voided"),
        (about_statement("verified", "other", by=MIRA), "reference"),
        (about_statement("https://w3id.org/xapi/tla/verbs/deselected", "other", by=MIRA), "reference"),
        (claimed("achieved"), "claim"),
        (claimed("asserted", extensions={"confidence": 0.5}), "claim"),
        (shown(verb="completed", result={"completion": False}), "claim"),
    ],
)
def test_what_speaks_of_statements_or_competencies_has_a_table_of_its_own(statement, table):
    assert [each.table for each in rows(statement)] == [table]


def test_each_member_of_a_group_has_shown_it():
    group = {"objectType": "Group", "member": [MIRA, {"mbox": "mailto:ann@mail.example"}]}
    assert len(rows(shown(result={"success": True}, actor=group))) == 2


def test_many_members_times_much_context_is_set_aside():
    group = {"objectType": "Group", "member": [{"mbox": f"mailto:{n}@mail.example"} for n in range(2000)]}
    around = {"contextActivities": {"grouping": [{"id": f"https://a.example/{n}"} for n in range(2000)]}}
    statement = shown(result={"success": True}, actor=group)
    statement["context"] = around
    with pytest.raises(ValueError, match="about 2000 members; at most"):
        rows(statement)


@pytest.mark.parametrize("expires", ["soon", 7, None, ["2026-01-01"]])
def test_what_an_extension_says_wrongly_is_not_said(expires):
    extension = {"https://w3id.org/xapi/comp/contextextensions/expires": expires}
    assert [each.table for each in rows(claimed("achieved", extensions=extension))] == ["claim"]
