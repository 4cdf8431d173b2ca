"""Whom do we believe? The authority that the store itself set, and nobody whom a client names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from projections.catalogue.model import Catalogue, Provider

_RANK = {"self": 0, "instructor": 1, "approved": 2, "registrar": 3}


class Source(NamedTuple):
    """Where a statement comes from; an authority that no provider has speaks for itself alone."""

    provider: Provider | None
    trust: str

    @property
    def rank(self) -> int:
        """0 where nothing is earned by what it says."""
        return _RANK[self.trust]


class Sources:
    """The sources of a catalogue, looked up once for each authority."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._providers = catalogue.providers
        self._known: dict[str, Source] = {}

    def of(self, authorities: Sequence[str]) -> Source:
        """Of an application and a person together: whichever is trusted more."""
        key = authorities[0] if len(authorities) == 1 else "\n".join(authorities)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._look_up(authorities)
        return found

    def count(self, authorities: Sequence[str], voids: Sequence[Sequence[str]]) -> bool:
        """Whether a statement is believed, given the authorities of those that void it."""
        rank = self.of(authorities).rank
        return rank > 0 and not any(each == authorities or self.of(each).rank >= rank for each in voids)

    def _look_up(self, authorities: Sequence[str]) -> Source:
        providers = [self._providers[each] for each in authorities if each in self._providers]
        if not providers:
            return Source(None, "self")
        best = max(providers, key=lambda each: _RANK[each.trust])
        return Source(best, best.trust)
