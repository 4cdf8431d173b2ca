"""Which competency a statement is evidence of: the first place that names one which is known."""

from __future__ import annotations

from typing import Any

import pytest

from lrs.xapi.vocabulary import Json
from projections.competencies import evidence, naming
from projections.competencies.alignment import NOT_ALIGNED, Aligned, Alignment
from projections.competencies.evidence import CATALOGUE, CONTEXT, EXTENSION, OBJECT, candidates, packed
from projections.frameworks.model import Framework, Item, known
from tests.projections.competencies.builders import QUESTION, all_of, identifier, uri
from tests.projections.transcript.builders import MIRA, said

TYPED = {"type": evidence.COMPETENCY}
OWN = "https://pathway.example/competencies/estimating"


def statement(about: Any = QUESTION, *around: Json, aligned: Any = None, group: str = "category") -> Json:
    """About an activity, with others around it."""
    activity = about if isinstance(about, dict) else {"id": about}
    if aligned is not None:
        activity = activity | {"definition": {"extensions": {evidence.ALIGNMENT: aligned}}}
    context = {"contextActivities": {group: list(around)}} if around else {}
    return said("answered", object=activity, context=context)


def aligned(found: Json, activities: dict[str, list[str]] | None = None) -> Aligned:
    return Alignment(all_of(), activities or {}).of(packed(list(candidates(found))))


def names(*named: str) -> tuple[str, ...]:
    return tuple(identifier(each) for each in named)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (statement(uri("add")), Aligned(OBJECT, names("add"))),
        (statement(uri("add"), {"id": uri("units")}), Aligned(OBJECT, names("add"))),
        (statement(QUESTION, {"id": uri("units")}), Aligned(CONTEXT, names("units"))),
        (
            statement(QUESTION, {"id": "x:lesson"}, {"id": uri("units")}, {"id": uri("add")}),
            Aligned(CONTEXT, names("units", "add")),
        ),
        (
            statement(QUESTION, {"id": uri("units")}, aligned=uri("add")),
            Aligned(CONTEXT, names("units")),
        ),
        (statement(QUESTION, {"id": "x:lesson"}, aligned=uri("add")), Aligned(EXTENSION, names("add"))),
        (statement(aligned=[uri("add"), uri("area")]), Aligned(EXTENSION, names("add", "area"))),
        (statement(aligned={"no": "text"}), NOT_ALIGNED),
        (statement(QUESTION, {"id": "x:lesson"}), NOT_ALIGNED),
    ],
)
def test_the_first_place_wins(found, expected):
    assert aligned(found) == expected
    assert aligned(found, {QUESTION: [uri("compare"), "x:unknown"]}) == (
        expected if expected.competencies else Aligned(CATALOGUE, names("compare"))
    )


@pytest.mark.parametrize("group", ["parent", "grouping", "category", "other"])
def test_every_kind_of_context_is_looked_at(group):
    assert aligned(statement(QUESTION, {"id": uri("add")}, group=group)) == Aligned(CONTEXT, names("add"))


def test_an_activity_that_says_so_is_a_competency_of_no_framework():
    own = naming.identifier(naming.key(OWN))
    assert aligned(statement({"id": OWN, "definition": TYPED})) == Aligned(OBJECT, (own,))
    assert aligned(statement(QUESTION, {"id": OWN, "definition": TYPED})) == Aligned(CONTEXT, (own,))
    assert aligned(statement(QUESTION, {"id": OWN})) == NOT_ALIGNED


def test_what_is_about_an_agent_may_have_a_competency_around_it():
    found = statement({"objectType": "Agent", **MIRA}, {"id": uri("add")})
    assert aligned(found) == Aligned(CONTEXT, names("add"))
    assert aligned(statement({"objectType": "Agent", **MIRA}), {QUESTION: [uri("add")]}) == NOT_ALIGNED


def test_an_item_is_known_by_its_uri_or_by_its_identifier_at_the_end():
    by_name = Item(identifier("add"), "https://standards.example/4.NF.3", "4.NF.3", "", "", identifier(""))
    frameworks = all_of(Framework(identifier(""), "", 1, {by_name.identifier: by_name}, {}, {}))
    alignment = Alignment(frameworks, {})
    for iri in (by_name.uri, f"https://other.example/{by_name.identifier.upper()}", by_name.identifier):
        found = alignment.of(packed(list(candidates(statement(iri)))))
        assert found == Aligned(OBJECT, (by_name.identifier,))
    assert alignment.of(packed(list(candidates(statement("x:4.NF.3"))))) == NOT_ALIGNED


def test_an_identifier_at_the_end_means_more_than_a_uri_that_ends_in_it():
    one, other = identifier("one"), identifier("other")
    copied = [
        Item(one, f"https://a.example/{other}", "1", "", "", ""),
        Item(other, uri("other"), "2", "", "", ""),
    ]
    for items in (copied, copied[::-1]):
        frameworks = all_of(
            Framework(identifier(""), "", 1, {each.identifier: each for each in items}, {}, {})
        )
        for iri in (copied[0].uri, copied[1].uri, f"urn:uuid:{other}"):
            assert known(frameworks, iri) == copied[1]
            found = Alignment(frameworks, {}).of(packed(list(candidates(statement(iri)))))
            assert found.competencies == (other,)


def test_what_is_very_long_is_looked_up_and_not_remembered():
    alignment = Alignment(all_of(), {})
    for length in (1, 1000):
        around = [{"id": f"x:{number}"} for number in range(length)] + [{"id": uri("add")}]
        found = packed(list(candidates(statement(QUESTION, *around))))
        assert alignment.of(found) == Aligned(CONTEXT, names("add"))
    assert len(alignment._around) == 1


def test_a_lone_activity_of_xapi_1_is_a_list_of_one():
    found = statement() | {"context": {"contextActivities": {"other": {"id": uri("add")}}}}
    assert aligned(found) == Aligned(CONTEXT, names("add"))
