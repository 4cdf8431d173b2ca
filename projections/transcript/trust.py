"""What of the evidence is believed? All that is not voided, with where it comes from and who verified it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from projections.testimony import verbs
from projections.testimony.sources import Source, Sources
from projections.testimony.weighing import Refused, Weighing
from projections.transcript.contribution import Contribution
from projections.transcript.evidence import Conclusion, Evidence


class Claim(NamedTuple):
    """A contribution that is not voided, where it comes from, and the trusted statements that verify it."""

    said: Contribution
    source: Source
    verified_by: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        """Whether something may be earned by it."""
        return self.source.rank > 0 or bool(self.verified_by)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What remains of the evidence, oldest first, and what was refused."""

    claims: Sequence[Claim]
    refused: Sequence[Refused]


def weigh(evidence: Evidence, sources: Sources) -> Weighed:
    """Sort out what is voided, what contradicts itself, and who has verified what.

    Order is (timestamp, id). `stored` does not come between the two: it is when a statement arrived, and the
    same statements must give the same transcript in whichever order they arrive.
    """
    weighing = Weighing(evidence.voids, sources)
    verifying = weighing.verifying(evidence.references)
    once = _once(evidence.contributions)
    claims = [claim for each in once if (claim := _claim(each, weighing, verifying))]
    claims += _concluded(evidence.conclusions, claims, sources)
    claims.sort(key=lambda claim: (claim.said.at, claim.said.statement))
    return Weighed(claims, weighing.all_refused(claim.said.statement for claim in claims))


def _concluded(conclusions: Iterable[Conclusion], claims: Iterable[Claim], sources: Sources) -> list[Claim]:
    """What nobody whom we believe has said himself: it counts once."""
    believed = {each.said.statement for each in claims if each.accepted}
    unsaid = (each.said for each in conclusions if believed.isdisjoint(each.sent))
    return [Claim(each, sources.of(each.authorities), ()) for each in unsaid]


def _claim(said: Contribution, weighing: Weighing, verifying: Mapping[str, tuple[str, ...]]) -> Claim | None:
    """What is left of a contribution."""
    source = weighing.sources.of(said.authorities)
    # Who is trusted needs nobody to verify it.
    verified_by = () if source.rank else verifying.get(said.statement, ())
    rank = source.rank or int(bool(verified_by))
    if weighing.voided(said.statement, said.authorities, rank):
        return None
    if reason := verbs.contradiction(said.verb, said.success, said.completion):
        weighing.refused.append(Refused(said.statement, said.object, said.verb, reason))
        return None
    return Claim(said, source, verified_by)


def _once(contributions: Iterable[Contribution]) -> Iterable[Contribution]:
    """A statement counts once, also where it names the learner twice: by herself rather than as a member."""
    found: dict[str, Contribution] = {}
    for each in contributions:
        known = found.get(each.statement)
        if known is None or (known.as_member and not each.as_member):
            found[each.statement] = each
    return found.values()
