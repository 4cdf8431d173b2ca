"""What is hidden of a group can be reckoned from nothing that is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.competencies.hiding import hide

SMALLEST = 10
counts = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 40), min_size=4)


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ((20, 30, 0, 50), (20, 30, 0, 50)),
        ((20, 3, 0, 50), (None, None, 0, 50)),  # 3 alone would be the whole without the others
        ((20, 6, 5, 50), (20, None, None, 50)),  # 11 together are no small group
        ((20, 3, 4, 50), (None, None, None, 50)),  # 7 together would be one
        ((0, 9, 0, 0), (0, None, 0, 0)),
    ],
)
def test_small_numbers_are_hidden_with_others(told, shown):
    named = dict(zip("abcd", told, strict=True))
    assert tuple(hide(named, SMALLEST).values()) == shown


@given(counts.filter(lambda found: sum(found.values()) >= SMALLEST))
def test_whoever_knows_the_whole_learns_of_no_small_group(found):
    shown = hide(found, SMALLEST)
    hidden = [name for name, count in shown.items() if count is None]
    assert all(count is None or count == 0 or count >= SMALLEST for count in shown.values())
    # The whole less what is shown is what is hidden: never one number, and never a small one.
    rest = sum(found.values()) - sum(count or 0 for count in shown.values())
    assert not hidden or (len(hidden) > 1 and rest >= SMALLEST)
    assert all(shown[name] in (None, count) for name, count in found.items())
