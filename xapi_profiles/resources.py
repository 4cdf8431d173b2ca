"""Is a document what a profile says of it? State and profile documents as Concepts (Structure 7.3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, Literal

from xapi_profiles import inline
from xapi_profiles.concepts import MOST_FAULTS, Misuse, shortened
from xapi_profiles.faults import Json, each, pointer
from xapi_profiles.profile import Profiles

Resource = Literal["StateResource", "AgentProfileResource", "ActivityProfileResource"]
RESOURCES: tuple[Resource, ...] = ("StateResource", "AgentProfileResource", "ActivityProfileResource")


def check_document(
    resource: Resource, id: str, content_type: str, content: bytes, profiles: Profiles
) -> list[Misuse]:
    """How a document under this stateId or profileId breaks what profiles say of it. Structure 7.3."""
    return [
        misuse
        for profile in profiles
        for _, concept in each(profile.document, "concepts")
        if concept["id"] == id and concept["type"] in RESOURCES
        for misuse in _misuses(concept, resource, content_type, content)
    ]


def _misuses(concept: Json, resource: Resource, content_type: str, content: bytes) -> Iterator[Misuse]:
    if concept["type"] != resource:
        yield Misuse("", concept["id"], f"this is sent as a {resource}, and is a {concept['type']}")
    wanted = concept.get("contentType", content_type)
    if not _parts(wanted) <= _parts(content_type):
        yield Misuse("", concept["id"], f"the content type must be {wanted}")
    elif "inlineSchema" in concept:
        yield from _of_content(concept, content)


def _of_content(concept: Json, content: bytes) -> Iterator[Misuse]:
    try:
        schema = inline.compiled(concept["inlineSchema"])
    except inline.NotASchema:
        return  # told as a fault of the profile
    try:
        value: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        yield Misuse("", concept["id"], f"this is no JSON: {error}")
        return
    for broken in islice(schema.iter_errors(value), MOST_FAULTS):
        yield Misuse(pointer(*broken.instance_path), concept["id"], shortened(broken.message))


def _parts(content_type: str) -> set[str]:
    """The media type and each of its parameters; further parameters may be sent."""
    return {part.strip().lower() for part in content_type.split(";")}
