"""What does a course consist of? Its structure as JSON, out of a package, or every fault in it (section 13).

The JSON has `course`, `objectives` and `children`; a child is an `au`, or a `block` with `children`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from decimal import Decimal
from hashlib import sha256
from typing import BinaryIO

import orjson

from lrs.cmi5 import iri, package, schema, xml
from lrs.cmi5.xml import Element
from lrs.errors import BadRequest, Fault
from lrs.xapi.vocabulary import Json

NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
MOVE_ON = ("NotApplicable", "Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed")
LAUNCH_METHODS = ("AnyWindow", "OwnWindow")
MOST_FAULTS = 1000
# The language tag of a text that says none (RFC 5646).
UNDETERMINED = "und"
_WITH_IDS = frozenset({"course", "block", "au", "objective"})
_DECIMAL = re.compile(r"[+-]?(\d{1,20}(\.\d*)?|\.\d+)\Z", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*\Z")
_MOST_DECIMALS = 4


def read(file: BinaryIO) -> Json:
    """The structure in a plain XML file, a zip or a zip64; BadRequest with every fault."""
    found = package.read(file)
    root = xml.parse(found.structure, NAMESPACE)
    faults = list(schema.check(root))
    faults += _values(root, found.names)
    if faults:
        faults.sort(key=lambda each: int(each.pointer.split(",")[0].removeprefix("line ")))
        raise BadRequest("The course structure breaks rules.", faults=faults[:MOST_FAULTS])
    return _structure(root)


def digest(structure: Json) -> str:
    """The same for the same structure, however it was written."""
    return sha256(orjson.dumps(structure, option=orjson.OPT_SORT_KEYS)).hexdigest()


def is_language(tag: str) -> bool:
    """Whether this is a language tag, as xs:language has it."""
    return _LANGUAGE.match(tag) is not None


def _values(root: Element, names: Collection[str] | None) -> Iterator[Fault]:
    """What a value must be, wherever its element stands."""
    seen: dict[str, Element] = {}
    for element in _own(root):
        if element.name in _WITH_IDS and "id" in element.attributes:
            yield from _id(element, seen)
        if element.name == "objective" and "idref" in element.attributes:
            yield from _iri(element, "idref")
        if element.name == "au":
            yield from _au(element, names)
        if element.name == "langstring" and "lang" in element.attributes:
            lang = element.attributes["lang"].strip()
            if not is_language(lang):
                yield element.fault(f"must be a language tag, not {lang!r}", schema.SECTION, attribute="lang")


def _own(element: Element) -> Iterator[Element]:
    """Elements of cmi5 that stand in no element of others."""
    yield element
    for each in element.children:
        if not each.name.startswith("{"):
            yield from _own(each)


def _id(element: Element, seen: dict[str, Element]) -> Iterator[Fault]:
    """Section 13.1: unique within the course structure."""
    value = element.attributes["id"].strip()
    yield from _iri(element, "id")
    if (before := seen.setdefault(value, element)) is not element:
        rule = f"must be unique, and is the id of {before.path} in line {before.line} already"
        yield element.fault(rule, "cmi5 13.1", attribute="id")


def _iri(element: Element, attribute: str) -> Iterator[Fault]:
    if not iri.is_iri(element.attributes[attribute].strip()):
        rule = "must be a fully qualified IRI, such as https://example.com/courses/1"
        yield element.fault(rule, "cmi5 3.0", attribute=attribute)


def _au(au: Element, names: Collection[str] | None) -> Iterator[Fault]:
    yield from _one_of(au, "moveOn", MOVE_ON)
    yield from _one_of(au, "launchMethod", LAUNCH_METHODS)
    if "activityType" in au.attributes:
        yield from _iri(au, "activityType")
    if "masteryScore" in au.attributes and (rule := _score_rule(au.attributes["masteryScore"].strip())):
        yield au.fault(rule, "cmi5 13.1.4", attribute="masteryScore")
    if url := au.child("url"):
        text = url.text.strip()
        if not text:
            yield url.fault("must not be empty", schema.SECTION)
        elif fault := iri.url_fault(text, names):
            yield url.fault(*fault)


def _one_of(element: Element, attribute: str, values: tuple[str, ...]) -> Iterator[Fault]:
    if element.attributes.get(attribute, values[0]) not in values:
        yield element.fault(f"must be one of {', '.join(values)}", schema.SECTION, attribute=attribute)


def _score_rule(text: str) -> str | None:
    if not _DECIMAL.match(text) or not 0 <= Decimal(text) <= 1:
        return "must be a decimal number between 0 and 1"
    exponent = Decimal(text).normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > _MOST_DECIMALS:
        return f"must have at most {_MOST_DECIMALS} decimal places"
    return None


def _structure(root: Element) -> Json:
    course = root.child("course")
    assert course is not None  # noqa: S101  the schema was checked
    objectives = root.child("objectives")
    return {
        "course": _titled(course),
        "objectives": [_titled(each) for each in objectives.all("objective")] if objectives else [],
        "children": _children(root),
    }


def _children(element: Element) -> list[Json]:
    return [
        _au_node(each) if each.name == "au" else _block(each)
        for each in element.children
        if each.name in ("au", "block")
    ]


def _block(block: Element) -> Json:
    return {"kind": "block", **_titled(block), **_references(block), "children": _children(block)}


def _au_node(au: Element) -> Json:
    url = au.child("url")
    node: Json = {
        "kind": "au",
        **_titled(au),
        **_references(au),
        "url": url.text.strip() if url else "",
        "moveOn": au.attributes.get("moveOn", MOVE_ON[0]),
        "launchMethod": au.attributes.get("launchMethod", LAUNCH_METHODS[0]),
    }
    if "masteryScore" in au.attributes:
        node["masteryScore"] = float(au.attributes["masteryScore"])
    if "activityType" in au.attributes:
        node["activityType"] = au.attributes["activityType"].strip()
    for name in ("launchParameters", "entitlementKey"):
        if (child := au.child(name)) is not None:
            node[name] = child.text.strip()
    return node


def _titled(element: Element) -> Json:
    texts = {name: _texts(element.child(name)) for name in ("title", "description")}
    return {"id": element.attributes["id"].strip(), **texts}


def _texts(element: Element | None) -> dict[str, str]:
    """A text by its languages; the first of a language counts."""
    found: dict[str, str] = {}
    for each in element.all("langstring") if element else ():
        found.setdefault(each.attributes.get("lang", UNDETERMINED).strip(), each.text.strip())
    return found


def _references(element: Element) -> Json:
    objectives = element.child("objectives")
    named = objectives.all("objective") if objectives else []
    return {"objectives": [each.attributes["idref"].strip() for each in named if "idref" in each.attributes]}
