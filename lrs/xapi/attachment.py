"""Which attachments does a body announce, and are they the parts that came with it? (Data 2.4.11)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lrs.errors import Fault
from lrs.xapi.vocabulary import Json

_SECTION = "Data 2.4.11"


class Part(Protocol):
    """One part of a multipart body after the first; sha2 is its X-Experience-API-Hash."""

    @property
    def sha2(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Needed:
    """The content that an attachment refers to; optional if it can be had from a fileUrl."""

    pointer: str
    sha2: str
    content_type: str
    size: int
    optional: bool


def needed(statement: Json, *, at: str = "") -> list[Needed]:
    """What a statement and its SubStatement refer to, with hashes in lower case."""
    found = [
        _needed(each, f"{at}/attachments/{n}") for n, each in enumerate(statement.get("attachments", ()))
    ]
    about = statement["object"]
    return found + needed(about, at=f"{at}/object") if about.get("objectType") == "SubStatement" else found


def check(announced: Sequence[Needed], parts: Sequence[Part]) -> list[Fault]:
    """Each part that is missing in, or does not belong to, what the statements of a request refer to."""
    # Do not compare lengths: conformant clients send images with another one declared.
    if not announced and not parts:
        return []
    sent = {part.sha2.lower() for part in parts}
    wanted = {content.sha2 for content in announced}
    rule = "has no fileUrl, so its content must come as a part with this X-Experience-API-Hash"
    missing = [
        Fault(f"{content.pointer}/sha2", rule, _SECTION)
        for content in announced
        if not content.optional and content.sha2 not in sent
    ]
    surplus = [
        Fault("X-Experience-API-Hash", f"{sha2[:100]} is the sha2 of no attachment", _SECTION)
        for sha2 in dict.fromkeys(part.sha2 for part in parts)
        if sha2.lower() not in wanted
    ]
    return missing + surplus


def _needed(attachment: Json, pointer: str) -> Needed:
    return Needed(
        pointer=pointer,
        sha2=attachment["sha2"].lower(),
        content_type=attachment["contentType"],
        size=attachment["length"],
        optional="fileUrl" in attachment,
    )
