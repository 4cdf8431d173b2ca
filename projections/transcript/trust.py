"""Whom do we believe? The authority that the store itself set, and nobody whom a client names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from projections.catalogue.model import Catalogue, Provider
from projections.transcript import verbs
from projections.transcript.contribution import Contribution
from projections.transcript.evidence import Conclusion, Evidence, Reference, Void

_RANK = {"self": 0, "instructor": 1, "approved": 2, "registrar": 3}


class Source(NamedTuple):
    """Where a statement comes from; an authority that no provider has speaks for itself alone."""

    provider: Provider | None
    trust: str

    @property
    def rank(self) -> int:
        """0 where nothing is earned by what it says."""
        return _RANK[self.trust]


class Claim(NamedTuple):
    """A contribution that is not voided, where it comes from, and the trusted statements that verify it."""

    said: Contribution
    source: Source
    verified_by: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        """Whether something may be earned by it."""
        return self.source.rank > 0 or bool(self.verified_by)


class Refused(NamedTuple):
    """A statement that counts for nothing, and why."""

    statement: str
    about: str
    verb: str
    reason: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """What remains of the evidence, oldest first, and what was refused."""

    claims: Sequence[Claim]
    refused: Sequence[Refused]


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


def weigh(evidence: Evidence, sources: Sources) -> Weighed:
    """Sort out what is voided, what contradicts itself, and who has verified what.

    Order is (timestamp, id). `stored` does not come between the two: it is when a statement arrived, and the
    same statements must give the same transcript in whichever order they arrive.
    """
    weighing = _Weighing(evidence.voids, sources)
    verifying = weighing.verifying(evidence.references)
    claims = [claim for each in _once(evidence.contributions) if (claim := weighing.claim(each, verifying))]
    claims += _concluded(evidence.conclusions, claims, sources)
    claims.sort(key=lambda claim: (claim.said.at, claim.said.statement))
    known = {claim.said.statement for claim in claims}
    doubted = [refused for target in known & weighing.doubted.keys() for refused in weighing.doubted[target]]
    return Weighed(claims, sorted({*weighing.refused, *doubted}))


def _concluded(conclusions: Iterable[Conclusion], claims: Iterable[Claim], sources: Sources) -> list[Claim]:
    """What nobody whom we believe has said himself: it counts once."""
    believed = {each.said.statement for each in claims if each.accepted}
    unsaid = (each.said for each in conclusions if believed.isdisjoint(each.sent))
    return [Claim(each, sources.of(each.authorities), ()) for each in unsaid]


class _Weighing:
    def __init__(self, voids: Iterable[Void], sources: Sources) -> None:
        self.sources = sources
        self.refused: list[Refused] = []
        # What was refused about the verification of a claim, which matters only as long as the claim stands.
        self.doubted: dict[str, list[Refused]] = {}
        self.voids: dict[str, list[Void]] = {}
        for void in voids:
            self.voids.setdefault(void.target, []).append(void)

    def verifying(self, references: Iterable[Reference]) -> Mapping[str, tuple[str, ...]]:
        """By statement: the trusted statements that verify it, in order of their ids."""
        found: dict[str, set[str]] = {}
        for each in references:
            source = self.sources.of(each.authorities)
            doubted = self.doubted.setdefault(each.target, [])
            if self._voided(each.statement, each.authorities, source.rank, doubted):
                continue
            if reason := verbs.contradiction(each.verb, each.success, None):
                doubted.append(Refused(each.statement, each.target, each.verb, reason))
            elif source.rank:
                found.setdefault(each.target, set()).add(each.statement)
        return {target: tuple(sorted(statements)) for target, statements in found.items()}

    def claim(self, said: Contribution, verifying: Mapping[str, tuple[str, ...]]) -> Claim | None:
        """What is left of a contribution."""
        source = self.sources.of(said.authorities)
        # Who is trusted needs nobody to verify it.
        verified_by = () if source.rank else verifying.get(said.statement, ())
        rank = source.rank or int(bool(verified_by))
        if self._voided(said.statement, said.authorities, rank, self.refused):
            return None
        if reason := verbs.contradiction(said.verb, said.success, said.completion):
            self.refused.append(Refused(said.statement, said.object, said.verb, reason))
            return None
        return Claim(said, source, verified_by)

    def _voided(self, statement: str, authorities: Sequence[str], rank: int, refused: list[Refused]) -> bool:
        """Who said it may take it back, or who is trusted as much; others could not have made it either."""
        voids = self.voids.get(statement)
        if voids is None:
            return False
        for void in voids:
            if void.authorities == authorities or self.sources.of(void.authorities).rank >= rank:
                return True
        for void in voids:
            reason = "voided, but by an authority that is trusted less than the one that said it"
            refused.append(Refused(void.statement, statement, "voided", reason))
        return False


def _once(contributions: Iterable[Contribution]) -> Iterable[Contribution]:
    """A statement counts once, also where it names the learner twice: by herself rather than as a member."""
    found: dict[str, Contribution] = {}
    for each in contributions:
        known = found.get(each.statement)
        if known is None or (known.as_member and not each.as_member):
            found[each.statement] = each
    return found.values()
