"""Small packages of frameworks, and the real one where it is at hand."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import SHARED_DATA

Json = dict[str, Any]
FRAMEWORK = "c0000000-0000-4000-8000-000000000000"
CHANGED = "2026-01-15T08:00:00+00:00"
CCSS = SHARED_DATA / "case" / "ccss-math-2010.json"


def id_of(name: str) -> str:
    """The identifier of what a test calls by a few letters or digits."""
    return str(UUID(bytes=name.encode().rjust(16, b"\1")))


def an_item(name: str, **members: Any) -> Json:
    identifier = id_of(name)
    uri = f"https://frameworks.example/uri/{identifier}"
    statement = f"Can do {name}"
    return {
        "identifier": identifier,
        "uri": uri,
        "fullStatement": statement,
        "humanCodingScheme": name,
        "lastChangeDateTime": CHANGED,
        **members,
    }


def a_link(origin: str, destination: str, kind: str = "isChildOf", **members: Any) -> Json:
    """An association; "" stands for the document."""
    identifier = id_of(f"{origin}>{destination}"[-16:])
    return {
        "identifier": identifier,
        "uri": f"https://frameworks.example/uri/{identifier}",
        "associationType": kind,
        "originNodeURI": _node(origin),
        "destinationNodeURI": _node(destination),
        "lastChangeDateTime": CHANGED,
        **members,
    }


def a_package(items: str = "A B C", *links: Json, framework: str = FRAMEWORK, **members: Any) -> Json:
    """Items by their names, all of them children of the document unless links are given."""
    named = items.split()
    document = {
        "identifier": framework,
        "uri": f"https://frameworks.example/uri/{framework}",
        "creator": "Willow Creek School",
        "title": "What one can do",
        "lastChangeDateTime": CHANGED,
    }
    return {
        "CFDocument": document,
        "CFItems": list(map(an_item, named)),
        "CFAssociations": list(links) or [a_link(name, "") for name in named],
        **members,
    }


def common_core() -> Json:
    """Common Core mathematics as a package; skips the test where it is not at hand."""
    if not CCSS.exists():
        pytest.skip("needs ../shared/data")
    package: Json = json.loads(CCSS.read_text("utf-8"))
    return package


def _node(name: str) -> Json:
    identifier = id_of(name) if name else FRAMEWORK
    return {
        "title": name or "document",
        "identifier": identifier,
        "uri": f"https://frameworks.example/uri/{identifier}",
    }
