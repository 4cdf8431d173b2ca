"""Does a statement use extensions and Activities as a profile defines them? Structure 7.2 and 7.4."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from xapi_profiles import inline
from xapi_profiles.faults import Json, each, pointer

_EXTENSIONS = {
    "ContextExtension": "context",
    "ResultExtension": "result",
    "ActivityExtension": "the definition of an Activity",
}
_LANGUAGE_MAPS = ("name", "description")
_COMPONENTS = ("choices", "scale", "source", "target", "steps")
# Who sends a value with more faults than these will look at the first of them first.
MOST_FAULTS = 10
_NONE: Json = {}
_Types = frozenset[type]
# Of an extension: values of these types are allowed, and of others those that pass.
_Allowed = tuple[_Types, Callable[[Any], bool]]
# Of a part of a statement: the place of its extensions, these, the Activity of the profile that it is, where.
_Used = tuple[str, Json, Json | None, str]


class Misuse(NamedTuple):
    """A Concept that a statement uses otherwise than it is defined: where in the statement, which, and how.

    Where it is not `binding` the specification says SHOULD, and the statement is no less valid.
    """

    pointer: str
    concept: str
    reason: str
    binding: bool = True


class Extension(NamedTuple):
    """An extension of a profile; without a schema any value will do, with one every value of these types."""

    type: str
    schema: inline.Validator | None
    types: _Types = frozenset()


class Concepts:
    """The extensions and Activities of a profile."""

    def __init__(self, extensions: Mapping[str, Extension], activities: Mapping[str, Json]) -> None:
        self._extensions = extensions
        self._activities = activities
        self._allowed = {place: _allowed(extensions, place) for place in _EXTENSIONS}

    def misuses(self, statement: Json) -> list[Misuse]:
        """Every misuse in a statement whose contextActivities are in arrays, and in its SubStatement."""
        return [misuse for used in self._used(statement) for misuse in self._of(*used)]

    def misused(self, statement: Json) -> bool:
        """Is one of them binding?"""
        for place, extensions, activity, at in self._used(statement):
            if (extensions and self._wrong(place, extensions)) or (
                activity and binding(self._of_activity(activity, at))
            ):
                return True
        return False

    def _used(self, statement: Json) -> list[_Used]:
        """All that could be misused: extensions, and definitions of Activities of the profile."""
        found: list[_Used] = []
        if self._extensions or self._activities:
            self._look(statement, "", found)
            if statement["object"].get("objectType") == "SubStatement":
                self._look(statement["object"], "/object", found)
        return found

    def _look(self, statement: Json, at: str, found: list[_Used]) -> None:
        context, about = statement.get("context", _NONE), statement["object"]
        if extensions := context.get("extensions"):
            found.append(("ContextExtension", extensions, None, f"{at}/context"))
        if extensions := statement.get("result", _NONE).get("extensions"):
            found.append(("ResultExtension", extensions, None, f"{at}/result"))
        if about.get("objectType", "Activity") == "Activity" and "definition" in about:
            self._look_at_activity(about, f"{at}/object", found)
        for kind, activities in context.get("contextActivities", _NONE).items():
            for number, activity in enumerate(activities):
                if "definition" in activity:
                    self._look_at_activity(activity, f"{at}/context/contextActivities/{kind}/{number}", found)

    def _look_at_activity(self, activity: Json, at: str, found: list[_Used]) -> None:
        definition = activity["definition"]
        if definition is None:
            return
        extensions = definition.get("extensions")
        known = activity if activity["id"] in self._activities else None
        if extensions or known:
            found.append(("ActivityExtension", extensions or _NONE, known, f"{at}/definition"))

    def _wrong(self, place: str, extensions: Json) -> list[str]:
        """The extensions that are where they, or their values, are not allowed."""
        allowed, wrong = self._allowed[place], []
        for iri, value in extensions.items():
            if iri in allowed:
                types, is_valid = allowed[iri]
                if type(value) not in types and not is_valid(value):
                    wrong.append(iri)
        return wrong

    def _of(self, place: str, extensions: Json, activity: Json | None, at: str) -> Iterator[Misuse]:
        for iri in self._wrong(place, extensions):
            known, where = self._extensions[iri], f"{at}/extensions{pointer(iri)}"
            if known.type != place or known.schema is None:
                yield Misuse(where, iri, f"a {known.type} belongs in {_EXTENSIONS[known.type]} only")
            else:
                for error in islice(known.schema.iter_errors(extensions[iri]), MOST_FAULTS):
                    yield Misuse(where + pointer(*error.instance_path), iri, shortened(error.message))
        if activity:
            yield from self._of_activity(activity, at)

    def _of_activity(self, activity: Json, at: str) -> Iterator[Misuse]:
        iri = activity["id"]
        return _of_definition(iri, activity["definition"], self._activities[iri], at)


def compiled(document: Json) -> Concepts:
    """The Concepts of a profile; a schema that is none is passed over, and has been told as a fault."""
    found = [one for _, one in each(document, "concepts")]
    return Concepts(
        {one["id"]: _extension(one) for one in found if one["type"] in _EXTENSIONS},
        {one["id"]: one["activityDefinition"] for one in found if one.get("activityDefinition") is not None},
    )


def _extension(concept: Json) -> Extension:
    if "inlineSchema" not in concept:
        return Extension(concept["type"], None)
    try:
        schema = inline.compiled(concept["inlineSchema"])
    except inline.NotASchema:
        return Extension(concept["type"], None)
    return Extension(concept["type"], schema, inline.allowed_types(concept["inlineSchema"]))


def _allowed(extensions: Mapping[str, Extension], place: str) -> Mapping[str, _Allowed]:
    """What extensions may be where those of one type belong; nothing is said of those with any value."""
    allowed: dict[str, _Allowed] = {}
    for iri, one in extensions.items():
        if one.type != place:
            allowed[iri] = frozenset(), _nothing
        elif one.schema is not None:
            allowed[iri] = one.types, one.schema.is_valid
    return allowed


def _nothing(value: Any) -> bool:
    return False


def _of_definition(iri: str, definition: Json, canonical: Json, at: str) -> Iterator[Misuse]:
    if "@context" in definition:
        yield Misuse(f"{at}/@context", iri, "a definition in a statement must not have a @context")
    for name, value in canonical.items():
        if name != "@context" and name not in definition:
            yield Misuse(
                at + pointer(name), iri, "the definition should have this as the profile has it", False
            )
        elif name not in ("@context", *_LANGUAGE_MAPS) and _plain(name, definition[name]) != _plain(
            name, value
        ):
            yield Misuse(at + pointer(name), iri, "this should be as the profile has it", False)


def _plain(name: str, value: Any) -> Any:
    """What has to be equal: without texts in languages, and without what means something only in JSON-LD."""
    if name in _COMPONENTS and isinstance(value, list):
        return [{**one, "description": None} for one in value]
    if name == "extensions" and isinstance(value, dict):
        return {iri: _without_context(one) for iri, one in value.items()}
    return value


def _without_context(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_context(one) for one in value]
    if isinstance(value, dict):
        return {name: one for name, one in value.items() if name != "@context"}
    return value


def shortened(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200]}…"


def binding(misuses: Iterable[Misuse]) -> bool:
    """Is one of them forbidden, and not only ill-advised?"""
    return any(one.binding for one in misuses)
