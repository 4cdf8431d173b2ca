"""When may two identifiers be one person's? When they have the same name, or the same mail address."""

from __future__ import annotations

import unicodedata
from hashlib import sha1
from uuid import UUID

from lrs.xapi import actor
from lrs.xapi.kept import kept


@kept
def name(text: str) -> UUID | None:
    """What equal names have in common: neither case, nor spaces, nor the way accents are written count."""
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return actor.digest(folded) if folded else None


@kept
def mail(ifi: str) -> UUID | None:
    """What identifiers with the same mail address have in common, its SHA-1 sum included (Data 2.4.2.3)."""
    kind, _, value = ifi.partition("|")
    if kind == "mbox_sha1sum":
        return actor.digest(value)
    address = value.removeprefix("mailto:") if kind == "mbox" else ifi.rpartition("|")[2]
    if kind == "openid" or address.count("@") != 1:
        return None
    # Over addresses in small letters, as most are: others are found by their mbox, not by its sum.
    return actor.digest(sha1(f"mailto:{address.lower()}".encode()).hexdigest())  # noqa: S324
