"""Who is asking? A key, its tenant, what it may do, and the authority its statements carry."""

from __future__ import annotations

from dataclasses import dataclass

from lrs.auth import scopes
from lrs.auth.scopes import Need
from lrs.errors import NotAllowed
from lrs.xapi.vocabulary import Json


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of one request."""

    key: str
    tenant: str
    scopes: frozenset[str]
    authority: Json
    authority_text: bytes

    def require(self, need: Need) -> None:
        """Go on only if the key's scopes cover what the request needs (Communication 4.0)."""
        if not scopes.allows(self.scopes, need):
            raise NotAllowed(
                f"The key {self.key} may not do this: it needs one of the scopes {scopes.allowing(need)}, "
                f"and has {', '.join(sorted(self.scopes))}."
            )
