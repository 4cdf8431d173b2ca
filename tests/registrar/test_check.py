"""Whatever is wrong is told: where one validator sees a fault, the other explains one."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from lrs.registrar import check
from tests.registrar.samples import a_catalogue

ODD = [None, True, -1, 5, 10**400, 1e300, "", "x", "a\n", "2026-02-30", "x" * 3000, [], ["x"], {}, {"x": 1}]


def places(value: Any) -> Iterator[tuple[str | int, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield (step,)
        yield from ((step, *further) for further in places(inner))


def changed(value: Any, place: tuple[str | int, ...], new: Any) -> Any:
    copy = deepcopy(value)
    *way, last = place
    here = copy
    for step in way:
        here = here[step]
    here[last] = new
    return copy


@pytest.mark.parametrize("place", list(places(a_catalogue())), ids=str)
def test_a_fault_anywhere_is_explained(place: tuple[str | int, ...]) -> None:
    for odd in ODD:
        wrong = changed(a_catalogue(), place, odd)
        faults = check.shape("catalogue", "", wrong)
        assert bool(faults) != check._fast("catalogue", "").is_valid(wrong), odd
        assert all(each.rule for each in faults)
