"""Which answers are remembered? Those about short texts: long ones would fill the memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

MOST, LONGEST = 1 << 13, 500

T = TypeVar("T")


def kept(function: Callable[..., T]) -> Callable[..., T]:
    """Remember what a pure function of texts says, as long as they are short together."""
    remembered = lru_cache(maxsize=MOST)(function)

    @wraps(function)
    def answer(*texts: str) -> T:
        return remembered(*texts) if sum(map(len, texts)) <= LONGEST else function(*texts)

    return answer
