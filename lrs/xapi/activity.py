"""What is known about this activity? One definition out of all that were seen (Communication 2.5)."""

from __future__ import annotations

from collections.abc import Iterable

from lrs.xapi.vocabulary import Json

# These are maps whose entries add up; every other property is replaced as a whole.
_ADDING_UP = ("name", "description", "extensions")


def merge(definitions: Iterable[Json]) -> Json:
    """Everything that the definitions say, given oldest first: where two disagree, the later one is right."""
    merged: Json = {}
    for definition in definitions:
        sums = {name: merged.get(name, {}) | definition[name] for name in _ADDING_UP if name in definition}
        merged |= definition | sums
    return merged
