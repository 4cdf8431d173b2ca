"""Documents with anything anywhere."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

Place = tuple[str | int, ...]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def places(value: Any, at: Place = ()) -> list[Place]:
    """Where something stands in a document, which itself stands at ()."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for step, one in steps for place in places(one, (*at, step)))]


def changed(document: Any, place: Place, value: Any) -> Any:
    """A copy with another value in a place."""
    if not place:
        return value
    copy, inner = _opened(document, place)
    inner[place[-1]] = value
    return copy


def without(document: Any, place: Place) -> Any:
    """A copy without what stands in a place."""
    if not place:
        return {}
    copy, inner = _opened(document, place)
    del inner[place[-1]]
    return copy


def _opened(document: Any, place: Place) -> tuple[Any, Any]:
    copy = json.loads(json.dumps(document))
    inner = copy
    for step in place[:-1]:
        inner = inner[step]
    return copy, inner
