"""Documents are sent as the profile says that they are: Structure 7.3."""

from __future__ import annotations

from typing import Any

import pytest

from tests.xapi_profiles.builders import a_concept, a_profile
from xapi_profiles import Misuse, Profiles, check_document, load

TSHIRT = "urn:x:tshirt"
SCHEMA = '{"type": "object", "properties": {"cut": {"enum": ["straight", "fitted"]}}, "required": ["cut"]}'


def the_profile(**members: Any) -> Profiles:
    found = {"contentType": "application/json", "inlineSchema": SCHEMA, **members}
    return load(a_profile(concepts=[a_concept("AgentProfileResource", TSHIRT, **found), a_concept()]))


def sent(
    content: bytes = b'{"cut": "fitted"}',
    *,
    resource: Any = "AgentProfileResource",
    content_type: str = "application/json",
    profiles: Profiles | None = None,
) -> list[Misuse]:
    return check_document(resource, TSHIRT, content_type, content, profiles or the_profile())


def test_a_document_as_the_profile_has_it_is_fine() -> None:
    assert sent() == []


@pytest.mark.parametrize("resource", ["StateResource", "ActivityProfileResource"])
def test_it_is_sent_to_its_resource_only(resource: str) -> None:
    (found,) = sent(resource=resource)
    assert found == Misuse("", TSHIRT, f"this is sent as a {resource}, and is a AgentProfileResource")


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_its_content_type_may_have_further_parameters(content_type: str) -> None:
    assert sent(content_type=content_type) == []


def test_its_content_type_has_the_parameters_that_are_given() -> None:
    profiles = the_profile(contentType="text/csv; header=present", inlineSchema=None)
    assert sent(b"a", content_type="text/csv; charset=utf-8; header=present", profiles=profiles) == []
    (found,) = sent(b"a", content_type="text/csv", profiles=profiles)
    assert found.reason == "the content type must be text/csv; header=present"


@pytest.mark.parametrize(
    ("content", "pointer", "reason"),
    [
        (b"{", "", "no JSON"),
        (b"{}", "", "required"),
        (b'{"cut": "wide"}', "/cut", "is not one of"),
        (b"[" * 100_000, "", "no JSON"),
    ],
)
def test_its_content_keeps_to_the_schema(content: bytes, pointer: str, reason: str) -> None:
    (found,) = sent(content)
    assert found.pointer == pointer
    assert reason in found.reason


def test_of_other_documents_nothing_is_said() -> None:
    assert check_document("StateResource", "urn:x:other", "text/plain", b"", the_profile()) == []
