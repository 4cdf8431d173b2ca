"""Which rules does this input break? Every fault, each with its JSON pointer and the rule in words.

The rules stand in schema/*.json, which says of each value what it must be (`x-rule`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator, RegexOptions, ValidationError, ValidationErrorKind

from lrs.errors import BadRequest, Fault
from lrs.xapi import check
from lrs.xapi.vocabulary import Json

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_MONTH_DAY = re.compile(r"\d{2}-\d{2}\Z", re.ASCII)
# Of a year without a leap day: a term that began on the 29th of February would not begin every year.
_ANY_YEAR = "2001-"


def require(faults: Iterable[Fault], what: str) -> None:
    """BadRequest with all faults, if there are any."""
    if found := tuple(faults):
        raise BadRequest(f"{what} breaks rules.", faults=found)


def shape(document: str, part: str, value: Any) -> list[Fault]:
    """Every fault against one part of a schema, or against all of it where the part is empty."""
    schema = load(document)
    errors = _validator(document, part).iter_errors(value)
    return [fault for error in errors for fault in _explain(error, schema)]


def fits(document: str, part: str, value: Any) -> bool:
    """Whether it has no fault, without making all of them."""
    return bool(_validator(document, part).is_valid(value))


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


def is_month_day(text: str) -> bool:
    """The format month-day: a day of every year."""
    return bool(_MONTH_DAY.match(text)) and is_day(_ANY_YEAR + text)


@cache
def _validator(document: str, part: str) -> Draft202012Validator:
    schema = load(document)
    return Draft202012Validator(
        {"$ref": f"#/$defs/{part}", "$defs": schema["$defs"]} if part else schema,
        formats={"day": is_day, "month-day": is_month_day},
        validate_formats=True,
        # The linear engine: no text can make a pattern slow.
        pattern_options=RegexOptions(),
    )


def _explain(error: ValidationError, schema: Json) -> Iterator[Fault]:
    path = _subschemas(schema, error.schema_path)
    at = pointer(*error.instance_path)
    match error.kind:
        case ValidationErrorKind.AdditionalProperties(names):
            known = ", ".join(path[-1].get("properties", ()))
            for name in names:
                rule = f"is not known: {path[-1].get('title', 'this')} has {known}"
                yield Fault(at + pointer(name), rule)
        case ValidationErrorKind.Required(name):
            yield Fault(at + pointer(name), f"is missing: {path[-1]['title']} needs it")
        case ValidationErrorKind.PropertyNames(inner):
            yield Fault(at + pointer(inner.instance), _rule(path))
        case _:
            yield Fault(at, _rule(path))


def _subschemas(schema: Json, path: Iterable[str | int]) -> list[Json]:
    """The objects on the way down to the one in which the broken keyword stands."""
    found, here = [schema], schema
    for step in path:
        here = here[step]  # type: ignore[index]
        if isinstance(here, dict):
            found.append(here)
    return found


def _rule(path: list[Json]) -> str:
    return next((str(each["x-rule"]) for each in reversed(path) if "x-rule" in each), "must be an object")
