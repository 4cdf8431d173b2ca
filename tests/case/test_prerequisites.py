"""A list of edges becomes associations, the same ones every time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lrs.case import package as case
from lrs.case import prerequisites
from lrs.errors import BadRequest
from tests.case.packages import CHANGED, a_link, a_package, common_core, id_of
from tests.conftest import SHARED_DATA

EDGES = SHARED_DATA / "case" / "ccssm" / "ccssm-dependencies.json"
CSV = "before,after,notes\r\nA,B,needed\r\nB,C,\r\n"


def faults(error: Any) -> dict[str, str]:
    return {each.pointer: each.rule for each in error.value.faults}


def test_an_edge_becomes_an_association() -> None:
    package = a_package("A B C")
    merged = prerequisites.merged(package, prerequisites.from_csv(CSV))
    assert len(package["CFAssociations"]) == 3
    assert merged["CFAssociations"][:3] == package["CFAssociations"]
    first, second = merged["CFAssociations"][3:]
    assert (first["associationType"], first["notes"], first["lastChangeDateTime"]) == (
        "precedes",
        "needed",
        CHANGED,
    )
    assert first["originNodeURI"] == {
        "title": "A",
        "identifier": id_of("A"),
        "uri": package["CFItems"][0]["uri"],
    }
    assert first["destinationNodeURI"]["identifier"] == id_of("B")
    assert first["uri"] == f"urn:uuid:{first['identifier']}"
    assert "notes" not in second
    assert case.prerequisites(merged) == {id_of("B"): [id_of("A")], id_of("C"): [id_of("B")]}


def test_the_same_edges_make_the_same_package() -> None:
    edges = prerequisites.from_csv(CSV)
    merged = prerequisites.merged(a_package("A B C"), edges)
    assert prerequisites.merged(a_package("A B C"), edges) == merged
    assert prerequisites.merged(merged, edges) is merged
    assert prerequisites.merged(a_package("A B C"), [*edges, *edges]) == merged


def test_what_the_package_says_already_is_not_said_again() -> None:
    package = a_package("A B C", a_link("A", "B", "precedes"))
    merged = prerequisites.merged(package, prerequisites.from_csv(CSV))
    assert len(merged["CFAssociations"]) == 2


def test_a_table_and_json_say_the_same() -> None:
    edges = [{"source": "A", "target": "B", "relationship": "needed"}, {"before": " B ", "after": "C"}]
    merged = [
        prerequisites.merged(a_package("A B C"), each)
        for each in (
            prerequisites.from_csv(CSV),
            prerequisites.from_json(edges),
            prerequisites.from_json({"dependencies": edges, "by": "us"}),
        )
    ]
    assert merged[0] == merged[1] == merged[2]


@pytest.mark.parametrize(
    "name", ["HSA-APR.A.1", "HSA.APR.A.1", "hsa-apr-a-1", id_of("HSA-APR.A.1").upper(), "https://x.example/1"]
)
def test_items_are_named_by_code_identifier_or_uri_whatever_the_signs(name: str) -> None:
    package = a_package("HSA-APR.A.1 B")
    package["CFItems"][0]["uri"] = "https://x.example/1"
    merged = prerequisites.merged(package, [prerequisites.Edge("line 2", name, "B", "")])
    assert case.prerequisites(merged) == {id_of("B"): [id_of("HSA-APR.A.1")]}


def test_names_that_mean_no_item_or_several_are_told() -> None:
    package = a_package("A.1 A-1 B")
    edges = prerequisites.from_csv("before,after\na.1,B\nA.1,B\nB,X\n")
    with pytest.raises(BadRequest) as error:
        prerequisites.merged(package, edges)
    assert faults(error) == {
        "line 2": "'a.1' names 2 items of the package, not one",
        "line 4": "'X' names 0 items of the package, not one",
    }


@pytest.mark.parametrize(
    "value", [None, 7, "x", {}, {"a": [], "b": []}, [7], [{"before": "A"}], [{"after": 1}]]
)
def test_what_is_no_list_of_edges_is_told(value: Any) -> None:
    with pytest.raises(BadRequest):
        prerequisites.from_json(value)


@pytest.mark.parametrize(
    "text", ["from,to\nA,B", "before,after\nA", 'before,after\n"A,B', "before,after\n\0,B\n"]
)
def test_what_is_no_table_of_edges_is_told(text: str) -> None:
    with pytest.raises(BadRequest) as error:
        prerequisites.merged(a_package("A B"), prerequisites.from_csv(text))
    assert next(iter(faults(error))).startswith("line ")


def test_all_873_prerequisites_of_common_core_join() -> None:
    package = common_core()
    edges = prerequisites.from_json(json.loads(EDGES.read_text("utf-8")))
    merged = prerequisites.merged(package, edges)
    assert len(merged["CFAssociations"]) == 746 + 873
    counted = case.prerequisites(merged)
    # 14 of them stand in four circles, of "conceptual connections".
    assert sum(map(len, counted.values())) == 859
    codes = {case.identifier(each): each.get("humanCodingScheme") for each in package["CFItems"]}
    by_code = {codes[after]: {codes[each] for each in before} for after, before in counted.items()}
    assert "3.NF.A.3" in by_code["4.NF.A.1"]
