"""Which attachments does a body announce, and are they the parts that came with it? (Data 2.4.11)"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


def needed(statements: Sequence[Json]) -> list[list[Needed]]:
    """For each statement what it and its SubStatement refer to, with hashes in lower case."""
    return [list(_of_statement(statement, "")) for statement in statements]


def check(body: Json | Sequence[Json], parts: Sequence[Part]) -> list[Fault]:
    """Each part that is missing in, or does not belong to, this one statement or this batch."""
    # Do not compare lengths: conformant clients send images with another one declared.
    announced = list(_of_body(body))
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


def _of_body(body: Json | Sequence[Json]) -> Iterator[Needed]:
    if isinstance(body, dict):
        yield from _of_statement(body, "")
    else:
        for place, statement in enumerate(body):
            yield from _of_statement(statement, f"/{place}")


def _of_statement(statement: Json, at: str) -> Iterator[Needed]:
    for place, attachment in enumerate(statement.get("attachments", ())):
        yield Needed(
            pointer=f"{at}/attachments/{place}",
            sha2=attachment["sha2"].lower(),
            content_type=attachment["contentType"],
            size=attachment["length"],
            optional="fileUrl" in attachment,
        )
    about = statement["object"]
    if about.get("objectType") == "SubStatement":
        yield from _of_statement(about, f"{at}/object")
