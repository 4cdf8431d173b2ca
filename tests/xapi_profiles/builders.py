"""Profiles and statements that are right, but for what a test says."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from xapi_profiles import Profiles, ProfileVerdict, check, load

Json = dict[str, Any]

SHARED = Path(__file__).parents[3] / "shared" / "data"
needs_shared_data = pytest.mark.skipif(not SHARED.exists(), reason="no shared data here")

PROFILE = "https://example.org/profiles/sports"
VERSION = f"{PROFILE}/v1"
PLACED = f"{PROFILE}/verbs/placed"
REGISTRATION = "7ba2ab96-0f9f-4d2d-8b9f-3f6ba8a0f1de"

_numbers = count(1)


def a_profile(**members: Any) -> Json:
    """A profile of sports; what is None is left out."""
    profile = {
        "id": PROFILE,
        "@context": "https://w3id.org/xapi/profiles/context",
        "type": "Profile",
        "conformsTo": "https://w3id.org/xapi/profiles#1.0",
        "prefLabel": {"en": "Sports"},
        "definition": {"en": "Statements about competitive events."},
        "versions": [{"id": VERSION, "generatedAtTime": "2026-01-14T12:13:14Z"}],
        "author": {"type": "Organization", "name": "Example Sports"},
        **members,
    }
    return {name: value for name, value in profile.items() if value is not None}


def a_concept(type: str = "Verb", id: str = PLACED, **members: Any) -> Json:
    """A Concept of the profile of sports."""
    return _part(type, id, members)


def a_template(name: str = "placing", *rules: Json, **members: Any) -> Json:
    """A Statement Template of the profile of sports, with these rules if any."""
    return _part("StatementTemplate", template(name), {"rules": [*rules] or None, **members})


def a_pattern(name: str, operator: str, *names: str, **members: Any) -> Json:
    """A Pattern of the profile of sports; members whose name begins with # are Patterns, others templates."""
    found = [pattern(each[1:]) if each.startswith("#") else template(each) for each in names]
    value: Any = found if operator in ("sequence", "alternates") else found[0]
    return _part("Pattern", pattern(name), {operator: value, **members})


def _part(type: str, id: str, members: Json) -> Json:
    labels = {"prefLabel": {"en": "It"}, "definition": {"en": "What it is."}}
    part = {"id": id, "type": type, "inScheme": VERSION, **labels, **members}
    return {name: value for name, value in part.items() if value is not None}


def template(name: str) -> str:
    return f"{PROFILE}/templates/{name}"


def pattern(name: str) -> str:
    return f"{PROFILE}/patterns/{name}"


def a_statement(**members: Any) -> Json:
    """A runner has placed in an event; what is None is left out."""
    statement = {
        "id": f"00000000-0000-4000-8000-{next(_numbers):012}",
        "actor": {"mbox": "mailto:runner@mail.example"},
        "verb": {"id": PLACED},
        "object": {"id": "https://example.org/events/1"},
        "timestamp": "2026-02-01T10:00:00Z",
        **members,
    }
    return {name: value for name, value in statement.items() if value is not None}


def declaring(*categories: str, **members: Any) -> Json:
    """A context that names these as categories."""
    return {"contextActivities": {"category": [{"id": one} for one in categories]}, **members}


def loaded(*templates: Json, **members: Any) -> Profiles:
    """A profile of sports with these templates, ready to be used."""
    return load(a_profile(templates=[*templates] or None, **members))


def verdict(statement: Json, profiles: Profiles, **options: Any) -> ProfileVerdict:
    """What the only profile says."""
    (found,) = check(statement, profiles, **options).profiles
    return found
