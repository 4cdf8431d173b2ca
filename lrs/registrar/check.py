"""Which rules does this input break? Every fault, each with its JSON pointer and the rule in words.

The rules stand in schema/*.json, which says of each value what it must be (`x-rule`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache
from itertools import islice
from math import isnan
from pathlib import Path
from typing import Any, cast

import jsonschema_rs
from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators
from jsonschema_rs import RegexOptions

from lrs.errors import BadRequest, Fault
from lrs.xapi import check
from lrs.xapi.vocabulary import Json

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z", re.ASCII)
_MONTH_DAY = re.compile(r"\d{2}-\d{2}\Z", re.ASCII)
# Of a year without a leap day: a term that began on the 29th of February would not begin every year.
_ANY_YEAR = "2001-"


def require(faults: Iterable[Fault], what: str) -> None:
    """BadRequest with all faults, if there are any."""
    if found := tuple(faults):
        raise BadRequest(f"{what} breaks rules.", faults=found)


def shape(document: str, part: str, value: Any) -> list[Fault]:
    """The faults against one part of a schema, or all of it where the part is empty; the first thousand."""
    schema = _part(document, part)
    if _fast(document, part).is_valid(value):
        return []
    errors = _thorough(document, part).iter_errors(value)
    found = (fault for error in errors for fault in _explain(error, schema))
    return list(islice(found, check.MOST_FAULTS)) or [Fault("", f"must be what {document}.json describes")]


def fits(document: str, part: str, value: Any) -> bool:
    """Whether it has no fault, without making all of them."""
    return _fast(document, part).is_valid(value)


def agent(value: Json, at: str) -> list[Fault]:
    """Every fault of an Agent that stands for one person or one system."""
    if value.get("objectType") == "Group":
        return [Fault(at, "must be an Agent; a Group is several", "Data 2.4.2.2")]
    return check.agent(value, "2.0.0", at=at)


@cache
def load(document: str) -> Json:
    """One of our schemas, as it is published."""
    text = Path(__file__).with_name("schema").joinpath(f"{document}.json").read_text("utf-8")
    schema: Json = json.loads(text)
    return schema


def pointer(*steps: object) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def is_day(text: str) -> bool:
    """The format day: a day that exists."""
    try:
        return bool(_DAY.match(text) and date.fromisoformat(text))
    except ValueError:
        return False


def is_uuid(text: str) -> bool:
    """The format uuid: in its usual form of 36 characters."""
    return bool(_UUID.match(text))


def is_month_day(text: str) -> bool:
    """The format month-day: a day of every year."""
    return bool(_MONTH_DAY.match(text)) and is_day(_ANY_YEAR + text)


@cache
def _fast(document: str, part: str) -> jsonschema_rs.Draft202012Validator:
    """Tells whether there is a fault."""
    return jsonschema_rs.Draft202012Validator(
        _part(document, part),
        formats=_FORMATS,
        validate_formats=True,
        # The linear engine: no text can make a pattern slow.
        pattern_options=RegexOptions(),
    )


@cache
def _thorough(document: str, part: str) -> Draft202012Validator:
    """Tells of one fault after the other, for as long as one asks."""
    formats = FormatChecker(formats=())
    for name, fits in _FORMATS.items():
        formats.checks(name, raises=TypeError)(fits)
    return _Validator(_part(document, part), format_checker=formats)


def _part(document: str, part: str) -> Json:
    schema = load(document)
    return {"$ref": f"#/$defs/{part}", "$defs": schema["$defs"]} if part else schema


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    """As the fast one reads it."""
    if isinstance(value, str) and not _compiled(pattern).is_valid(value):
        yield ValidationError(pattern)


def _required(_: Any, names: list[str], value: Any, __: Any) -> Iterator[ValidationError]:
    """With the name as what it says."""
    if isinstance(value, dict):
        yield from (ValidationError(name) for name in names if name not in value)


@cache
def _compiled(pattern: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=RegexOptions())


_FORMATS: dict[str, Callable[[Any], bool]] = {"day": is_day, "month-day": is_month_day, "uuid": is_uuid}
_TYPES = Draft202012Validator.TYPE_CHECKER


def _is_number(_: Any, value: Any) -> bool:
    """YAML has a number that is none, neither below a minimum nor above it."""
    return _TYPES.is_type(value, "number") and not (isinstance(value, float) and isnan(value))


_Validator: type[Draft202012Validator] = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {"pattern": _pattern, "required": _required},
    type_checker=_TYPES.redefine("number", _is_number),
)


def _explain(error: ValidationError, schema: Json) -> Iterator[Fault]:
    path = _subschemas(schema, error.schema_path)
    at = pointer(*error.path)
    match error.validator:
        case "additionalProperties":
            known = path[-1].get("properties", {})
            rule = f"is not known: {path[-1].get('title', 'this')} has {', '.join(known)}"
            unknown = [name for name in cast(Json, error.instance) if name not in known]
            yield from (Fault(at + pointer(name), rule) for name in unknown)
        case "required":
            yield Fault(at + pointer(error.message), f"is missing: {path[-1]['title']} needs it")
        case _ if "propertyNames" in error.schema_path:
            yield Fault(at + pointer(error.instance), _rule(path))
        case _:
            yield Fault(at, _rule(path))


def _subschemas(schema: Json, path: Iterable[str | int]) -> list[Json]:
    """The objects on the way down to the one in which the broken keyword stands."""
    found, here = [schema], schema
    for step in path:
        if step not in here and "$ref" in here:
            found.append(here := schema["$defs"][here["$ref"].rpartition("/")[2]])
        here = here[step]  # type: ignore[index]
        if isinstance(here, dict):
            found.append(here)
    return found


def _rule(path: list[Json]) -> str:
    return next((str(each["x-rule"]) for each in reversed(path) if "x-rule" in each), "must be an object")
