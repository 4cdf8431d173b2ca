"""Does a value have the shape that a profile asks for? JSON Schemas that stand inside of profiles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import jsonschema
import jsonschema_rs

from xapi_profiles.faults import DEEPEST, too_deep

# Without a word of its own a schema is of the draft that the specification recommends (Structure 7.2).
_USUAL = "http://json-schema.org/draft-07/schema#"
_DRAFTS = {
    "http://json-schema.org/draft-04/schema": (jsonschema.Draft4Validator, jsonschema_rs.Draft4Validator),
    "http://json-schema.org/draft-06/schema": (jsonschema.Draft6Validator, jsonschema_rs.Draft6Validator),
    "http://json-schema.org/draft-07/schema": (jsonschema.Draft7Validator, jsonschema_rs.Draft7Validator),
    "https://json-schema.org/draft/2019-09/schema": (
        jsonschema.Draft201909Validator,
        jsonschema_rs.Draft201909Validator,
    ),
    "https://json-schema.org/draft/2020-12/schema": (
        jsonschema.Draft202012Validator,
        jsonschema_rs.Draft202012Validator,
    ),
}
# A pattern that goes astray is given up: no text may keep the one who checks it busy.
_PATTERNS = jsonschema_rs.FancyRegexOptions(backtrack_limit=10_000)

# Every value of these types of Python is one of the type of JSON: true is no number, and 1.0 is left open.
_TYPES: dict[str, Sequence[type]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
_SAYING_NOTHING = {"$schema", "$comment", "title", "description", "default", "examples"}

Validator = Any


class NotASchema(ValueError):
    """This is no JSON Schema that can be used."""


def compiled(schema: str | dict[str, Any]) -> Validator:
    """A validator with `is_valid` and `iter_errors`. NotASchema where there can be none.

    Nothing is ever fetched: a schema that refers to another document is refused.
    """
    document = _parsed(schema) if isinstance(schema, str) else schema
    if too_deep(document):
        raise NotASchema(f"This JSON Schema is nested more than {DEEPEST} deep.")
    draft = document.get("$schema", _USUAL) if isinstance(document, dict) else _USUAL
    known = _DRAFTS.get(str(draft).removesuffix("#"))
    if known is None:
        raise NotASchema(f"This is a JSON Schema of a draft that is not known here: {draft}.")
    if reference := next(_references(document), ""):
        raise NotASchema(f"This JSON Schema refers to another document: {reference}.")
    explaining, fast = known
    try:
        explaining.check_schema(document)
        return fast(document, validate_formats=True, pattern_options=_PATTERNS, retriever=_nothing)
    except jsonschema.SchemaError as error:
        raise NotASchema(f"This is no JSON Schema: {error.message}.") from error
    except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
        raise NotASchema(f"This is a JSON Schema that cannot be used: {error}.") from error


def allowed_types(schema: str | dict[str, Any]) -> frozenset[type]:
    """Types of Python of which a schema allows every value: some where it says nothing but a type."""
    document = _parsed(schema) if isinstance(schema, str) else schema
    if not isinstance(document, dict) or document.keys() - _SAYING_NOTHING != {"type"}:
        return frozenset()
    names = [document["type"]] if isinstance(document["type"], str) else document["type"]
    return frozenset(one for name in names for one in _TYPES.get(name, ()))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotASchema(f"This is no JSON: {error}.") from error


def _references(schema: Any) -> Iterator[str]:
    waiting = [schema]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            for name in ("$ref", "$dynamicRef", "$recursiveRef"):
                if isinstance(target := one.get(name), str) and not target.startswith("#"):
                    yield target
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _nothing(uri: str) -> Any:
    raise ValueError(f"{uri} is not fetched")
