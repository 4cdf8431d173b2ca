"""Is what a rule finds what it wants? Values are equal as in JSON, and what a selector misses counts too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from xapi_profiles.faults import DEEPEST

Keyword = Literal["presence", "any", "all", "none"]
Broken = tuple[Keyword, str]


class _Unmatchable:
    """What a selector finds where it finds nothing."""


UNMATCHABLE = _Unmatchable()

_AS_THEY_ARE = frozenset({str, int, float, _Unmatchable})
_WORDS: Mapping[Keyword, str] = {"any": "one of", "all": "nothing but", "none": "none of"}
# The values that a keyword names, how those that are found are held against them, and what has to come of it.
_Values = tuple[Keyword, frozenset[Any], Callable[[Iterable[Any]], bool], bool]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a rule asks of the values that it finds; `presence` is "" where the profile does not say it."""

    location: str
    presence: str
    values: Sequence[_Values]

    @property
    def nothing(self) -> bool:
        """Will anything do, as where something is only recommended?"""
        return not self.values and self.presence not in ("included", "excluded")

    def broken(self, found: Sequence[Any]) -> Broken | None:
        """The first keyword that is broken, and how; None where all is as it should be."""
        presence = self.presence
        if presence == "included":
            if not found:
                return "presence", f"{self.location} must be there"
            if UNMATCHABLE in found:
                return (
                    "presence",
                    f"{self.location} must be there in each of the places that the location finds",
                )
        elif presence == "excluded":
            if found and any(value is not UNMATCHABLE for value in found):
                return "presence", f"{self.location} must not be there"
        elif presence and not found:
            return None  # what is only recommended is not there
        return self.broken_values(found)

    def broken_values(self, found: Sequence[Any]) -> Broken | None:
        """The same of what is there, whatever its presence."""
        if not self.values:
            return None
        values = [value if type(value) in _AS_THEY_ARE else comparable(value) for value in found]
        for keyword, named, test, answer in self.values:
            if test(values) is not answer:
                return keyword, f"{self.location} must have {_WORDS[keyword]} {_listed(named)}"
        return None


def compiled(rule: Mapping[str, Any], location: str) -> Wanted:
    """What a rule of a profile asks of what its location finds."""
    values = [_values(keyword, rule[keyword]) for keyword in _WORDS if keyword in rule]
    return Wanted(location, rule.get("presence", ""), values)


def _values(keyword: Keyword, listed: Iterable[Any]) -> _Values:
    named = frozenset(map(comparable, listed))
    test = named.issuperset if keyword == "all" else named.isdisjoint
    return keyword, named, test, keyword != "any"


def comparable(value: Any, deepest: int = DEEPEST) -> Any:
    """Something hashable that is equal where the JSON values are: 1 and 1.0 are, 1 and true are not.

    What is nested deeper than a profile may be is equal to nothing in one.
    """
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, bool):
        return ("boolean", value)
    if not isinstance(value, list | dict):
        return value
    if not deepest:
        return UNMATCHABLE
    if isinstance(value, list):
        return ("array", tuple(comparable(one, deepest - 1) for one in value))
    return ("object", frozenset((name, comparable(one, deepest - 1)) for name, one in value.items()))


def _listed(values: Iterable[Any]) -> str:
    return ", ".join(sorted(map(_written, values)))


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        kind, inside = cast(tuple[str, Any], value)
        return str(inside).lower() if kind == "boolean" else f"an {kind}"
    return "null" if value is None else str(value)
