"""What elements does an XML document have? Read without anything that could reach out or grow."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler, feature_namespaces

from defusedxml import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from lrs.errors import BadRequest, Fault

LARGEST = 16 * 1024 * 1024
# A course of 1,000 assignable units has some 10,000 elements.
MOST_ELEMENTS = 200_000
DEEPEST = 100


@dataclass(slots=True)
class Element:
    """An element: names of other namespaces than `ours` are written {namespace}name."""

    name: str
    attributes: dict[str, str]
    path: str
    line: int
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def fault(self, rule: str, section: str = "", *, attribute: str = "") -> Fault:
        """What is wrong with it, or with one of its attributes."""
        at = f"{self.path}/@{attribute}" if attribute else self.path
        return Fault(f"line {self.line}, {at}", rule, section)

    def all(self, name: str) -> list[Element]:
        """The children of this name."""
        return [each for each in self.children if each.name == name]

    def child(self, name: str) -> Element | None:
        """The first child of this name."""
        return next((each for each in self.children if each.name == name), None)

    def walk(self) -> Iterator[Element]:
        """It and everything in it, in the order of the document."""
        yield self
        for each in self.children:
            yield from each.walk()


def parse(document: bytes, ours: str) -> Element:
    """The root element; BadRequest for what is no XML, has a document type, or is too large or too deep."""
    if len(document) > LARGEST:
        raise _refused("", f"must not be larger than {LARGEST:,} bytes")
    handler = _Handler(ours)
    # No document type, and so no entities of its own making, and none from elsewhere.
    parser = DefusedExpatParser(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(handler)
    try:
        parser.parse(io.BytesIO(document))
    except DefusedXmlException:
        raise _refused("", "must have no document type (DOCTYPE)") from None
    except SAXException as error:
        line = getattr(error, "getLineNumber", lambda: None)() or 1
        raise _refused(f"line {line}", f"is no well-formed XML: {error.getMessage()}") from None
    except (ValueError, LookupError) as error:
        raise _refused("", f"has an encoding that is not read here: {error}") from None
    assert handler.root is not None  # noqa: S101  what is well-formed has one
    return handler.root


class _Handler(ContentHandler):
    def __init__(self, ours: str) -> None:
        super().__init__()
        self.ours = ours
        self.root: Element | None = None
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._counts: list[dict[str, int]] = []
        self._count = 0
        self._locator: Any = None

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802  SAX calls it so
        self._locator = locator

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: N802
        line = self._locator.getLineNumber() or 1
        self._count += 1
        if self._count > MOST_ELEMENTS:
            raise _refused(f"line {line}", f"has more than {MOST_ELEMENTS:,} elements")
        if len(self._open) == DEEPEST:
            raise _refused(f"line {line}", f"is nested more than {DEEPEST} deep")
        space, local = name
        written = local if space == self.ours else _full(space, local)
        # An attribute of no namespace is the element's own.
        attributes = {
            local if space is None else _full(space, local): value for (space, local), value in attrs.items()
        }
        element = Element(written, attributes, self._path(written), line)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)
        self._texts.append([])
        self._counts.append({})

    def endElementNS(self, name: Any, qname: Any) -> None:  # noqa: N802
        self._open.pop().text = "".join(self._texts.pop())
        self._counts.pop()

    def characters(self, content: str) -> None:
        self._texts[-1].append(content)

    def _path(self, name: str) -> str:
        if not self._open:
            return f"/{name}"
        counts = self._counts[-1]
        counts[name] = counts.get(name, 0) + 1
        return f"{self._open[-1].path}/{name}[{counts[name]}]"


def _full(space: str | None, local: str) -> str:
    return f"{{{space or ''}}}{local}"


def _refused(at: str, rule: str) -> BadRequest:
    return BadRequest("This is no XML that can be read.", faults=[Fault(at, rule)])
