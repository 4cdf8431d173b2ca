"""Which activity or competency does an IRI name? Sixteen bytes tell, as tables keep it."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from uuid import UUID

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@lru_cache(maxsize=1 << 13)
def key(iri: str) -> bytes:
    """The UUID that it ends in, as the IRIs of CASE do; else a digest of all of it."""
    tail = iri[-36:]
    if _UUID.fullmatch(tail):
        return UUID(tail).bytes
    return blake2b(iri.encode(), digest_size=16).digest()


def identifier(named: bytes) -> str:
    """The key as a UUID: of an item of a framework its identifier."""
    return str(UUID(bytes=named))
