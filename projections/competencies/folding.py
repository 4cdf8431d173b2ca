"""What can a learner do? A pure fold of what was shown and said of her, made when somebody reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

import orjson

from projections.competencies import claims, mastery
from projections.competencies.alignment import Alignment
from projections.competencies.claiming import ENDING
from projections.competencies.claims import Claim, Claimed, Weighed
from projections.competencies.evidence import Candidate
from projections.competencies.mastery import MASTERED, Mastery, Policy
from projections.competencies.shown import Evidence, Shown
from projections.testimony.sources import Sources
from projections.testimony.weighing import Reference, Refused, Weighing


@dataclass(frozen=True, slots=True)
class Folded:
    """What it comes to, by competency, and the statements that count for nothing.

    `numbers` are the places in `shown` of what was shown of a competency, and `accepted` says of each place
    how far it is trusted (the rank of its source), or that it is taken back (-1).
    """

    shown: Shown
    accepted: Sequence[int]
    numbers: Mapping[str, Sequence[int]]
    masteries: Mapping[str, Mastery]
    claims: Mapping[str, Sequence[Weighed]]
    claimed: Mapping[str, Claimed]
    refused: Sequence[Refused]

    @property
    def pieces(self) -> int:
        """How many there are of all that may be many: also what a claim names as its evidence."""
        named = sum(len(each.said.evidence) + 4 for found in self.claims.values() for each in found)
        return len(self.shown.statements) + named + len(self.refused)


def fold(
    evidence: Evidence,
    alignment: Alignment,
    sources: Sources,
    policy: Policy,
    *,
    now: int,
) -> Folded:
    """What the evidence comes to; `now` is the moment in microseconds since 1970 that ages are told by.

    Depends on nothing else, and not on the order in which anything came.
    """
    shown = evidence.shown.once()
    weighing = Weighing(evidence.voids, sources)
    verifying = weighing.verifying(each for each in evidence.references if each.verb not in ENDING)
    accepted = _accepted(shown, weighing, verifying)
    numbers = _numbers(shown, accepted, alignment)
    said, refused = _claims(evidence.claims, alignment, weighing, verifying)
    ended = _ended(evidence.references, weighing)
    claimed = {name: claims.of(found, ended, now) for name, found in said.items()}
    folding = _Folding(shown, accepted, policy, now)
    masteries = {
        name: folding.of(numbers.get(name, ()), claimed.get(name, claims.NOTHING_CLAIMED))
        for name in numbers.keys() | claimed.keys()
    }
    doubts = _doubts(weighing, shown, accepted, said)
    return Folded(shown, accepted, numbers, masteries, said, claimed, sorted({*refused, *doubts}))


def fold_on(
    before: Folded, news: Shown, alignment: Alignment, sources: Sources, policy: Policy, *, now: int
) -> Folded:
    """What all comes to with news that are later than what was shown before, and of which nobody has spoken.

    What the news are not about is taken as it was: no weight is told for another moment.
    """
    ranks = _Ranks(sources)
    news = news.once()
    trusted = [ranks[authority] for authority in news.authorities]
    shown, accepted = before.shown.then(news), [*before.accepted, *trusted]
    more = _numbers(news, trusted, alignment, len(before.accepted))
    numbers = {name: [*before.numbers.get(name, ()), *found] for name, found in more.items()}
    folding = _Folding(shown, accepted, policy, now)
    masteries = {
        name: folding.of(found, before.claimed.get(name, claims.NOTHING_CLAIMED))
        for name, found in numbers.items()
    }
    return replace(
        before,
        shown=shown,
        accepted=accepted,
        numbers={**before.numbers, **numbers},
        masteries={**before.masteries, **masteries},
    )


def _accepted(shown: Shown, weighing: Weighing, verifying: Mapping[str, tuple[str, ...]]) -> list[int]:
    ranks = _Ranks(weighing.sources)
    accepted = [ranks[authority] for authority in shown.authorities]
    for number in _touched(shown, weighing, verifying):
        statement, authority = shown.statements[number], orjson.loads(shown.authorities[number])
        rank = weighing.sources.of(authority).rank or int(statement in verifying)
        voided = weighing.voided(statement, authority, rank)
        accepted[number] = -1 if voided else rank
    return accepted


def _touched(shown: Shown, weighing: Weighing, verifying: Mapping[str, tuple[str, ...]]) -> Iterable[int]:
    """The places of statements that others speak of: mostly none."""
    if not weighing.voids and not verifying:
        return ()
    spoken_of = weighing.voids.keys() | verifying.keys()
    return [number for number, statement in enumerate(shown.statements) if statement in spoken_of]


def _doubts(
    weighing: Weighing,
    shown: Shown,
    accepted: Sequence[int],
    said: Mapping[str, Sequence[Weighed]],
) -> Sequence[Refused]:
    """What was refused about statements that stand: mostly nothing."""
    if not (any(weighing.doubted.values()) or weighing.refused):
        return ()
    standing = {each.said.statement for found in said.values() for each in found}
    standing |= {each for each, taken in zip(shown.statements, accepted, strict=True) if taken >= 0}
    return weighing.all_refused(standing)


def _ended(references: Iterable[Reference], weighing: Weighing) -> set[str]:
    """The statements whose goals are none any longer."""
    found = set()
    for each in references:
        rank = weighing.sources.of(each.authorities).rank
        doubted = weighing.doubted.setdefault(each.target, [])
        if each.verb in ENDING and not weighing.voided(each.statement, each.authorities, rank, doubted):
            found.add(each.target)
    return found


class _Ranks(dict[bytes, int]):
    """How far an authority is trusted, by its text."""

    def __init__(self, sources: Sources) -> None:
        super().__init__()
        self._sources = sources

    def __missing__(self, authority: bytes) -> int:
        rank = self[authority] = self._sources.of(orjson.loads(authority)).rank
        return rank


def _numbers(
    shown: Shown, accepted: Sequence[int], alignment: Alignment, first: int = 0
) -> Mapping[str, Sequence[int]]:
    """Where in the columns, which begin at the `first` place, is what was shown of each competency?"""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for number, aligned in enumerate(alignment.of_all(shown.candidates), first):
        for name in aligned.competencies:
            found[name].append(number)
    if -1 not in accepted:
        return found
    standing = {name: [n for n in numbers if accepted[n] >= 0] for name, numbers in found.items()}
    return {name: numbers for name, numbers in standing.items() if numbers}


def _claims(
    said: Iterable[Claim], alignment: Alignment, weighing: Weighing, verifying: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, list[Weighed]], list[Refused]]:
    """What is claimed of each competency, oldest first, and what contradicts itself."""
    found: dict[str, list[Weighed]] = {}
    refused: list[Refused] = []
    once = {each.statement: each for each in said}
    for each in sorted(once.values(), key=attrgetter("at", "statement")):
        competencies = alignment.of_named(Candidate(*one) for one in each.candidates).competencies
        source = weighing.sources.of(each.authorities)
        verified_by = () if source.rank else verifying.get(each.statement, ())
        if not competencies or weighing.voided(
            each.statement, each.authorities, source.rank or int(bool(verified_by))
        ):
            continue
        if each.kind == "refused":
            refused += [Refused(each.statement, name, each.verb, each.reason) for name in competencies]
            continue
        for name in competencies:
            found.setdefault(name, []).append(Weighed(each, source, verified_by))
    return found, refused


class _Folding:
    def __init__(self, shown: Shown, accepted: Sequence[int], policy: Policy, now: int) -> None:
        self._shown = shown
        self._accepted = accepted
        self._policy = policy
        self._now = now
        self._estimate = policy.estimator
        self._plain = None not in shown.scores and min(accepted, default=1) > 0
        # What is of a later moment than now is as fresh as can be.
        self._ahead = bool(shown.ats) and shown.ats[-1] > now

    def of(self, numbers: Sequence[int], claimed: Claimed) -> Mastery:
        """One competency."""
        if self._ahead or claimed is not claims.NOTHING_CLAIMED:
            return self._with_claims(numbers, claimed)
        scored = numbers if self._plain else self._scored(numbers)
        scores, statements, ats = self._shown.scores, self._shown.statements, self._shown.ats
        estimate = self._estimate([scores[n] for n in scored])  # type: ignore[misc]
        met, unverified = ((), ()) if scored is numbers else self._others(numbers)
        whole = sum([mastery.grown(ats[n]) for n in scored])
        return Mastery(
            self._policy.state(estimate, len(scored)),
            estimate,
            mastery.faded(whole, self._now),
            whole,
            [statements[n] for n in scored],
            met,
            unverified,
            ats[numbers[-1]],
        )

    def _scored(self, numbers: Sequence[int]) -> Sequence[int]:
        scores, accepted = self._shown.scores, self._accepted
        return [n for n in numbers if accepted[n] and scores[n] is not None]

    def _others(self, numbers: Sequence[int]) -> tuple[Sequence[str], Sequence[str]]:
        """What was met and not scored, and what nobody has verified."""
        shown, accepted = self._shown, self._accepted
        met = [shown.statements[n] for n in numbers if accepted[n] and shown.scores[n] is None]
        return met, [shown.statements[n] for n in numbers if not accepted[n]]

    def _with_claims(self, numbers: Sequence[int], claimed: Claimed) -> Mastery:
        """Judgements among the scores, and above them what is held."""
        shown = self._shown
        pieces = [
            (shown.ats[n], shown.statements[n], shown.scores[n])
            for n in self._scored(numbers)
            if claimed.counts(shown.ats[n], self._accepted[n])
        ]
        judged = [(each.said.at, each.said.statement, each.said.confidence) for each in claimed.judged]
        pieces = sorted([*pieces, *judged])
        estimate = self._estimate([score for _, _, score in pieces])  # type: ignore[misc]
        times = [*(at for at, _, _ in pieces), *([claimed.held.said.at] if claimed.held else [])]
        whole = sum(mastery.grown(min(at, self._now)) for at in times)
        met, unverified = self._others(numbers)
        return Mastery(
            MASTERED if claimed.held else self._policy.state(estimate, len(pieces)),
            estimate,
            mastery.faded(whole, self._now),
            whole,
            [statement for _, statement, _ in pieces],
            met,
            unverified,
            max([*times, *(shown.ats[n] for n in numbers)], default=None),
            claimed.held is not None,
        )
