"""What is wrong with it, and where? Every broken rule, one after the other, for as long as one asks.

The validator would tell all at once, each with a copy of what it is about: gigabytes for a large statement.
So this goes down into what is not valid by itself, and asks the validator at each step whether a rule holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from lrs.errors import Fault
from lrs.xapi.rules import Rules
from lrs.xapi.vocabulary import Json


class Place(NamedTuple):
    """Where the walk is: the schemas on the way down from the last reference, the value, and its pointer."""

    rules: Rules
    path: tuple[Any, ...]
    value: Any
    pointer: str

    def holds(self, keyword: str = "") -> bool:
        """Does the schema, or one keyword of it, hold here?"""
        return self.rules.hold(self.path[-1], self.value, keyword)

    def under(self, *schemas: Any) -> Place:
        """The same value, under a schema within this one."""
        return self._replace(path=(*self.path, *schemas))

    def broken(self, sentence: str = "", *, at: str | None = None) -> Fault:
        """The fault that this is, in the words of the nearest schema or in these, here or at a member."""
        pointer = self.pointer if at is None else f"{self.pointer}/{_escape(at)}"
        return Fault(pointer, sentence or self.nearest("x-rule"), self.nearest("x-section"))

    def nearest(self, annotation: str) -> str:
        """What the nearest schema that has this annotation says."""
        schemas = (each for each in reversed(self.path) if isinstance(each, dict))
        return next((str(schema[annotation]) for schema in schemas if annotation in schema), "")


def find(rules: Rules, schema: Json, value: Any, *, at: str) -> Iterator[Fault]:
    """The faults of a value, whose pointer is `at`; an equal one may come twice."""
    return _below(Place(rules, (rules.document, schema), value, at))


def _below(place: Place) -> Iterator[Fault]:
    if place.holds():
        return
    schema = place.path[-1]
    if schema is False:
        yield place.broken()
    elif "$ref" in schema:
        target = place.rules.referred(schema)
        yield from _below(place._replace(path=(place.rules.document, target)))
    elif "type" in schema and not place.holds("type"):
        # What is no object at all breaks the other rules for that object only in a manner of speaking.
        yield place.broken(_mistyped(place.value, schema))
    else:
        for keyword, argument in schema.items():
            yield from _LOOK.get(keyword, _itself)(place, keyword, argument)


def _itself(place: Place, keyword: str, _: Any) -> Iterator[Fault]:
    """A rule for the value as a whole, or an annotation, which always holds."""
    if not place.holds(keyword):
        yield place.broken()


def _required(place: Place, _: str, names: list[str]) -> Iterator[Fault]:
    if isinstance(place.value, dict):
        yield from (place.broken(_missing(name, place), at=name) for name in names if name not in place.value)


def _dependent(place: Place, _: str, needs: dict[str, list[str]]) -> Iterator[Fault]:
    for name, names in needs.items():
        if isinstance(place.value, dict) and name in place.value:
            yield from _required(place, "", names)


def _properties(place: Place, _: str, schemas: Json) -> Iterator[Fault]:
    if isinstance(place.value, dict):
        for name, schema in schemas.items():
            if name in place.value:
                yield from _child(place, name, schema)


def _patterns(place: Place, _: str, schemas: Json) -> Iterator[Fault]:
    """All patterns of ours have one schema each, and stand alone."""
    ((_, schema),) = schemas.items()
    for name in _names(place.value):
        if _fits(place, name):
            yield from _child(place, name, schema)


def _additional(place: Place, _: str, __: bool) -> Iterator[Fault]:
    """It is always false."""
    known = place.path[-1].get("properties", {})
    for name in _names(place.value):
        if name not in known and not _fits(place, name):
            yield place.broken(_unknown(name, place), at=name)


def _items(place: Place, _: str, schema: Json) -> Iterator[Fault]:
    if isinstance(place.value, list):
        for number in range(len(place.value)):
            yield from _child(place, number, schema)


def _all(place: Place, _: str, schemas: list[Json]) -> Iterator[Fault]:
    for schema in schemas:
        yield from _below(place.under(schema))


def _if(place: Place, _: str, condition: Json) -> Iterator[Fault]:
    branch = "then" if place.rules.hold(condition, place.value) else "else"
    if branch in place.path[-1]:
        yield from _below(place.under(place.path[-1][branch]))


def _child(place: Place, step: str | int, schema: Any) -> Iterator[Fault]:
    value = place.value[step]
    if not place.rules.hold(schema, value):  # most are valid, and need no place of their own
        pointer = f"{place.pointer}/{_escape(step)}"
        yield from _below(Place(place.rules, (*place.path, schema), value, pointer))


def _names(value: Any) -> Iterator[str]:
    return iter(value if isinstance(value, dict) else ())


def _fits(place: Place, name: str) -> bool:
    """Is the name one of a pattern?"""
    schema = place.path[-1]
    return "patternProperties" in schema and place.rules.named(schema, name)


def _mistyped(value: Any, schema: Json) -> str:
    if value is None:
        return "A value is null only inside of extensions."
    return f"{schema['title']} must be an {schema['type']}." if "title" in schema else ""


def _missing(name: str, place: Place) -> str:
    schema = place.path[-1]
    always = name in schema.get("required", ()) and "title" in schema
    return f"{schema['title']} needs the property {name}." if always else ""


def _unknown(name: str, place: Place) -> str:
    schema = place.path[-1]
    if "patternProperties" in schema:
        return ""
    meant = next((known for known in schema["properties"] if known.lower() == name.lower()), None)
    hint = f"; it is spelled {meant}" if meant else ""
    return f"{schema['title']} has no property {name[:100]}{hint}."


def _escape(step: str | int) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


_LOOK: dict[str, Callable[[Place, str, Any], Iterator[Fault]]] = {
    "required": _required,
    "dependentRequired": _dependent,
    "properties": _properties,
    "patternProperties": _patterns,
    "additionalProperties": _additional,
    "items": _items,
    "allOf": _all,
    "if": _if,
}
