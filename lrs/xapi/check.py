"""Which rules does this statement break? Every fault, each with its place and the rule in words.

The rules stand in schema/statement-*.json. Here is what runs them, what JSON Schema cannot say, and what
turns an error of the validator into a sentence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import orjson
from jsonschema_rs import Draft202012Validator, RegexOptions, ValidationError, ValidationErrorKind

from lrs.errors import Fault
from lrs.xapi import actor, time
from lrs.xapi.version import Version
from lrs.xapi.vocabulary import Json

# The longest JSON, in bytes, of which every fault is looked for.
LARGE = 1 << 16
_NUMBER = (int, float)


def statement(value: Any, version: Version, *, at: str = "") -> list[Fault]:
    """Every fault of one statement; a valid one has none, and that is found out fast."""
    return _faults(_statement[version], value, version, at)


def agent(value: Any, version: Version, *, at: str = "") -> list[Fault]:
    """Every fault of an Agent or a Group that names somebody outside of a statement."""
    faults = _faults(_actor[version], value, version, at)
    if not faults and actor.ifi(value) is None:
        return [Fault(at, "A Group without an identifier names nobody here.", "Data 2.4.2.2")]
    return faults


def duplicates(ids: Sequence[str]) -> list[Fault]:
    """The ids, in lower case, that stand twice in one batch, be the statements equal or not."""
    if len(set(ids)) == len(ids):
        return []
    first: dict[str, int] = {}
    return [
        Fault(f"/{place}/id", f"The statement at /{first[each]} has this id, too.", "Data 2.4.1")
        for place, each in enumerate(ids)
        if first.setdefault(each, place) != place
    ]


def is_moment(text: str) -> bool:
    """The format timestamp: whether the day exists (a pattern looks at the form)."""
    try:
        if 1 < datetime.fromisoformat(text).year < 9999:
            return True
    except ValueError:
        pass
    return time.is_timestamp(text)


def in_range(names: Sequence[str], value: Any) -> bool:
    """The keyword x-range: of three members the first is below the last, and the second not beyond them."""
    if not isinstance(value, dict):
        return True
    low, high = value.get(names[0]), value.get(names[-1])
    numbers = [each for name in names if isinstance(each := value.get(name), _NUMBER)]
    return numbers == sorted(numbers) and (low is None or low != high)


def distinct(name: str, value: Any) -> bool:
    """The keyword x-distinct: this member is another one in every element."""
    elements = value if isinstance(value, list) else []
    found = [one[name] for one in elements if isinstance(one, dict) and isinstance(one.get(name), str)]
    return len(set(found)) == len(found)


def _faults(rules: Draft202012Validator, value: Any, version: Version, at: str) -> list[Fault]:
    try:
        if rules.is_valid(value):
            return []
        errors = _errors(rules, value)
    except ValueError:
        # The validator looks no deeper than 255 levels into what is not valid.
        return [Fault(at, "This is nested too deep to say what is wrong with it.")]
    mistyped = {(*error.instance_path,) for error in errors if _is_mistyped(error)}
    # What is no object at all breaks the other rules for that object only in a manner of speaking.
    telling = (error for error in errors if _is_mistyped(error) or (*error.instance_path,) not in mistyped)
    return list(dict.fromkeys(fault for error in telling for fault in _explain(error, version, at)))


def _errors(rules: Draft202012Validator, value: Any) -> list[ValidationError]:
    """All errors; of something large only the first, for each error keeps a copy of what it is about."""
    if _is_small(value):
        return list(rules.iter_errors(value))
    try:
        rules.validate(value)
    except ValidationError as first:
        return [first]
    return []


def _is_small(value: Any) -> bool:
    try:
        return len(orjson.dumps(value)) <= LARGE
    except orjson.JSONEncodeError:  # nested deeper than it looks
        return False


def _is_mistyped(error: ValidationError) -> bool:
    return isinstance(error.kind, ValidationErrorKind.Type)


def _explain(error: ValidationError, version: Version, at: str) -> Iterator[Fault]:
    """One error is one fault, or one for each property that has no business there."""
    path = _subschemas(_document[version], error.schema_path)
    place = at + "".join(f"/{_escape(step)}" for step in error.instance_path)
    section = _nearest("x-section", path)
    match error.kind:
        case ValidationErrorKind.AdditionalProperties(names):
            for name in names:
                yield Fault(f"{place}/{_escape(name)}", _unknown(name, path), section)
        case ValidationErrorKind.Required(name):
            yield Fault(f"{place}/{_escape(name)}", _missing(name, path), section)
        case ValidationErrorKind.Type():
            yield Fault(place, _mistyped(error.instance, path), section)
        case _:
            yield Fault(place, _nearest("x-rule", path), section)


def _unknown(name: str, path: list[Json]) -> str:
    if "patternProperties" in path[-1]:
        return _nearest("x-rule", path)
    meant = next((known for known in path[-1]["properties"] if known.lower() == name.lower()), None)
    hint = f"; it is spelled {meant}" if meant else ""
    return f"{path[-1]['title']} has no property {name[:100]}{hint}."


def _missing(name: str, path: list[Json]) -> str:
    always = name in path[-1].get("required", ()) and "title" in path[-1]
    return f"{path[-1]['title']} needs the property {name}." if always else _nearest("x-rule", path)


def _mistyped(value: Any, path: list[Json]) -> str:
    if value is None:
        return "A value is null only inside of extensions."
    if "title" in path[-1]:
        return f"{path[-1]['title']} must be an {path[-1]['type']}."
    return _nearest("x-rule", path)


def _subschemas(document: Json, path: Iterable[str | int]) -> list[Json]:
    """The objects on the way down to the one in which the broken keyword stands."""
    found, here = [document], document
    for step in path:
        here = here[step]  # type: ignore[index]
        if isinstance(here, dict):
            found.append(here)
    return found


def _nearest(annotation: str, path: list[Json]) -> str:
    return next((str(schema[annotation]) for schema in reversed(path) if annotation in schema), "")


def _escape(step: Any) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


def _keyword(holds: Callable[[Any, Any], bool]) -> type:
    """A keyword of ours as the validator wants it: it raises where the rule does not hold."""

    class Keyword:
        def __init__(self, _schema: Json, argument: Any, _path: list[str | int]) -> None:
            self.argument = argument

        def validate(self, instance: Any) -> None:
            if not holds(self.argument, instance):
                raise ValueError

    return Keyword


def _compile(schema: Json) -> Draft202012Validator:
    return Draft202012Validator(
        schema,
        formats={"timestamp": is_moment},
        validate_formats=True,
        keywords={
            "x-range": _keyword(in_range),
            "x-distinct": _keyword(distinct),
        },
        # The linear engine: no pattern of ours needs more, and no text can make it slow.
        pattern_options=RegexOptions(),
    )


def _load(version: Version) -> Json:
    text = Path(__file__).with_name("schema").joinpath(f"statement-{version}.json").read_text("utf-8")
    document: Json = json.loads(text)
    return document


_document = {version: _load(version) for version in get_args(Version)}
_statement = {version: _compile(document) for version, document in _document.items()}
_actor = {
    version: _compile({"$ref": "#/$defs/actor", "$defs": document["$defs"]})
    for version, document in _document.items()
}
