"""What a course structure must be, rule by rule, and what becomes of one that is right (cmi5 13)."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from defusedxml.ElementTree import fromstring

from lrs.cmi5 import nodes, structure
from lrs.errors import BadRequest
from tests.cmi5.samples import COURSE, NAMESPACE, a_block, a_course, a_zip, an_au, texts
from tests.conftest import SHARED_DATA

DATA = SHARED_DATA / "cmi5"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the shared data is not here")


def read(document: bytes) -> dict[str, Any]:
    return structure.read(io.BytesIO(document))


def faults(document: bytes) -> dict[str, str]:
    """The places in the document, without lines, and the rules that are broken there."""
    with pytest.raises(BadRequest) as error:
        read(document)
    return {each.pointer.rpartition(", ")[2]: each.rule for each in error.value.faults}


def test_a_course_becomes_what_it_says():
    document = a_course(
        a_block(
            "deep",
            an_au(
                "rocks", moveOn="Passed", masteryScore="0.85", launchMethod="OwnWindow", activityType="x:y"
            ),
        ),
        an_au(
            further="<launchParameters> a=1 </launchParameters><entitlementKey>k</entitlementKey>", name="sea"
        ),
        objectives=f'<objectives><objective id="x:o">{texts("to know")}</objective></objectives>',
    )
    read_ = read(document)
    assert read_["course"] == {"id": COURSE, "title": {"en": "Geology"}, "description": {"en": "Geology"}}
    assert [each["id"] for each in read_["objectives"]] == ["x:o"]
    (block, sea) = read_["children"]
    (rocks,) = block["children"]
    assert (block["kind"], rocks["kind"]) == ("block", "au")
    assert (rocks["moveOn"], rocks["masteryScore"], rocks["launchMethod"]) == ("Passed", 0.85, "OwnWindow")
    assert (sea["moveOn"], sea["launchParameters"], sea["entitlementKey"]) == ("NotApplicable", "a=1", "k")
    assert "masteryScore" not in sea


def test_space_around_values_is_removed():
    spaced = a_course(an_au(url=" https://x.example/ ")).replace(b">rocks<", b"> \n rocks <")
    (au,) = read(spaced)["children"]
    assert (au["url"], au["title"]) == ("https://x.example/", {"en": "rocks"})


def test_activity_ids_are_ours_and_stay():
    tree = nodes.tree(read(a_course(a_block("deep", an_au()))))
    ids = [each.activity for each in tree.walk()]
    assert len(set(ids)) == 3
    assert not {each.id for each in tree.walk()} & set(ids)
    assert ids[0] == f"urn:uuid:{nodes.structure_id(COURSE)}"
    again = nodes.tree(read(a_course(an_au(moveOn="Passed"))))
    assert again.by_id[f"{COURSE}/rocks"].activity == tree.by_id[f"{COURSE}/rocks"].activity


@pytest.mark.parametrize(
    ("children", "where", "words"),
    [
        ([an_au(moveOn="Sometimes")], "au[1]/@moveOn", "must be one of NotApplicable, Passed"),
        ([an_au(moveOn=" Passed")], "au[1]/@moveOn", "must be one of"),
        ([an_au(launchMethod="Popup")], "au[1]/@launchMethod", "must be one of AnyWindow"),
        ([an_au(masteryScore="1.01")], "au[1]/@masteryScore", "between 0 and 1"),
        ([an_au(masteryScore="8e-1")], "au[1]/@masteryScore", "between 0 and 1"),
        ([an_au(masteryScore="0.12345")], "au[1]/@masteryScore", "at most 4 decimal places"),
        ([an_au(activityType="media")], "au[1]/@activityType", "fully qualified IRI"),
        ([an_au(colour="red")], "au[1]/@colour", "is not known"),
        ([an_au(url="")], "au[1]/url[1]", "must not be empty"),
        ([an_au(url="index.html")], "au[1]/url[1]", "must be fully qualified"),
        ([an_au(url="https:///x")], "au[1]/url[1]", "must name a host"),
        ([an_au(url="https://h:99999/x")], "au[1]/url[1]", "must be a URL"),
        ([an_au(url="https://h/100%")], "au[1]/url[1]", "must be encoded"),
        ([an_au(url="javascript://%0aalert(1)")], "au[1]/url[1]", "must not be a javascript URL"),
        ([an_au(url="mailto:x")], "au[1]/url[1]", "must have :// after its scheme"),
        ([an_au(url="https://h/?fetch=1&amp;x=2")], "au[1]/url[1]", "must have no parameter fetch"),
        ([an_au(), an_au()], "au[2]/@id", "must be unique, and is the id of /courseStructure/au[1]"),
        ([a_block("rocks", an_au())], "block[1]/au[1]/@id", "must be unique"),
        ([a_block("empty")], "block[1]", "au and block, one at least"),
        ([an_au().replace("<url>", "<link/><url>")], "au[1]", "it has title, description, link, url"),
        ([an_au().replace("<title>", "<title>loose")], "au[1]/title[1]", "must have no text of its own"),
        ([an_au().replace("</au>", '<x xmlns=""/></au>')], "au[1]", "it has title, description, url, {}x"),
        ([an_au().replace('"en"', '"e n"', 1)], "au[1]/title[1]/langstring[1]/@lang", "language tag"),
    ],
)  # fmt: skip
def test_every_fault_names_its_element_and_the_rule(children: list[str], where: str, words: str) -> None:
    assert words in faults(a_course(*children))[f"/courseStructure/{where}"]


def test_all_faults_are_told_in_the_order_of_the_lines():
    document = a_course("\n", an_au(moveOn="x"), "\n", an_au(moveOn="y", name="z")).replace(
        COURSE.encode(), b"c", 1
    )
    with pytest.raises(BadRequest) as error:
        read(document)
    assert [each.pointer for each in error.value.faults] == [
        "line 1, /courseStructure/course[1]/@id",
        "line 2, /courseStructure/au[1]/@moveOn",
        "line 3, /courseStructure/au[2]/@moveOn",
    ]


def test_elements_of_others_are_passed_over():
    further = '<k:words xmlns:k="x:k" a="1"><k:word/><langstring>free</langstring></k:words>'
    assert read(a_course(an_au(further=further))) == read(a_course(an_au()))


BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (a_course(before=BOMB), "must have no document type"),
        (a_course(before=OUTSIDE), "must have no document type"),
        (a_course(before='<!DOCTYPE a SYSTEM "http://x.example/a.dtd">'), "must have no document type"),
        (b"# a text", "no well-formed XML"),
        (b"", "no well-formed XML"),
        (b"<a>", "no well-formed XML"),
        (a_course(before='<?xml version="1.0" encoding="x-none"?>'), "encoding"),
        (b"<a>" * 200, "nested more than 100 deep"),
        (b"<a>" + b"<b/>" * 200_001 + b"</a>", "more than 200,000 elements"),
        (b"<a>" + b" " * 16 * 1024 * 1024 + b"</a>", "larger than"),
        (b"<course/>", "must be courseStructure of the namespace of cmi5"),
        (a_course().replace(NAMESPACE.encode(), b"x:y"), "must be courseStructure of the namespace"),
    ],
)
def test_hostile_documents_are_refused(document: bytes, words: str) -> None:
    assert words in " ".join(faults(document).values())


def test_other_encodings_are_read():
    document = '<?xml version="1.0" encoding="UTF-16"?>' + a_course(an_au("meer")).decode()
    assert read(document.encode("utf-16"))["children"][0]["id"] == f"{COURSE}/meer"


@needs_data
@pytest.mark.parametrize("name", ["simple", "complex", "extended"])
def test_the_examples_of_the_specification_import(name: str) -> None:
    with (DATA / f"{name}-cmi5.xml").open("rb") as file:
        read_ = structure.read(file)
    assert nodes.tree(read_).by_id


# The courses of the conformance tests that must be refused, and why.
REFUSED = {
    "201-1": "must be a fully qualified IRI",
    "201-2": "must be a fully qualified IRI",
    "201-3": "must be a fully qualified IRI",
    "201-4": "must be a fully qualified IRI",
    "202": "must be fully qualified",
    "204": "must have no parameter endpoint",
    "205": "must be unique",
    "206": "must be a URL",
    "207": "it has url, title, description",
}


def refused(name: str) -> str:
    return next(rule for prefix, rule in REFUSED.items() if name.startswith(prefix))


@needs_data
@pytest.mark.parametrize("path", sorted(DATA.glob("lts/2*.xml")), ids=lambda path: path.stem)
def test_courses_of_the_conformance_tests_are_refused(path) -> None:
    packaged = path.name[:3] not in ("202", "205", "206", "207")
    package = a_zip({"cmi5.xml": path.read_bytes(), "index.html": b""})
    with pytest.raises(BadRequest) as error:
        structure.read(package if packaged else io.BytesIO(path.read_bytes()))
    assert any(refused(path.stem) in each.rule for each in error.value.faults)


@needs_data
def test_the_packaged_course_of_the_conformance_tests_imports_only_with_its_file():
    document = (DATA / "lts" / "cmi5.xml").read_bytes()
    (block,) = structure.read(a_zip({"cmi5.xml": document, "index.html": b"<p>"}))["children"]
    assert block["children"][0]["moveOn"] == "NotApplicable"
    for package in (a_zip({"cmi5.xml": document}), io.BytesIO(document)):
        with pytest.raises(BadRequest):
            structure.read(package)


def test_a_thousand_units_import_and_so_they_do_from_a_zip64():
    """101 and 102 of the conformance tests."""
    document = a_course(*(an_au(f"au/{number}", moveOn="Passed") for number in range(1001)))
    for package in (io.BytesIO(document), a_zip({"cmi5.xml": document}, zip64=True)):
        assert len(structure.read(package)["children"]) == 1001


@needs_data
def test_what_the_schema_refuses_is_refused_and_nothing_else_by_its_section():
    """The official schema as the oracle, over mutations of the largest example."""
    oracle = xmlschema.XMLSchema(str(DATA / "CourseStructure.xsd"))
    ET.register_namespace("", NAMESPACE)
    original = fromstring((DATA / "complex-cmi5.xml").read_bytes())
    chance = random.Random(6)  # noqa: S311
    verdicts = set()
    for _ in range(150):
        mutant = deepcopy(original)
        chance.choice(MUTATIONS)(mutant, chance)
        document = ET.tostring(mutant)
        valid = oracle.is_valid(fromstring(document))
        assert valid is not any(each == "cmi5 13.2" for each in sections(document)), document.decode()
        verdicts.add(valid)
    assert verdicts == {True, False}


def sections(document: bytes) -> set[str]:
    try:
        read(document)
    except BadRequest as error:
        return {each.section for each in error.faults}
    return set()


def _any(root: ET.Element, chance: random.Random) -> ET.Element:
    return chance.choice([each for each in root.iter() if len(each)])


def _remove(root: ET.Element, chance: random.Random) -> None:
    parent = _any(root, chance)
    parent.remove(chance.choice(list(parent)))


def _repeat(root: ET.Element, chance: random.Random) -> None:
    parent = _any(root, chance)
    parent.append(deepcopy(chance.choice(list(parent))))


def _shuffle(root: ET.Element, chance: random.Random) -> None:
    parent = _any(root, chance)
    children = list(parent)
    chance.shuffle(children)
    parent[:] = children


def _move(root: ET.Element, chance: random.Random) -> None:
    moved = deepcopy(chance.choice(list(root.iter())))
    _any(root, chance).append(moved)


def _attribute(root: ET.Element, chance: random.Random) -> None:
    element = chance.choice(list(root.iter()))
    name = chance.choice(["id", "idref", "lang", "moveOn", "masteryScore", "other", "{x:y}other"])
    if name in element.attrib and chance.random() < 0.5:
        del element.attrib[name]
    else:
        element.set(name, chance.choice(["Passed", "0.5", "x:y", "1.5"]))


MUTATIONS: list[Callable[[ET.Element, random.Random], None]] = [_remove, _repeat, _shuffle, _move, _attribute]
