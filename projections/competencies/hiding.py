"""Which numbers of a group may be told? None that is small, and none that another could be reckoned from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

K = TypeVar("K")


def hide(counts: Mapping[K, int], smallest: int) -> dict[K, int | None]:
    """The counts, of which the whole is known; None where one is hidden.

    Small ones are hidden, but for 0. As long as these could be reckoned from the others, the smallest of the
    rest are hidden too, all of the same size together; and in the end also 0.
    """
    hidden = {name for name, count in counts.items() if 0 < count < smallest}
    for size in sorted({count for count in counts.values() if count >= smallest}):
        if not _tells([counts[name] for name in hidden], smallest):
            break
        hidden |= {name for name, count in counts.items() if count == size}
    if _tells([counts[name] for name in hidden], smallest):
        hidden = set(counts)
    return {name: None if name in hidden else count for name, count in counts.items()}


def _tells(hidden: Collection[int], smallest: int) -> bool:
    """Whether their sum, which everybody can reckon, tells what they are, or is itself small.

    Of numbers that differ nobody knows which is which: any two of them might be the other way round.
    """
    return len(set(hidden)) == 1 or 0 < sum(hidden) < smallest
