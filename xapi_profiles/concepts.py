"""Does a statement use extensions and Activities as a profile defines them? Structure 7.2 and 7.4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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


class Misuse(NamedTuple):
    """A Concept that a statement uses otherwise than it is defined: where in the statement, which, and how.

    Where it is not `binding` the specification says SHOULD, and the statement is no less valid.
    """

    pointer: str
    concept: str
    reason: str
    binding: bool = True


class Extension(NamedTuple):
    """An extension of a profile; without a schema of its own any value will do."""

    type: str
    schema: inline.Validator | None


class Concepts:
    """The extensions and Activities of a profile."""

    def __init__(self, extensions: Mapping[str, Extension], activities: Mapping[str, Json]) -> None:
        self._extensions = extensions
        self._activities = activities

    def misuses(self, statement: Json) -> list[Misuse]:
        """Every misuse in a statement whose contextActivities are in arrays, and in its SubStatement."""
        found: list[Misuse] = []
        if self._extensions or self._activities:
            self._look(statement, "", found)
            if statement["object"].get("objectType") == "SubStatement":
                self._look(statement["object"], "/object", found)
        return found

    def _look(self, statement: Json, at: str, found: list[Misuse]) -> None:
        for name, kind in (("context", "ContextExtension"), ("result", "ResultExtension")):
            if extensions := statement.get(name, _NONE).get("extensions"):
                found.extend(self._of_extensions(extensions, kind, f"{at}/{name}/extensions"))
        if statement["object"].get("objectType", "Activity") == "Activity":
            self._look_at_activity(statement["object"], f"{at}/object", found)
        groups = statement.get("context", _NONE).get("contextActivities", _NONE)
        for kind, activities in groups.items():
            for number, activity in enumerate(activities):
                if "definition" in activity:
                    where = f"{at}/context/contextActivities/{kind}/{number}"
                    self._look_at_activity(activity, where, found)

    def _look_at_activity(self, activity: Json, at: str, found: list[Misuse]) -> None:
        definition = activity.get("definition")
        if definition is None:
            return
        if extensions := definition.get("extensions"):
            found.extend(self._of_extensions(extensions, "ActivityExtension", f"{at}/definition/extensions"))
        canonical = self._activities.get(activity["id"])
        if canonical is not None:
            found.extend(_of_definition(activity["id"], definition, canonical, f"{at}/definition"))

    def _of_extensions(self, extensions: Json, kind: str, at: str) -> Iterator[Misuse]:
        for iri, value in extensions.items():
            known = self._extensions.get(iri)
            if known is None:
                continue
            if known.type != kind:
                place = _EXTENSIONS[known.type]
                yield Misuse(at + pointer(iri), iri, f"a {known.type} belongs in {place} only")
            elif known.schema is not None and not known.schema.is_valid(value):
                for error in islice(known.schema.iter_errors(value), MOST_FAULTS):
                    where = at + pointer(iri, *error.instance_path)
                    yield Misuse(where, iri, shortened(error.message))


def compiled(document: Json) -> Concepts:
    """The Concepts of a profile; a schema that is none is passed over, and has been told as a fault."""
    found = [one for _, one in each(document, "concepts")]
    return Concepts(
        {one["id"]: Extension(one["type"], _schema(one)) for one in found if one["type"] in _EXTENSIONS},
        {one["id"]: one["activityDefinition"] for one in found if "activityDefinition" in one},
    )


def _schema(concept: Json) -> inline.Validator | None:
    try:
        return inline.compiled(concept["inlineSchema"]) if "inlineSchema" in concept else None
    except inline.NotASchema:
        return None


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
