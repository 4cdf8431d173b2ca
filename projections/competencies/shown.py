"""What is known of a learner? What she has shown, in columns, and what has been said of her and of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress

from projections.competencies.claims import Claim
from projections.testimony.weighing import Reference, Void


@dataclass(frozen=True, slots=True)
class Shown:
    """What was scored or met, oldest first by (timestamp, id): each a column, for there may be thousands."""

    statements: Sequence[str] = ()
    ats: Sequence[int] = ()
    scores: Sequence[float | None] = ()
    candidates: Sequence[bytes] = ()
    authorities: Sequence[bytes] = ()

    def once(self) -> Shown:
        """Without what stands twice, where a statement names the learner by two identifiers."""
        if len(set(self.statements)) == len(self.statements):
            return self
        first = {each: number for number, each in reversed(list(enumerate(self.statements)))}
        return self.only([first[each] == number for number, each in enumerate(self.statements)])

    def only(self, chosen: Sequence[bool]) -> Shown:
        """What stands at the places where this is true."""
        if all(chosen):
            return self
        return Shown(
            list(compress(self.statements, chosen)),
            list(compress(self.ats, chosen)),
            list(compress(self.scores, chosen)),
            list(compress(self.candidates, chosen)),
            list(compress(self.authorities, chosen)),
        )

    def weighed(self) -> Shown:
        """Without what is needed only until it is known whose word it is, and what about."""
        return Shown(self.statements, self.ats, self.scores)

    def is_before(self, other: Shown) -> bool:
        """Is all of it older than all of the other?"""
        if not self.statements or not other.statements:
            return True
        return (self.ats[-1], self.statements[-1]) < (other.ats[0], other.statements[0])

    def then(self, later: Shown) -> Shown:
        """With what is later than all of this, both weighed."""
        return Shown(
            [*self.statements, *later.statements], [*self.ats, *later.ats], [*self.scores, *later.scores]
        )

    @classmethod
    def together(cls, several: Sequence[Shown]) -> Shown:
        """All of these, oldest first."""
        if len(several) < 2:
            return several[0] if several else cls()
        rows = sorted(
            (at, statement, *others)
            for one in several
            for statement, at, *others in zip(
                one.statements, one.ats, one.scores, one.candidates, one.authorities, strict=True
            )
        )
        ats, statements, scores, candidates, authorities = zip(*rows, strict=True)
        return cls(statements, ats, scores, candidates, authorities)


NOTHING_SHOWN = Shown()


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of one learner, besides frameworks and catalogue."""

    shown: Shown = field(default_factory=Shown)
    claims: Sequence[Claim] = ()
    references: Sequence[Reference] = ()
    voids: Sequence[Void] = ()

    @property
    def latest(self) -> int:
        """The last moment that is spoken of; before it, what there is comes to something else."""
        return max([*self.shown.ats[-1:], *(each.at for each in self.claims)], default=0)

    @property
    def runs_out(self) -> bool:
        """Whether something comes to nothing by itself, at some moment."""
        return any(each.expires is not None for each in self.claims)
