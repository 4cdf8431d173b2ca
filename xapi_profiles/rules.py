"""Does a statement follow one rule of a Statement Template? `follows_rule` of Communication 2.1."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, NamedTuple, cast

from xapi_profiles import jsonpath
from xapi_profiles.faults import DEEPEST, Json

Keyword = Literal["presence", "any", "all", "none"]
Broken = tuple[Keyword, str]


class _Unmatchable:
    """What a selector finds where it finds nothing."""


UNMATCHABLE = _Unmatchable()


_AS_THEY_ARE = frozenset({str, int, float, _Unmatchable})


class Rule(NamedTuple):
    """A rule ready to be followed; `presence` is "" and a set None where the profile does not say it."""

    location: str
    find: jsonpath.Find
    presence: str
    any: frozenset[Any] | None
    all: frozenset[Any] | None
    none: frozenset[Any] | None

    def broken(self, statement: Json) -> Broken | None:
        """The first keyword that the statement breaks, and how; None where it follows the rule."""
        values = self.find(statement)
        presence = self.presence
        if presence == "included":
            if not values:
                return "presence", f"{self.location} must be there"
            if UNMATCHABLE in values:
                return (
                    "presence",
                    f"{self.location} must be there in each of the places that the location finds",
                )
        elif presence == "excluded":
            if values and any(value is not UNMATCHABLE for value in values):
                return "presence", f"{self.location} must not be there"
        elif presence and not values:
            return None  # what is only recommended is not there
        return self._values(values)

    def _values(self, values: Sequence[Any]) -> Broken | None:
        if self.any is None and self.all is None and self.none is None:
            return None
        found = [value if type(value) in _AS_THEY_ARE else comparable(value) for value in values]
        if self.any is not None and self.any.isdisjoint(found):
            return "any", f"{self.location} must have one of {_listed(self.any)}"
        if self.all is not None and not self.all.issuperset(found):
            return "all", f"{self.location} must have nothing but {_listed(self.all)}"
        if self.none is not None and not self.none.isdisjoint(found):
            return "none", f"{self.location} must have none of {_listed(self.none)}"
        return None


def compiled(rule: Json) -> Rule:
    """A rule of a profile. NotAPath where its location or selector is none."""
    location, selector = rule["location"], rule.get("selector")
    find = jsonpath.compiled(location)
    if selector is not None:
        location, find = f"{location} > {selector}", _selecting(find, jsonpath.compiled(selector))
    return Rule(
        location,
        find,
        rule.get("presence", ""),
        *(
            frozenset(map(comparable, rule[name])) if name in rule else None
            for name in ("any", "all", "none")
        ),
    )


def comparable(value: Any, deepest: int = DEEPEST) -> Any:
    """Something hashable that is equal where the JSON values are: 1 and 1.0 are, 1 and true are not.

    What is nested deeper than a profile may be is equal to nothing in one.
    """
    if isinstance(value, bool):
        return ("boolean", value)
    if not isinstance(value, list | dict):
        return value
    if not deepest:
        return UNMATCHABLE
    if isinstance(value, list):
        return ("array", tuple(comparable(one, deepest - 1) for one in value))
    return ("object", frozenset((name, comparable(one, deepest - 1)) for name, one in value.items()))


def _selecting(find: jsonpath.Find, select: Callable[[Any], Sequence[Any]]) -> jsonpath.Find:
    def found(statement: Any) -> list[Any]:
        return [value for each in find(statement) for value in select(each) or (UNMATCHABLE,)]

    return found


def _listed(values: Iterable[Any]) -> str:
    return ", ".join(sorted(map(_written, values)))


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        kind, inside = cast(tuple[str, Any], value)
        return str(inside).lower() if kind == "boolean" else f"an {kind}"
    return "null" if value is None else str(value)
