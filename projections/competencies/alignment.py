"""Which competencies is a statement evidence of? What the first place names where one is known.

One looks at the object, then at its context, then at its alignment extension, then at what the catalogue says
of the object. A competency is known if a framework has it, or if the activity says that it is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

from projections.competencies import naming
from projections.competencies.evidence import (
    CATALOGUE,
    CONTEXT,
    EXTENSION,
    OBJECT,
    TYPED,
    WIDTH,
    Candidate,
    packed,
)
from projections.frameworks.model import Frameworks, Item, known

Names = tuple[str, ...]


class Aligned(NamedTuple):
    """Where it was named, and which competencies: identifiers of items, or else keys as UUIDs."""

    place: int
    competencies: Names


NOT_ALIGNED = Aligned(0, ())
# So many, none of which is long: with their answers some 50 MB.
MOST_REMEMBERED, LONGEST = 50_000, 32 * WIDTH


class Alignment:
    """What frameworks and catalogue make of candidates."""

    def __init__(self, frameworks: Frameworks, activities: Mapping[str, Iterable[str]]) -> None:
        self.items: Mapping[str, Item] = frameworks.by_identifier
        by_key = {naming.key(uri): item.identifier for uri, item in frameworks.by_uri.items()}
        by_key |= {UUID(identifier).bytes: identifier for identifier in frameworks.by_identifier}
        self._objects = {
            entry: Aligned(OBJECT, (identifier,))
            for named, identifier in by_key.items()
            for entry in _entries(named)
        }
        self._activities = {
            entry: Aligned(CATALOGUE, found)
            for activity, iris in activities.items()
            if (found := tuple(item.identifier for iri in iris if (item := known(frameworks, iri))))
            for entry in _entries(naming.key(activity))
        }
        self._around = _Memory(by_key)

    def of(self, candidates: bytes) -> Aligned:
        """The competencies of candidates as a table keeps them."""
        first = candidates[:WIDTH]
        if found := self._objects.get(first):
            return found
        if first[0] == OBJECT | TYPED:
            return Aligned(OBJECT, (naming.identifier(first[1:]),))
        around = self._around[candidates[WIDTH:]]
        return around if around.place else self._activities.get(first, NOT_ALIGNED)

    def of_all(self, all_: Iterable[bytes]) -> Iterator[Aligned]:
        """The same of many, which are mostly of questions that name their competency in their context."""
        objects, around = self._objects, self._around
        for candidates in all_:
            if candidates[0] == OBJECT and candidates[:WIDTH] not in objects:
                found = around[candidates[WIDTH:]]
                yield found if found.place else self.of(candidates)
            else:
                yield self.of(candidates)

    def of_named(self, candidates: Iterable[Candidate]) -> Aligned:
        """The competencies of candidates by their names."""
        return self.of(packed(list(candidates)))


def _entries(named: bytes) -> tuple[bytes, bytes]:
    """An object of this name, whether or not it says that it is a competency."""
    return bytes((OBJECT,)) + named, bytes((OBJECT | TYPED,)) + named


class _Memory(dict[bytes, Aligned]):
    """What is around an object comes again and again, for one learner and for others."""

    def __init__(self, by_key: Mapping[bytes, str]) -> None:
        super().__init__()
        self._by_key = by_key

    def __missing__(self, candidates: bytes) -> Aligned:
        found: dict[int, dict[str, None]] = {CONTEXT: {}, EXTENSION: {}}
        for at in range(0, len(candidates), WIDTH):
            entry = candidates[at : at + WIDTH]
            if name := _name(entry, self._by_key):
                found[entry[0] & ~TYPED][name] = None
        place = CONTEXT if found[CONTEXT] else EXTENSION
        made = Aligned(place, tuple(found[place])) if found[place] else NOT_ALIGNED
        if len(candidates) <= LONGEST:
            if len(self) >= MOST_REMEMBERED:
                self.clear()
            self[candidates] = made
        return made


def _name(entry: bytes, by_key: Mapping[bytes, str]) -> str | None:
    """The item of a framework, or what says it is a competency."""
    if not entry[0]:
        return None
    if (item := by_key.get(entry[1:])) is not None:
        return item
    return naming.identifier(entry[1:]) if entry[0] & TYPED else None
