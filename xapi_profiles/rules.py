"""Does a statement follow one rule of a Statement Template? `follows_rule` of Communication 2.1."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xapi_profiles import jsonpath, wanted
from xapi_profiles.faults import Json
from xapi_profiles.wanted import UNMATCHABLE, Broken, Wanted, comparable

Kept = Callable[[Json], bool]


@dataclass(frozen=True, slots=True)
class Member:
    """What a rule asks of one member of the object in a place; nothing of its `values` if they are None."""

    place: tuple[str, ...]
    name: str
    needed: bool
    unwanted: bool
    values: frozenset[Any] | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule ready to be followed: `kept` is the quick way to ask whether it is, and `broken` tells why not.

    Most rules are about one `member`, and are asked together with others about the same object.
    """

    find: jsonpath.Find
    wanted: Wanted
    member: Member | None
    kept: Kept

    def broken(self, statement: Json) -> Broken | None:
        """The first keyword that the statement breaks, and how; None where it follows the rule."""
        return None if self.kept(statement) else self.wanted.broken(self.find(statement))


def compiled(rule: Json) -> Rule:
    """A rule of a profile. NotAPath where its location or selector is none."""
    location, selector = rule["location"], rule.get("selector")
    find = jsonpath.compiled(location)
    if selector is not None:
        asked = wanted.compiled(rule, f"{location} > {selector}")
        find = _selecting(find, jsonpath.compiled(selector))
        return Rule(find, asked, None, lambda statement: asked.broken(find(statement)) is None)
    asked = wanted.compiled(rule, location)
    member = _member(jsonpath.names(location), asked)
    return Rule(find, asked, member, _kept_by([member]) if member else _kept(find, asked))


def together(rules: Iterable[Rule]) -> list[Kept]:
    """The fewest questions that tell whether a statement follows all of these."""
    kept: list[Kept] = []
    objects: dict[tuple[str, ...], list[Member]] = {}
    for rule in rules:
        if rule.member is None:
            kept.append(rule.kept)
        elif not rule.wanted.nothing:
            objects.setdefault(rule.member.place, []).append(rule.member)
    return [*map(_kept_by, objects.values()), *kept]


def _selecting(find: jsonpath.Find, select: Callable[[Any], Sequence[Any]]) -> jsonpath.Find:
    def found(statement: Any) -> list[Any]:
        return [value for each in find(statement) for value in select(each) or (UNMATCHABLE,)]

    return found


def _member(names: Sequence[str], asked: Wanted) -> Member | None:
    """None where more is asked than that a member is there, or is not, or has one of some values."""
    if not names or any(keyword == "none" for keyword, *_ in asked.values):
        return None
    needed, unwanted = asked.broken(()) is not None, asked.presence == "excluded"
    values = frozenset.intersection(*(named for _, named, *_ in asked.values)) if asked.values else None
    return Member(tuple(names[:-1]), names[-1], needed, unwanted, values)


def _kept(find: jsonpath.Find, asked: Wanted) -> Kept:
    """Without a selector all that is found is there."""
    nothing, something = asked.broken(()) is None, asked.presence != "excluded"

    def kept(statement: Json) -> bool:
        found = find(statement)
        return something and asked.broken_values(found) is None if found else nothing

    return kept


def _kept_by(members: Sequence[Member]) -> Kept:
    """Are the members of one object as they should be? What is no object has none."""
    place = members[0].place
    needed = [one.name for one in members if one.needed]
    unwanted = {one.name for one in members if one.unwanted}
    valued = _valued(members)

    def kept(statement: Any) -> bool:
        found = statement
        for name in place:
            if type(found) is not dict or name not in found:
                return not needed
            found = found[name]
        if type(found) is not dict:
            return not needed
        for name in needed:
            if name not in found:
                return False
        for name, values in valued.items():
            if name in found and comparable(found[name]) not in values:
                return False
        return not unwanted or unwanted.isdisjoint(found)

    return kept


def _valued(members: Iterable[Member]) -> Mapping[str, frozenset[Any]]:
    """The values that all rules about a member let through: however many they are, it is looked at once."""
    valued: dict[str, frozenset[Any]] = {}
    for one in members:
        if one.values is not None:
            valued[one.name] = valued.get(one.name, one.values) & one.values
    return valued
