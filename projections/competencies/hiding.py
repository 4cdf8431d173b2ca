"""Which numbers of a group may be told? None that is small, and none that another could be reckoned from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

K = TypeVar("K")


def hide(counts: Mapping[K, int], smallest: int) -> dict[K, int | None]:
    """The counts, of which the whole is known; None where one is hidden.

    Small ones are hidden, but for 0. Were one hidden alone, or all that is hidden together a small group, the
    others would tell it by difference: so the smallest of the rest are hidden too, until that is over.
    """
    hidden = {name for name, count in counts.items() if 0 < count < smallest}
    rest = sorted((count, str(name), name) for name, count in counts.items() if count >= smallest)
    for _, _, name in rest:
        if not hidden or (len(hidden) > 1 and sum(counts[each] for each in hidden) >= smallest):
            break
        hidden.add(name)
    return {name: None if name in hidden else count for name, count in counts.items()}
