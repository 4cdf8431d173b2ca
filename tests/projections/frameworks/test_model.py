"""A package becomes a tree with prerequisites, and an IRI names one of its items."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lrs.case import graph
from projections.frameworks import model
from projections.frameworks.model import Framework
from tests.case.packages import FRAMEWORK, Json, a_link, a_package, an_item, common_core, id_of

OTHER = "d0000000-0000-4000-8000-000000000000"


def names(*of: str) -> tuple[str, ...]:
    return tuple(map(id_of, of))


def made(package: Json) -> Framework:
    return model.framework(package, 7)


def test_an_item_has_what_its_package_says() -> None:
    package = a_package("A")
    package["CFItems"] = [
        an_item("A", CFItemType="Standard"),
        an_item("B", humanCodingScheme=None, CFItemTypeURI={"title": "Cluster"}),
        {each: value for each, value in an_item("C").items() if each != "humanCodingScheme"},
    ]
    first, second, third = made(package).items.values()
    assert (first.identifier, first.code, first.kind) == (id_of("A"), "A", "Standard")
    assert (first.statement, first.framework) == ("Can do A", FRAMEWORK)
    assert (second.code, second.kind, third.code, third.kind) == ("", "Cluster", "", "")
    assert made(package).version == 7


def test_children_stand_by_their_sequence_and_then_by_their_code() -> None:
    package = a_package(
        "A.10 A.2 Z B A",
        a_link("A.10", "A"),
        a_link("A.2", "A"),
        a_link("Z", "A", sequenceNumber=2),
        a_link("B", "A", sequenceNumber=10),
        a_link("A", ""),
    )
    assert made(package).children == {
        id_of("A"): names("Z", "B", "A.2", "A.10"),
        FRAMEWORK: names("A"),
    }


def test_items_without_a_parent_are_roots() -> None:
    package = a_package("A B C", a_link("B", "A"), a_link("C", "nowhere"), a_link("nobody", "A"))
    assert made(package).children == {id_of("A"): names("B"), FRAMEWORK: names("A", "C")}


def test_an_item_may_stand_in_several_places_but_once_in_each() -> None:
    package = a_package(
        "A B C", a_link("C", "A"), a_link("C", "B"), a_link("C", "B", sequenceNumber=1), a_link("C", "")
    )
    children = made(package).children
    assert children == {id_of("A"): names("C"), id_of("B"): names("C"), FRAMEWORK: names("A", "B", "C")}


def test_what_precedes_an_item_is_its_prerequisite() -> None:
    package = a_package(
        "A B C", a_link("A", "C", "precedes"), a_link("B", "C", "precedes"), a_link("A", "B", "isRelatedTo")
    )
    assert made(package).prerequisites == {id_of("C"): names("A", "B")}


def test_items_that_precede_each_other_are_none_before_the_other() -> None:
    circle = [a_link(*pair, "precedes") for pair in ("AB", "BC", "CA", "DA", "CE", "FF")]
    framework = made(a_package("A B C D E F", *circle))
    assert framework.prerequisites == {id_of("A"): names("D"), id_of("E"): names("C")}


@given(st.lists(st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("ABCDEF")), max_size=20))
def test_prerequisites_never_go_in_a_circle(pairs: list[tuple[str, str]]) -> None:
    package = a_package("A B C D E F", *[a_link(*pair, "precedes") for pair in pairs])
    before = made(package).prerequisites
    assert graph.circles(before) == []
    assert {(each, node) for node, all_ in before.items() for each in all_} <= {
        (id_of(one), id_of(other)) for one, other in pairs
    }


@given(st.permutations([a_link("B", "A"), a_link("C", "A"), a_link("A", ""), a_link("B", "C", "precedes")]))
def test_the_order_of_associations_changes_nothing(links: list[Json]) -> None:
    package = a_package("A B C", *links)
    ordered = a_package("A B C", *sorted(links, key=lambda each: str(each["identifier"])))
    assert made(package) == made(ordered)


def test_nodes_are_found_by_their_uri_too() -> None:
    link = a_link("B", "A")
    link["destinationNodeURI"]["identifier"] = "other"
    assert made(a_package("A B", link)).children[id_of("A")] == names("B")


def test_an_iri_names_an_item_by_its_uri_or_its_identifier() -> None:
    package = a_package("A B")
    package["CFItems"][0]["uri"] = "https://frameworks.example/the-first"
    all_ = model.frameworks([made(package)])
    first, second = all_[FRAMEWORK].items.values()
    assert model.known(all_, "https://frameworks.example/the-first") is first
    assert model.known(all_, f"https://elsewhere.example/items/{first.identifier.upper()}") is first
    assert model.known(all_, f"urn:uuid:{second.identifier}") is second
    assert model.known(all_, "https://frameworks.example/the-second") is None
    assert model.known(all_, "") is None


def test_what_two_frameworks_have_is_that_of_the_first() -> None:
    one, other = a_package("A"), a_package("A", framework=OTHER)
    frameworks = [model.framework(one, 9), model.framework(other, 5)]
    for all_ in (model.frameworks(frameworks), model.frameworks(reversed(frameworks))):
        assert list(all_) == [FRAMEWORK, OTHER]
        found = model.known(all_, f"urn:uuid:{id_of('A')}")
        assert found is not None
        assert found.framework == FRAMEWORK


def test_common_core_is_a_tree() -> None:
    framework = made(common_core())
    by_code = {each.code: each for each in framework.items.values()}
    assert len(framework.items) == 746
    assert [framework.items[each].statement for each in framework.children[framework.id]] == [
        "Standards for Mathematical Practice",
        "Standards for Math Content",
        "Standards for HS Math Content",
    ]
    fractions = framework.children[by_code["4.NF.A"].identifier]
    assert [framework.items[each].code for each in fractions] == ["4.NF.A.1", "4.NF.A.2"]
    assert by_code["4.NF.A.1"].identifier == "6b9c09e2-d7cc-11e8-824f-0242ac160002"
