"""Must a map be made again? Not as long as nothing has come that it depends on; then it has only grown older.

All facts are in rows that are only ever added, each with its position; where they are removed, or added late,
the build says that it was amended. So a map lacks only what has come since its position. Of what facts come
to nothing but the confidence depends on the moment, as long as none is of a later moment, and none runs out.
Where only later evidence has come, what that is about is made again, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lrs.xapi.vocabulary import Json
from projections.competencies import gathering
from projections.competencies.alignment import Alignment
from projections.competencies.document import DIGITS, Told
from projections.competencies.folding import Folded
from projections.competencies.mastery import faded, sure
from projections.competencies.read import Sight
from projections.competencies.rollup import Rolled
from projections.competencies.shown import NOTHING_SHOWN, Shown
from projections.learners.read import Learner

# What all that is kept may take, in bytes; and what a map takes, each item of it, each competency of which
# something is known, and each piece of evidence.
MOST = 60_000_000
A_MAP, AN_ITEM, A_COMPETENCY, A_PIECE = 10_000, 8, 1_650, 230

Key = tuple[object, ...]


class Basis(NamedTuple):
    """What a map is made of: what evidence comes to, and the statements besides what was shown.

    `latest` is the last moment that is spoken of, and what `runs_out` comes to nothing by itself.
    """

    folded: Folded
    others: frozenset[str]
    latest: int
    runs_out: bool


@dataclass(frozen=True, slots=True)
class Map:
    """A map but for whose it is.

    `grown` (see Mastery) is by places: of the items of each framework, and last of the other ones.
    """

    frameworks: Sequence[Json]
    other: Sequence[Json]
    quarantined: Sequence[Json]
    grown: Sequence[Mapping[int, float]]
    rolled: Sequence[Mapping[str, Rolled]]
    basis: Basis

    @property
    def size(self) -> int:
        """What it takes, in bytes: something, also where nothing is known of her."""
        items, folded = sum(len(each["items"]) for each in self.frameworks), self.basis.folded
        known = A_COMPETENCY * len(folded.masteries) + A_PIECE * folded.pieces
        return A_MAP + AN_ITEM * items + known

    def told(self) -> Json:
        """As it was at the moment when it was made."""
        return {"frameworks": self.frameworks, "other": self.other, "quarantined": self.quarantined}

    def before(self, number: int) -> Told:
        """What is told of one of the frameworks."""
        return Told(self.frameworks[number]["items"], self.basis.folded.masteries, self.rolled[number])

    def at(self, now: int) -> Json:
        """The same at another moment."""
        *grown, others = self.grown
        pairs = zip(self.frameworks, grown, strict=True)
        older = [{**each, "items": _older(each["items"], weights, now)} for each, weights in pairs]
        return {**self.told(), "frameworks": older, "other": _older(self.other, others, now)}

    def is_of(self, statements: Sequence[str]) -> bool:
        """Is it made of one of these?"""
        folded, others = self.basis.folded, self.basis.others
        wanted = set(statements)
        return bool(wanted) and not (wanted.isdisjoint(others) and wanted.isdisjoint(folded.shown.statements))


# Makes a map of all that is known; or of one that was made before, and of evidence later than its own.
Make = Callable[[Map | None, Shown], Map]


class _Kept(NamedTuple):
    """A map, and up to which position of which build it is true."""

    map: Map
    size: int
    position: int
    amended: int
    alignment: Alignment


_kept: dict[Key, _Kept] = {}


def told(seen: Sight, her: Learner, narrowed: Key, make: Make) -> Json:
    """Her map at the moment of the view: as it is kept, or kept and what is new, or made anew."""
    view = seen.view
    key = (view.tenant, view.tables[gathering.NAME], tuple(her.ifis), narrowed)
    kept = _kept.get(key)
    known = _followed(kept.map, seen, her, kept.position, make) if kept and _holds(kept, seen) else None
    if known is not None:
        _keep(key, known, seen)
        return known.at(seen.now)
    made = make(None, NOTHING_SHOWN)
    if made.basis.latest <= seen.now and not made.basis.runs_out and _is_newer(seen, kept):
        _keep(key, made, seen)
    return made.told()


def forget() -> None:
    """Make all maps anew."""
    _kept.clear()


def _holds(kept: _Kept, seen: Sight) -> bool:
    """Whether all that it says was known, and would be said now, but for the confidence."""
    view = seen.view
    same = kept.alignment is seen.alignment and kept.amended == view.amended(gathering.NAME)
    return same and kept.position <= view.position and kept.map.basis.latest <= seen.now


def _is_newer(seen: Sight, kept: _Kept | None) -> bool:
    """Whoever looks at the past throws away nothing that others look at."""
    return kept is None or kept.position <= seen.view.position


def _followed(map_: Map, seen: Sight, her: Learner, since: int, make: Make) -> Map | None:
    """The map with what has come since; None where that may change more than what it is about."""
    if since == seen.view.position:
        return map_
    news = gathering.news(seen.view, her.ifis, since)
    if news.claimed or news.spoken_of is None or map_.is_of(news.spoken_of):
        return None
    if not news.shown.statements:
        return map_
    between = map_.basis.folded.shown.is_before(news.shown) and news.shown.ats[-1] <= seen.now
    return make(map_, news.shown) if between else None


def _keep(key: Key, map_: Map, seen: Sight) -> None:
    """As the newest. Where it is a new one others go: what views look at no longer, and what is too much."""
    view, before = seen.view, _kept.pop(key, None)
    is_new = before is None or before.map is not map_
    size = before.size if before and not is_new else map_.size
    _kept[key] = _Kept(map_, size, view.position, view.amended(gathering.NAME), seen.alignment)
    if is_new:
        _let_go(seen)
        _limit()


def _limit() -> None:
    """The oldest go where it is too much."""
    whole = sum(each.size for each in list(_kept.values()))
    for oldest in list(_kept)[:-1]:
        if whole <= MOST:
            return
        gone = _kept.pop(oldest, None)
        whole -= gone.size if gone else 0


def _let_go(seen: Sight) -> None:
    """Of other builds, amended ones, or older frameworks and catalogues: they may quote what is erased."""
    now = (seen.view.tables[gathering.NAME], seen.view.amended(gathering.NAME), seen.alignment)
    for key, each in list(_kept.items()):
        tenant, build, *_ = key
        earlier = tenant == seen.view.tenant and each.position <= seen.view.position
        if earlier and (build, each.amended, each.alignment) != now:
            _kept.pop(key, None)


def _older(items: Sequence[Json], grown: Mapping[int, float], now: int) -> list[Json]:
    found = list(items)
    for place, weight in grown.items():
        found[place] = {**found[place], "confidence": round(sure(faded(weight, now)), DIGITS)}
    return found
