"""Must a map be made again? Not as long as nothing has come that it depends on; then it has only grown older.

All facts are in rows that are only ever added, unless they are erased: as many rows as before with the same
last one are the same rows, at whichever position one looks. Of what they come to nothing but the confidence
depends on the moment, as long as none of them is of a later moment, and none runs out. Where nothing but
evidence has come, only what that is about is made again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lrs.xapi.vocabulary import Json
from projections.competencies import gathering
from projections.competencies.alignment import Alignment
from projections.competencies.document import DIGITS, Told
from projections.competencies.folding import Known
from projections.competencies.gathering import State
from projections.competencies.mastery import faded, sure
from projections.competencies.read import Sight
from projections.competencies.rollup import Rolled
from projections.learners.read import Learner

# What all that is kept may take, in bytes; and what a map takes, each item of it, and each piece of evidence.
MOST = 25_000_000
A_MAP, AN_ITEM, A_PIECE = 10_000, 8, 125

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Map:
    """A map but for whose it is. `grown` is of each framework's items, by their places: see Mastery."""

    frameworks: Sequence[Json]
    other: Sequence[Json]
    quarantined: Sequence[Json]
    grown: Sequence[Mapping[int, float]]
    known: Mapping[str, Known]
    rolled: Sequence[Mapping[str, Rolled]]
    pieces: int
    latest: int
    lasting: bool

    @property
    def size(self) -> int:
        """What it takes, in bytes: something, also where nothing is known of her."""
        items = sum(len(each["items"]) for each in self.frameworks)
        return A_MAP + AN_ITEM * items + A_PIECE * self.pieces

    def told(self) -> Json:
        """As it was at the moment when it was made."""
        return {"frameworks": self.frameworks, "other": self.other, "quarantined": self.quarantined}

    def before(self, number: int) -> Told:
        """What is told of one of the frameworks."""
        return Told(self.frameworks[number]["items"], self.known, self.rolled[number])

    def at(self, now: int) -> Json:
        """The same at another moment."""
        pairs = zip(self.frameworks, self.grown, strict=True)
        older = [{**each, "items": _older(each["items"], grown, now)} for each, grown in pairs]
        return {**self.told(), "frameworks": older}


@dataclass(frozen=True, slots=True)
class _Kept:
    map: Map
    size: int
    state: State
    alignment: Alignment


_kept: dict[Key, _Kept] = {}


def told(seen: Sight, her: Learner, narrowed: Key, make: Callable[[Map | None], Map]) -> Json:
    """Her map at the moment of the view: made now, by what is known where only evidence came, or kept."""
    key = (seen.view.tenant, seen.view.tables[gathering.NAME], tuple(her.ifis), narrowed)
    kept = _kept.pop(key, None)
    state, grows = gathering.state(seen.view, her.ifis, kept.state if kept else gathering.NOTHING)
    if kept is None or not _holds(kept, state, seen):
        grows = grows and kept is not None and kept.alignment is seen.alignment
        made = make(kept.map if kept and grows else None)
        kept = _Kept(made, made.size, state, seen.alignment)
    if kept.map.latest > seen.now:
        return kept.map.told()
    if kept.map.lasting:
        _keep(key, kept)
    return kept.map.at(seen.now)


def forget() -> None:
    """Make all maps anew."""
    _kept.clear()


def _holds(kept: _Kept, state: State, seen: Sight) -> bool:
    """Whether it says what would be said now, but for the confidence."""
    return kept.state == state and kept.alignment is seen.alignment and kept.map.latest <= seen.now


def _keep(key: Key, kept: _Kept) -> None:
    """As the newest; the oldest go where it is too much."""
    _kept[key] = kept
    whole = sum(each.size for each in list(_kept.values()))
    for oldest in list(_kept)[:-1]:
        if whole <= MOST:
            return
        gone = _kept.pop(oldest, None)
        whole -= gone.size if gone else 0


def _older(items: Sequence[Json], grown: Mapping[int, float], now: int) -> list[Json]:
    found = list(items)
    for place, weight in grown.items():
        found[place] = {**found[place], "confidence": round(sure(faded(weight, now)), DIGITS)}
    return found
