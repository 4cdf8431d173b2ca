"""Which elements and attributes may stand where? CourseStructure.xsd (section 13.2), in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lrs.cmi5.xml import Element
from lrs.errors import Fault

SECTION = "cmi5 13.2"
_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_LETTERS = {
    "course": "c", "objectives": "o", "references": "o", "au": "a", "block": "b", "title": "t",
    "description": "d", "url": "u", "launchParameters": "l", "entitlementKey": "e", "objective": "j",
    "reference": "j", "langstring": "s",
}  # fmt: skip


class Kind(NamedTuple):
    """What an element has: its children in order, as letters and in words, and its attributes.

    `others` says whether attributes of other namespaces may stand beside them.
    """

    order: str
    words: str
    children: dict[str, str] = {}  # by name, which kind it is here  # noqa: RUF012
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    others: bool = True
    text: bool = False
    anything: bool = False


_TEXTS = {"title": "text", "description": "text"}
_NODES = {**_TEXTS, "objectives": "references", "au": "au", "block": "block"}
_FURTHER = "then elements of other namespaces"
KINDS = {
    "courseStructure": Kind(
        r"co?[ab]+x*",
        f"course, then objectives or not, then au and block, one at least, {_FURTHER}",
        {"course": "course", "objectives": "objectives", "au": "au", "block": "block"},
    ),
    "course": Kind(r"tdx*", f"title, description, {_FURTHER}", _TEXTS, required=("id",)),
    "block": Kind(
        r"tdo?[ab]+x*",
        f"title, description, then objectives or not, then au and block, one at least, {_FURTHER}",
        _NODES,
        required=("id",),
    ),
    "au": Kind(
        r"tdo?ul?e?x*",
        "title, description, then objectives or not, url, then launchParameters or not, "
        f"entitlementKey or not, {_FURTHER}",
        {
            **_TEXTS,
            "objectives": "references",
            "url": "url",
            "launchParameters": "anything",
            "entitlementKey": "anything",
        },
        required=("id",),
        optional=("moveOn", "masteryScore", "launchMethod", "activityType"),
    ),
    "objectives": Kind(r"j+x*", f"objective, one at least, {_FURTHER}", {"objective": "objective"}),
    "objective": Kind(r"td|dt", "title and description", _TEXTS, required=("id",), others=False),
    "references": Kind(r"j+x*", f"objective, one at least, {_FURTHER}", {"objective": "reference"}),
    "reference": Kind(r"", "nothing", optional=("idref",), others=False),
    "text": Kind(r"s+x*", f"langstring, one at least, {_FURTHER}", {"langstring": "langstring"}),
    "langstring": Kind(r"", "text only", optional=("lang",), text=True),
    "url": Kind(r"", "text only", others=False, text=True),
    "anything": Kind(r"", "", anything=True),
}


def check(root: Element) -> Iterator[Fault]:
    """Every fault in the order of elements, and in their attributes."""
    if root.name != "courseStructure":
        rule = "must be courseStructure of the namespace of cmi5"
        yield root.fault(f"{rule}, not {root.name}", SECTION)
        return
    waiting = [(root, "courseStructure")]
    while waiting:
        element, kind = waiting.pop()
        yield from _element(element, KINDS[kind])
        known = KINDS[kind].children
        waiting += [(each, known[each.name]) for each in element.children if each.name in known]


def _element(element: Element, kind: Kind) -> Iterator[Fault]:
    if kind.anything:
        return
    yield from _attributes(element, kind)
    if not kind.text and element.text.strip():
        yield element.fault(f"must have no text of its own, only {kind.words}", SECTION)
    letters = "".join(_letter(each, kind) for each in element.children)
    if not re.fullmatch(kind.order, letters):
        has = ", ".join(_once(each.name for each in element.children)) or "nothing"
        yield element.fault(f"must have {kind.words}; it has {has}", SECTION)


def _attributes(element: Element, kind: Kind) -> Iterator[Fault]:
    for name in kind.required:
        if name not in element.attributes:
            yield element.fault("is missing", SECTION, attribute=name)
    own = (*kind.required, *kind.optional)
    for name in element.attributes:
        if name.startswith(_INSTANCE) or name in own:
            continue
        if not name.startswith("{"):
            known = f"only {', '.join(own)}" if own else "none"
            yield element.fault(f"is not known: there is {known}", SECTION, attribute=name)
        elif not kind.others:
            yield element.fault("must not stand here", SECTION, attribute=name)


def _letter(child: Element, kind: Kind) -> str:
    """An element of another namespace is x; what is unknown fits nowhere."""
    if child.name in kind.children:
        return _LETTERS[child.name]
    return "x" if child.name.startswith("{") and not child.name.startswith("{}") else "?"


def _once(names: Iterator[str]) -> Iterator[str]:
    """The names, each told once where it is repeated."""
    last = None
    for name in names:
        if name != last:
            yield name
        last = name
