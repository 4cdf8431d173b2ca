"""Frameworks are read as they were at any position, each version once; CASE gets back what came in."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from lrs.case import prerequisites
from lrs.database.pool import Database
from lrs.errors import BadRequest, NotFound
from lrs.registrar import frameworks
from projections.frameworks import read
from projections.frameworks.model import Frameworks, known
from projections.frameworks.project import FRAMEWORKS
from projections.frameworks.resources import CASE, RESOURCES
from projections.resource import Bare
from tests.case.packages import FRAMEWORK, Json, a_link, a_package, common_core, id_of
from tests.conftest import SHARED_DATA
from tests.projections.built import Built

OTHER = "d0000000-0000-4000-8000-000000000000"
SCHEMA = SHARED_DATA / "case" / "schema" / "case_v1p1_cfpackage-jsonschema1.json"
EDGES = SHARED_DATA / "case" / "ccssm" / "ccssm-dependencies.json"


@pytest.fixture
def built(database: Database, tenant: str) -> Built:
    return Built(database, tenant, FRAMEWORKS)


def import_(built: Built, *packages: Json) -> int:
    """Import these, follow, and tell the last position."""
    wanted = list(map(frameworks.checked, packages))
    done = frameworks.adopt(built.log.database, built.log.tenant, wanted, by="registrar")
    built.follow()
    return done[-1].position


def at(built: Built, position: int | None = None) -> Frameworks:
    with built.log.database.connection() as connection:
        return read.frameworks_at(built.view(connection, at=position))


def ask(built: Built, path: str, *, at: int | None = None, **asked: str) -> Json:
    return built.ask(RESOURCES, f"{CASE}/{path}", at=at, **asked)


def test_every_position_has_its_frameworks(built: Built) -> None:
    first = import_(built, a_package("A B"))
    second = import_(built, a_package("A C"), a_package("X", framework=OTHER)) - 1
    assert dict(at(built, 0)) == {}
    assert [list(each.items) for each in at(built, first).values()] == [[id_of("A"), id_of("B")]]
    assert list(at(built)) == [FRAMEWORK, OTHER]
    assert at(built)[FRAMEWORK].version == second
    assert known(at(built), f"urn:uuid:{id_of('B')}") is None


def test_a_new_version_keeps_what_its_items_are_called(built: Built) -> None:
    first = import_(built, a_package("A B"))
    renamed = a_package("A B")
    renamed["CFItems"][0]["fullStatement"] = "Can do A well"
    import_(built, renamed)
    iri = renamed["CFItems"][0]["uri"]
    old, new = known(at(built, first), iri), known(at(built), iri)
    assert [each and (each.identifier, each.statement) for each in (old, new)] == [
        (id_of("A"), "Can do A"),
        (id_of("A"), "Can do A well"),
    ]


def test_each_version_is_read_once(built: Built) -> None:
    import_(built, a_package("A B"))
    before = at(built)
    import_(built, a_package("X", framework=OTHER))
    after = at(built)
    assert at(built) is after
    assert after is not before
    assert after[FRAMEWORK] is before[FRAMEWORK]


def test_few_are_kept(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MOST_FRAMEWORKS", 2)
    monkeypatch.setattr(read, "MOST_MOMENTS", 3)
    positions = [import_(built, a_package(f"A B{number}")) for number in range(4)]
    for position in positions:
        at(built, position)
    assert (len(read._frameworks), len(read._moments)) == (2, 3)


def test_the_order_of_events_changes_nothing(built: Built) -> None:
    import_(built, a_package("A"), a_package("X", framework=OTHER), a_package("A B"))
    turned = Built(built.log.database, built.log.tenant, FRAMEWORKS, build=2)
    turned.take(reversed(list(built.log.read())))
    turned.reached = built.reached
    assert turned.rows() == built.rows()
    assert dict(at(turned)) == dict(at(built))


def test_a_package_comes_back_as_it_came(built: Built) -> None:
    package = a_package(
        "A B", CFRubrics=[], CFDefinitions={"CFConcepts": []}, extensions={"own": [1, 0.5, None]}
    )
    first = import_(built, package)
    second = import_(built, a_package("A C"))
    assert ask(built, "CFPackages/{identifier}", identifier=FRAMEWORK.upper(), at=first) == package
    assert ask(built, "CFPackages/{identifier}", identifier=FRAMEWORK, at=second) == a_package("A C")


def test_nodes_stand_alone_with_their_document(built: Built) -> None:
    package = a_package(
        "A B", a_link("A", "", sequenceNumber=1), a_link("B", "A"), a_link("A", "B", "precedes")
    )
    import_(built, package)
    document, link = package["CFDocument"], package["CFAssociations"][1]
    of = {"title": document["title"], "identifier": FRAMEWORK, "uri": document["uri"]}
    alone = ask(built, "CFDocuments/{identifier}", identifier=FRAMEWORK)
    assert alone == document | {"CFPackageURI": of}
    item = ask(built, "CFItems/{identifier}", identifier=id_of("A"))
    assert item == package["CFItems"][0] | {"CFDocumentURI": of}
    association = ask(built, "CFAssociations/{identifier}", identifier=link["identifier"])
    assert association == link | {"CFDocumentURI": of}
    both = ask(built, "CFItemAssociations/{identifier}", identifier=id_of("A"))
    assert both == {"CFItem": item, "CFAssociations": package["CFAssociations"]}
    only = ask(built, "CFItemAssociations/{identifier}", identifier=id_of("B"))
    assert only["CFAssociations"] == package["CFAssociations"][1:]


def test_an_item_that_is_linked_by_its_uri_has_its_associations(built: Built) -> None:
    link = a_link("B", "A")
    link["destinationNodeURI"]["identifier"] = "4.NF.A"
    import_(built, a_package("A B", a_link("A", ""), link))
    assert at(built)[FRAMEWORK].children[id_of("A")] == (id_of("B"),)
    found = ask(built, "CFItemAssociations/{identifier}", identifier=id_of("A"))
    assert link in found["CFAssociations"]


def test_the_longest_name_of_a_node_has_room(built: Built) -> None:
    strange = a_link("A", "")
    strange["destinationNodeURI"]["identifier"] = "".join(chr(0x20000 + 7 * number) for number in range(500))
    import_(built, a_package("A", strange))
    found = ask(built, "CFItemAssociations/{identifier}", identifier=id_of("A"))
    assert found["CFAssociations"] == [strange]


def test_what_is_replaced_is_gone_and_was_there(built: Built) -> None:
    first = import_(built, a_package("A B"))
    import_(built, a_package("A C"))
    for path in ("CFItems/{identifier}", "CFItemAssociations/{identifier}"):
        with pytest.raises(NotFound):
            ask(built, path, identifier=id_of("B"))
        assert ask(built, path, identifier=id_of("B"), at=first)


def test_what_is_not_there_is_not_found(built: Built) -> None:
    import_(built, a_package("A"))
    for resource in RESOURCES[1:]:
        for name in (OTHER, "4.NF.A.1", ""):
            with pytest.raises(NotFound):
                built.ask(RESOURCES, resource.path, identifier=name)
    with pytest.raises(NotFound):
        ask(built, "CFItems/{identifier}", identifier=FRAMEWORK)


def test_documents_come_in_pages(built: Built) -> None:
    ids = [f"{number}0000000-0000-4000-8000-000000000000" for number in range(5)]
    packages = [a_package("A", framework=each) for each in ids]
    for number, each in enumerate(packages):
        each["CFDocument"]["title"] = "EDCBA"[number]
    position = import_(built, *packages)

    def page(**asked: str) -> tuple[list[str], Any]:
        with built.log.database.connection() as connection:
            said = RESOURCES[0].read(built.view(connection), asked)
        assert isinstance(said, Bare)
        return [each["identifier"] for each in said.document["CFDocuments"]], said.headers

    assert page() == (ids, {"X-Total-Count": "5"})
    found, headers = page(limit="2", offset="1")
    assert (found, headers["X-Total-Count"]) == (ids[1:3], "5")
    assert headers["Link"] == f'<?limit=2&offset=3&as_of={position}>; rel="next"'
    assert page(limit="2", offset="4")[0] == ids[4:]
    assert page(limit="2", offset="9") == ([], {"X-Total-Count": "5"})
    assert page(sort="title")[0] == ids[::-1]
    assert page(sort="title", orderBy="desc")[0] == ids
    for wrong in ({"limit": "0"}, {"limit": "x"}, {"offset": "-1"}, {"orderBy": "up"}):
        with pytest.raises(BadRequest) as error:
            page(**wrong)
        assert [each.pointer for each in error.value.faults] == list(wrong)


def test_common_core_with_its_prerequisites_comes_back_and_is_valid(built: Built) -> None:
    package = common_core()
    edges = prerequisites.from_json(json.loads(EDGES.read_text("utf-8")))
    package = prerequisites.merged(package, edges)
    import_(built, package)
    back = ask(built, "CFPackages/{identifier}", identifier="c6496676-d7cb-11e8-824f-0242ac160002")
    assert back == package
    schema = json.loads(SCHEMA.read_text("utf-8"))
    assert list(jsonschema.Draft201909Validator(schema).iter_errors(back)) == []
    (framework,) = at(built).values()
    assert (len(framework.items), sum(map(len, framework.prerequisites.values()))) == (746, 859)
