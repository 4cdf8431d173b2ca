"""What is known about this activity? One definition out of all that were seen (Communication 2.5)."""

from __future__ import annotations

from collections.abc import Iterable

from lrs.xapi.vocabulary import Json

# These are maps whose entries add up; every other property is replaced as a whole.
_ADDING_UP = ("name", "description", "extensions")


def merge(definitions: Iterable[Json]) -> Json:
    """Everything that the definitions say, given oldest first: where two disagree, the later one is right."""
    merged: Json = {}
    sums: dict[str, Json] = {}
    for definition in definitions:
        for name in _ADDING_UP:
            if name in definition:
                # In place: there can be thousands, and copying the sum for each takes the square of that.
                sums.setdefault(name, {}).update(definition[name])
        merged |= definition
    return merged | sums
