"""What do direct claims come to? Held from a gain until it expires or is lost; and the goals that are set.

- gained (achieved, conferred, verified): she has it, whatever the scores say, as long as one of them holds.
- lost (revoked, forfeited, expired): what was claimed and scored before counts no longer.
- judged (asserted, assessed, ... with a confidence): one scored piece of evidence, until it expires.
- planned, dropped: a goal of hers, which changes nothing else.

Only claims of those who are trusted count, but anybody may set a goal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
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
    def accepted(self) -> bool:
        """Whether it counts."""
        return self.source.rank > 0 or bool(self.verified_by)

    def standing(self, now: int) -> bool:
        """Whether it has not run out."""
        return self.said.expires is None or self.said.expires > now


@dataclass(frozen=True, slots=True)
class Claimed:
    """What all claims about one competency come to: what is held, since when nothing older counts, a goal."""

    held: Weighed | None = None
    lost_at: int | None = None
    judged: Sequence[Weighed] = ()
    goal: bool = False

    def counts(self, at: int) -> bool:
        """Whether what was shown then still counts."""
        return self.lost_at is None or at > self.lost_at


NOTHING_CLAIMED = Claimed()


def of(claims: Iterable[Weighed], ended: Collection[str], now: int) -> Claimed:
    """What claims given oldest first come to; `ended` are the statements whose goals are none any longer."""
    held: Weighed | None = None
    lost_at: int | None = None
    judged: list[Weighed] = []
    goal = False
    for each in claims:
        said = each.said
        if said.kind in ("planned", "dropped"):
            goal = said.kind == "planned" and said.statement not in ended
        elif not each.accepted:
            continue
        elif said.kind == "lost":
            held, lost_at, judged = None, said.at, []
        elif said.kind == "gained":
            held = each if each.standing(now) else held
        elif said.confidence is not None and each.standing(now):
            judged.append(each)
    return Claimed(held, lost_at, judged, goal)
