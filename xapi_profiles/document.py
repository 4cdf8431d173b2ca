"""Does this document have the shape of a profile? Structure 4.0 to 9.0, for each part by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from xapi_profiles import inline, jsonpath
from xapi_profiles.faults import Fault, Json, each, pointer

CONTEXT = "https://w3id.org/xapi/profiles/context"

_SCHEMA: Json = json.loads(Path(__file__).with_name("schema").joinpath("profile.json").read_text("utf-8"))
_FORMATS = FormatChecker(formats=())
# Nothing can be found, and nothing be named, without these.
_VITAL = ("id", "type", "location")


@_FORMATS.checks("timestamp", raises=ValueError)
def _is_timestamp(value: Any) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


_VALIDATOR: Any = Draft202012Validator(_SCHEMA, format_checker=_FORMATS)


def check(document: Any) -> list[Fault]:
    """Every fault of a profile that can be seen without looking from one part of it to another."""
    told = (fault for error in _VALIDATOR.iter_errors(document) for fault in _told(error, document))
    shape = list(dict.fromkeys(told))  # the validator tells of each missing name, and so do we
    known = {fault.pointer for fault in shape}
    empty = [fault for fault in _empty(document, "") if fault.pointer not in known]
    return [*shape, *empty, *_paths(document), *_inline_schemas(document), *_contexts(document)]


def _told(error: ValidationError, document: Any) -> Iterator[Fault]:
    """The faults that a broken keyword means: one, or one for each name that is missing or unknown."""
    place = tuple(error.absolute_path)
    value: Any = error.instance
    schema: Json = error.schema if isinstance(error.schema, dict) else {}
    section = _section(error)
    if error.validator == "required":
        for name in schema["required"]:
            if name not in value:
                rule = f"{schema['title']} needs the property {name}."
                yield Fault(pointer(*place, name), rule, section, name in _VITAL)
    elif error.validator == "additionalProperties":
        for name in value.keys() - schema["properties"].keys():
            if not _has_meaning(name, document):
                rule = f"{schema['title']} has no property {name}; others are written as IRIs."
                yield Fault(pointer(*place, name), rule, section)
    else:
        vital = schema.get("x-vital", error.validator == "type")
        yield Fault(pointer(*place), schema.get("x-rule", error.message), section, vital)


def _section(error: ValidationError) -> str:
    """The nearest section on the way down from the schema of a whole profile."""
    schema: Any = _SCHEMA
    found = ""
    for step in error.absolute_schema_path:
        schema = schema[step]
        while isinstance(schema, dict) and "$ref" in schema:
            schema = _SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
        if isinstance(schema, dict):
            found = schema.get("x-section", found)
    return found or str(_SCHEMA["x-section"])


def _has_meaning(name: str, document: Json) -> bool:
    """A keyword of JSON-LD, an IRI, or a term of a context of the profile's own (Structure 4.0)."""
    return name.startswith("@") or ":" in name or _further_contexts(document, name)


def _further_contexts(document: Json, term: str = "") -> bool:
    """Has the profile a context of its own, and may that define this term?"""
    contexts = document.get("@context")
    listed = contexts if isinstance(contexts, list) else [contexts]
    return any(term in each if isinstance(each, dict) and term else each != CONTEXT for each in listed)


def _empty(value: Any, at: str) -> Iterator[Fault]:
    if value is None or value in ("", [], {}):
        rule = "A value must not be null, an empty text, an empty array or an empty object."
        yield Fault(at, rule, "Structure 4.0")
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in steps:
        if step not in ("inlineSchema", "@context"):
            yield from _empty(one, at + pointer(step))


def _paths(document: Any) -> Iterator[Fault]:
    for at, template in each(document, "templates"):
        for below, rule in each(template, "rules"):
            for name in ("location", "selector"):
                if isinstance(text := rule.get(name), str):
                    try:
                        jsonpath.parse(text)
                    except jsonpath.NotAPath as error:
                        sentence = f"This is no JSONPath that a profile may use: {error}."
                        yield Fault(f"{at}{below}/{name}", sentence, "Structure 8.1", vital=True)


def _inline_schemas(document: Any) -> Iterator[Fault]:
    for at, concept in each(document, "concepts"):
        if isinstance(schema := concept.get("inlineSchema"), str | dict):
            try:
                inline.compiled(schema)
            except inline.NotASchema as error:
                section = (
                    "Structure 7.3" if str(concept.get("type")).endswith("Resource") else "Structure 7.2"
                )
                yield Fault(f"{at}/inlineSchema", f"{error} Nothing is checked against it.", section)


def _contexts(document: Any) -> Iterator[Fault]:
    """What is written as an object has members, and these have to mean something in JSON-LD."""
    for at, concept in each(document, "concepts"):
        definition = concept.get("activityDefinition")
        extensions = definition.get("extensions") if isinstance(definition, dict) else None
        for name, value in extensions.items() if isinstance(extensions, dict) else ():
            values = value if isinstance(value, list) else [value]
            if any(isinstance(one, dict) and "@context" not in one for one in values):
                where = f"{at}/activityDefinition/extensions{pointer(name)}"
                yield Fault(where, "An object in extensions needs a @context.", "Structure 7.4")
    if isinstance(document, dict) and not _further_contexts(document):
        for at, template in each(document, "templates"):
            for below, rule in each(template, "rules"):
                for name in ("any", "all", "none"):
                    named = rule.get(name)
                    if isinstance(named, list) and any(isinstance(one, dict) for one in named):
                        sentence = "The keys of objects need an additional @context in the profile."
                        yield Fault(f"{at}{below}/{name}", sentence, "Structure 8.1")
