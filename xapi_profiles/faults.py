"""What is wrong with a profile, and where?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule of the specification: where (a JSON pointer), what, and the section that says so.

    A profile with a `vital` fault can check nothing; the others are told, and it is used all the same.
    """

    pointer: str
    rule: str
    section: str = ""
    vital: bool = False

    def __str__(self) -> str:
        where = f"{self.pointer}: " if self.pointer else ""
        section = f" ({self.section})" if self.section else ""
        return f"{where}{self.rule}{section}"


class InvalidProfile(ValueError):
    """The profile cannot be used; `faults` tells all that is wrong with it, `source` which one it is."""

    def __init__(self, source: str, faults: Sequence[Fault]) -> None:
        self.source = source
        self.faults = tuple(faults)
        super().__init__(f"{source} is no profile that can be used: " + "; ".join(map(str, faults)))


# What is nested deeper than this means nothing in a profile, and would only exhaust those who look into it.
DEEPEST = 100


def too_deep(value: Any) -> bool:
    """Is something nested deeper than a profile may be?"""
    level = [value]
    for _ in range(DEEPEST):
        level = [one for each in level for one in _inside(each)]
        if not level:
            return False
    return True


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def pointer(*steps: str | int) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join(f"/{_escaped(step)}" for step in steps)


def _escaped(step: str | int) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


def each(document: Any, *names: str) -> Iterable[tuple[str, Json]]:
    """The objects in these arrays of a document that may be anything, each with its pointer."""
    for name in names:
        listed = document.get(name) if isinstance(document, dict) else None
        for number, one in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(one, dict):
                yield pointer(name, number), one
