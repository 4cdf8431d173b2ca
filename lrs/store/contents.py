"""What is a document to contain? Depending on what it contains, and on what a client wants of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple, Protocol

from lrs.errors import BadRequest, TooLarge
from lrs.xapi import document

JSON = "application/json"

Read = Callable[[bytes], bytes]


class Current(NamedTuple):
    """What a change needs to know of the document before it."""

    etag: str
    content_type: str
    sha2: bytes
    size: int


class Content(NamedTuple):
    """What a document is to contain."""

    data: bytes
    sha2: bytes
    etag: str


class Becoming(Protocol):
    """What is to become of a document."""

    def size(self, current: Current | None) -> int:
        """How many bytes there are to work on."""

    def content(self, current: Current | None, read: Read) -> Content | None:
        """Its next content, or None for no document; `read` gives the content that has a digest."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """The same content whatever was there, or none (PUT, DELETE)."""

    by: Content | None

    def size(self, current: Current | None) -> int:
        return len(self.by.data) if self.by else 0

    def content(self, current: Current | None, read: Read) -> Content | None:
        return self.by


@dataclass(frozen=True, slots=True)
class Merged:
    """What was sent, merged into the JSON object that was there (POST, Communication 2.2)."""

    sent: bytes
    content_type: str
    largest: int

    def size(self, current: Current | None) -> int:
        return len(self.sent) + (current.size if current else 0)

    def content(self, current: Current | None, read: Read) -> Content | None:
        if current is None:
            return of(self.sent)
        if not (is_json(current.content_type) and is_json(self.content_type)):
            raise BadRequest(
                f"POST merges two documents of type {JSON}: the stored one is {current.content_type!r}, "
                f"the one sent {self.content_type!r} (Communication 2.2). PUT replaces a document."
            )
        merged = document.merge(read(current.sha2), self.sent)
        if len(merged) > self.largest:
            most = f"{self.largest:,} bytes (setting LRS_MAX_DOCUMENT)"
            raise TooLarge(f"Merged, the document would be larger than {most}.")
        return of(merged)


def of(data: bytes) -> Content:
    """The content with its digests."""
    return Content(data, sha256(data).digest(), document.etag(data))


def is_json(content_type: str) -> bool:
    """Does it say that it is JSON?"""
    return content_type.partition(";")[0].strip().lower() == JSON
