"""A framework comes in whole or not at all, and what it says already appends nothing."""

from __future__ import annotations

import copy
import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.case import package as case
from lrs.database.pool import Database
from lrs.errors import BadRequest
from lrs.log.events import FrameworkImported
from lrs.registrar import frameworks, packages
from lrs.registrar.frameworks import Imported, Listed
from tests.case.packages import FRAMEWORK, Json, a_link, a_package, an_item, common_core, id_of
from tests.conftest import SHARED_DATA
from tests.registrar.samples import REGISTRAR, faults_of, recorded

OTHER = "d0000000-0000-4000-8000-000000000000"


def adopt(database: Database, tenant: str, *wanted: Json, **options: Any) -> list[Imported]:
    sound = list(map(frameworks.checked, wanted))
    return frameworks.adopt(database, tenant, sound, by=REGISTRAR, **options)


def faults(package: Any) -> dict[str, str]:
    return {each.pointer: each.rule for each in packages.faults(package)}


def test_the_whole_package_is_in_the_log(database: Database, tenant: str) -> None:
    package = a_package("A B", CFRubrics=[], extensions={"local": {"weight": 0.5}})
    assert adopt(database, tenant, package) == [Imported(FRAMEWORK, 1, "new")]
    assert recorded(database, tenant) == [
        FrameworkImported(FRAMEWORK, case.digest(package), package, REGISTRAR)
    ]


def test_a_second_time_appends_nothing(database: Database, tenant: str) -> None:
    package = a_package("A B")
    adopt(database, tenant, package)
    turned = dict(reversed(copy.deepcopy(package).items()))
    assert adopt(database, tenant, turned) == [Imported(FRAMEWORK, 1, "none")]
    assert len(recorded(database, tenant)) == 1


def test_a_new_package_is_a_new_version_and_the_old_one_may_come_back(
    database: Database, tenant: str
) -> None:
    old, new = a_package("A B"), a_package("A B C")
    changes = [adopt(database, tenant, each)[0] for each in (old, new, old)]
    assert [each.change for each in changes] == ["new", "changed", "changed"]
    assert [each.position for each in changes] == [1, 2, 3]


def test_several_come_in_together(database: Database, tenant: str) -> None:
    wanted = [a_package("A"), a_package("A", framework=OTHER), a_package("A B"), a_package("A B")]
    assert adopt(database, tenant, *wanted) == [
        Imported(FRAMEWORK, 1, "new"),
        Imported(OTHER, 2, "new"),
        Imported(FRAMEWORK, 3, "changed"),
        Imported(FRAMEWORK, 3, "none"),
    ]
    title = "What one can do"
    assert list(frameworks.imported(database, tenant)) == [
        Listed(OTHER, title, 1, 1, 2, REGISTRAR),
        Listed(FRAMEWORK, title, 2, 2, 3, REGISTRAR),
    ]


def test_a_dry_run_tells_and_changes_nothing(database: Database, tenant: str) -> None:
    assert adopt(database, tenant, a_package("A"), dry_run=True)[0].change == "new"
    assert recorded(database, tenant) == []


def test_a_package_is_put_under_its_own_identifier(database: Database, tenant: str) -> None:
    package = a_package("A")
    put = frameworks.put
    assert put(database, tenant, FRAMEWORK.upper(), package, by=REGISTRAR) == (1, [])
    with pytest.raises(BadRequest) as error:
        put(database, tenant, OTHER, package, by=REGISTRAR)
    assert set(faults_of(error)) == {"/CFDocument/identifier"}


def test_every_fault_of_the_shape_is_told() -> None:
    package = a_package("A B")
    del package["CFDocument"]["title"]
    package["CFItems"][0] |= {"identifier": "4.NF.A.1", "fullStatement": None}
    del package["CFItems"][1]["identifier"]
    package["CFAssociations"][0]["originNodeURI"] = "A"
    package["CFAssociations"][1]["sequenceNumber"] = "first"
    assert set(faults(package)) == {
        "/CFDocument/title",
        "/CFItems/0/identifier",
        "/CFItems/0/fullStatement",
        "/CFItems/1/identifier",
        "/CFAssociations/0/originNodeURI",
        "/CFAssociations/1/sequenceNumber",
    }
    for nothing in ({}, [], None, 7, {"CFDocument": []}, {"CFDocument": {}, "CFItems": {}}):
        assert faults(nothing)


def test_what_stands_twice_is_told_with_its_first_place() -> None:
    package = a_package("A B")
    package["CFItems"] += [an_item("B"), an_item("C", identifier=id_of("A").upper())]
    package["CFAssociations"].append(package["CFAssociations"][0])
    assert faults(package) == {
        "/CFItems/2/identifier": "stands twice: /CFItems/1 has it too",
        "/CFItems/2/uri": "stands twice: /CFItems/1 has it too",
        "/CFItems/3/identifier": "stands twice: /CFItems/0 has it too",
        "/CFAssociations/2/identifier": "stands twice: /CFAssociations/0 has it too",
    }


def test_nothing_is_below_itself() -> None:
    package = a_package("A B C", a_link("A", ""), a_link("B", "A"), a_link("A", "B"), a_link("C", "C"))
    told = faults(package)
    assert set(told) == {"/CFAssociations/1", "/CFAssociations/3"}
    assert "A, B are below themselves" in told["/CFAssociations/1"]


def test_a_tree_is_only_so_deep() -> None:
    names = [str(number) for number in range(65)]
    links = [a_link(child, parent) for parent, child in pairwise(names)]
    assert faults(a_package(" ".join(names), *links)).keys() == {"/CFAssociations"}
    assert not faults(a_package(" ".join(names), *links[1:]))


def test_a_tree_has_only_so_many_pairs_of_an_item_and_one_above_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # All of a row are below all of the row above: 3 below 3 below 3 make 27 pairs, and 9 with the document.
    rows = ["ABC", "DEF", "GHI"]
    links = [a_link(child, parent) for one, other in pairwise(rows) for parent in one for child in other]
    package = a_package("A B C D E F G H I", *[a_link(each, "") for each in "ABC"], *links)
    monkeypatch.setattr(packages, "MOST_PAIRS", 36)
    assert not faults(package)
    monkeypatch.setattr(packages, "MOST_PAIRS", 35)
    assert "more than 35 times one is above another" in faults(package)["/CFAssociations"]


def test_of_very_many_faults_the_first_are_told() -> None:
    package = a_package("A")
    package["CFItems"] = [{}] * 2000
    assert len(packages.faults(package)) == packages.MOST_FAULTS
    package["CFItems"] = [an_item("A")] * 2000
    assert len(packages.faults(package)) == packages.MOST_FAULTS
    for many in ([{}], [an_item("A")]):
        assert faults(package | {"CFItems": many * 50_001}) == {
            "/CFItems": "must be a list of at most 50000 CFItems"
        }


def test_what_is_nested_beyond_what_can_be_written_is_told() -> None:
    deep: Any = {}
    for _ in range(400):
        deep = {"more": deep}
    assert "nested too deep" in faults(a_package("A", extensions=deep))[""]


def test_what_real_packages_lack_is_no_fault_but_a_notice() -> None:
    package = a_package("A B C", a_link("A", ""), a_link("B", "nowhere"), a_link("A", "B", "isKindOf"))
    package["CFDocument"]["creator"] = None
    for item in package["CFItems"]:
        del item["lastChangeDateTime"]
    package["CFItems"][2] |= {"CFItemType": None, "CFItemTypeURI": None, "humanCodingScheme": None}
    assert packages.notices(frameworks.checked(package).package) == [
        "1 isChildOf lead to what the package does not have, and say nothing: see /CFAssociations/1.",
        "2 items are nobody's child, and stand at the top: see B.",
        "1 of 1 in CFDocument have no creator, which CASE 1.1 requires.",
        "3 of 3 in CFItems have no lastChangeDateTime, which CASE 1.1 requires.",
        "isKindOf is no type of association of CASE 1.1: it is kept, and means nothing here.",
    ]
    assert frameworks.checked({"CFDocument": package["CFDocument"], "CFItems": None}).notices


def test_what_precedes_itself_is_told_and_kept() -> None:
    package = a_package(
        "A B", a_link("A", ""), a_link("B", ""), *[a_link(*each, "precedes") for each in ("AB", "BA")]
    )
    assert frameworks.checked(package).notices == [
        "A, B precede each other in a circle: none is a prerequisite of another."
    ]


PAIRS = st.lists(st.tuples(st.sampled_from("ABCDE"), st.sampled_from("ABCDE")), max_size=12)


@given(PAIRS)
def test_what_is_accepted_is_a_tree_and_what_is_refused_has_a_circle(pairs: list[tuple[str, str]]) -> None:
    unique = sorted(set(pairs))
    package = a_package("A B C D E", *[a_link(*pair) for pair in unique])
    up = {each: {parent for child, parent in unique if child == each} for each in "ABCDE"}

    def ends(node: str, way: frozenset[str]) -> bool:
        return node not in way and all(ends(parent, way | {node}) for parent in up[node])

    assert (not packages.faults(package)) == all(ends(node, frozenset()) for node in "ABCDE")


@pytest.mark.parametrize(
    "name",
    ["AdoptedTest", "ItemTypeTest", "Markdown", "SequenceNumber", "SmartLevel", "Utf8Test", "Ordering"],
)
def test_small_packages_of_case_1_0_come_in(name: str) -> None:
    files = [*(SHARED_DATA / "case" / "opensalt_tests").glob(f"{name}*.json")]
    if not files:
        pytest.skip("needs ../shared/data")
    assert frameworks.checked(json.loads(files[0].read_text("utf-8"))).notices == []


def test_common_core_comes_in_once(database: Database, tenant: str) -> None:
    package = common_core()
    assert adopt(database, tenant, package)[0].change == "new"
    assert adopt(database, tenant, common_core())[0].change == "none"
    assert next(frameworks.imported(database, tenant)).items == 746
