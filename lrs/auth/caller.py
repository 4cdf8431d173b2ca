"""Who is asking? A key, its tenant, what it may do, and the authority its statements carry."""

from __future__ import annotations

from dataclasses import dataclass

from lrs.auth import scopes
from lrs.auth.scopes import Need
from lrs.cmi5.bound import Bound
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
    learner: str = ""
    session: Bound | None = None

    def require(self, need: Need, *, learner: str = "") -> None:
        """Go on only if the key's scopes cover what the request needs (Communication 4.0).

        A key that is bound to a learner goes on only where the request is about that learner and nobody else,
        or about nobody.
        """
        if self.learner and self.learner != learner and need not in scopes.OF_NOBODY:
            raise NotAllowed(
                f"The key {self.key} is bound to learner {self.learner}: "
                "it may read what projections tell of that learner, and nothing else."
            )
        if scopes.SESSION in self.scopes and self.session is None:
            raise NotAllowed(f"The session of the key {self.key} is over.")
        hers = self.learner and need in scopes.OF_HER
        if not hers and not scopes.allows(self.scopes, need):
            raise NotAllowed(
                f"The key {self.key} may not do this: it needs one of the scopes {scopes.allowing(need)}, "
                f"and has {', '.join(sorted(self.scopes))}."
            )
