"""What do direct claims come to? Held from a gain until it expires or is lost; and the goals that are set.

- gained (achieved, conferred, verified): she has it, whatever the scores say, as long as one of them holds.
- lost (revoked, forfeited, expired): what was claimed and scored before counts no longer, unless it was said
  by somebody who is trusted more: as with voids, whose word is worth less cannot take it back.
- judged (asserted, assessed, ... with a confidence): one scored piece of evidence, until it expires.
- planned, dropped: a goal of hers, which changes nothing else.

Only claims of those who are trusted count, but anybody may set a goal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from projections.competencies.claiming import Kind
from projections.competencies.evidence import Candidate
from projections.testimony.sources import Source


class Claim(NamedTuple):
    """What a statement says directly of a learner; all but the first two fields are kept as facts."""

    position: int
    statement: str
    at: int
    authorities: list[str]
    kind: Kind
    verb: str
    confidence: float | None
    expires: int | None
    evidence: list[str]
    reason: str
    candidates: list[Candidate]


class Weighed(NamedTuple):
    """A claim that is not voided, where it comes from, and who has verified it."""

    said: Claim
    source: Source
    verified_by: tuple[str, ...]

    @property
    def rank(self) -> int:
        """How far it is trusted; 0 where it does not count."""
        return self.source.rank or int(bool(self.verified_by))

    @property
    def accepted(self) -> bool:
        """Whether it counts."""
        return self.rank > 0

    def standing(self, now: int) -> bool:
        """Whether it has not run out."""
        return self.said.expires is None or self.said.expires > now


@dataclass(frozen=True, slots=True)
class Claimed:
    """What all claims about one competency come to: what is held, since when nothing older counts, a goal.

    `lost` is the last moment at which it was lost by the word of somebody who is trusted so far.
    """

    held: Weighed | None = None
    lost: Mapping[int, int] = field(default_factory=dict)
    judged: Sequence[Weighed] = ()
    goal: bool = False

    def counts(self, at: int, rank: int) -> bool:
        """Whether what was shown then still counts, by the word of somebody who is trusted so far."""
        return not any(at <= lost and rank <= trusted for trusted, lost in self.lost.items())


NOTHING_CLAIMED = Claimed()


def of(claims: Iterable[Weighed], ended: Collection[str], now: int) -> Claimed:
    """What claims given oldest first come to; `ended` are the statements whose goals are none any longer."""
    gains: list[Weighed] = []
    lost: dict[int, int] = {}
    judged: list[Weighed] = []
    goal = False
    for each in claims:
        said = each.said
        if said.kind in ("planned", "dropped"):
            goal = said.kind == "planned" and said.statement not in ended
        elif not each.accepted:
            continue
        elif said.kind == "lost":
            lost[each.rank] = said.at
            gains, judged = ([one for one in several if one.rank > each.rank] for several in (gains, judged))
        elif each.standing(now) and said.kind == "gained":
            gains.append(each)
        elif each.standing(now) and said.confidence is not None:
            judged.append(each)
    return Claimed(gains[-1] if gains else None, lost, judged, goal)
