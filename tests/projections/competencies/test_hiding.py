"""What is hidden of a group can be reckoned from nothing that is shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.competencies.hiding import hide

SMALLEST = 10
NAMES = "abcd"
counts = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 40), min_size=4)


def told(numbers: tuple[int, ...], smallest: int = SMALLEST) -> tuple[int | None, ...]:
    return tuple(hide(dict(zip(NAMES, numbers, strict=True)), smallest).values())


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ((20, 30, 0, 50), (20, 30, 0, 50)),
        ((20, 3, 0, 50), (None, None, 0, 50)),  # 3 alone would be the whole without the others
        ((20, 6, 5, 50), (20, None, None, 50)),  # 11 together are no small group
        ((20, 3, 4, 50), (None, None, None, 50)),  # 7 together would be one
        ((20, 9, 9, 50), (None, None, None, 50)),  # 18 of two small ones would be 9 each
        ((20, 9, 20, 50), (None, None, None, 50)),  # why this 20 and not that one?
        ((0, 12, 9, 9), (0, None, None, None)),
        ((0, 9, 9, 0), (None, None, None, None)),
    ],
)
def test_small_numbers_are_hidden_with_others(numbers, shown):
    assert told(numbers) == shown


@given(counts.filter(lambda found: sum(found.values()) >= SMALLEST))
def test_whoever_knows_the_whole_learns_of_no_small_group(found):
    shown = hide(found, SMALLEST)
    hidden = [name for name, count in shown.items() if count is None]
    assert all(count is None or count == 0 or count >= SMALLEST for count in shown.values())
    # The whole less what is shown is what is hidden: never one number, and never a small one.
    rest = sum(found.values()) - sum(count or 0 for count in shown.values())
    assert not hidden or (len(hidden) > 1 and rest >= SMALLEST)
    assert all(shown[name] in (None, count) for name, count in found.items())


def groups(learners: int) -> Iterator[tuple[int, ...]]:
    """All ways to be in four states."""
    return (each for each in product(range(learners + 1), repeat=4) if sum(each) == learners)


@pytest.mark.parametrize("learners", range(3, 14))
def test_whoever_knows_how_it_is_hidden_knows_no_number_that_is(learners):
    possible: defaultdict[tuple[int | None, ...], list[tuple[int, ...]]] = defaultdict(list)
    for numbers in groups(learners):
        possible[told(numbers, 3)].append(numbers)
    for shown, all_ in possible.items():
        for place, number in enumerate(shown):
            assert number is not None or len({each[place] for each in all_}) > 1
