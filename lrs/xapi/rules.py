"""What must hold? The rules of schema/statement-*.json, run by a validator that knows our keywords."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from jsonschema_rs import Draft202012Validator, RegexOptions

from lrs.xapi import time
from lrs.xapi.version import Version
from lrs.xapi.vocabulary import Json

_NUMBER = (int, float)


class Rules:
    """The rules of one version, as a whole and one by one."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self._parts: dict[tuple[int, str], Draft202012Validator] = {}

    def hold(self, schema: Json | bool, value: Any, keyword: str = "") -> bool:
        """Does this schema of the document, or one keyword of it, hold for the value?"""
        part = self._parts.get((id(schema), keyword))
        if part is None:
            part = self._parts[id(schema), keyword] = self._compile(schema, keyword)
        return part.is_valid(value)

    def named(self, schema: Json, name: str) -> bool:
        """Does a pattern for names in this schema fit the name?"""
        (pattern,) = schema["patternProperties"]
        part = self._parts.get((id(schema), "name"))
        if part is None:
            part = self._parts[id(schema), "name"] = compiled({"pattern": pattern})
        return part.is_valid(name)

    def referred(self, schema: Json) -> Json:
        """What the schema refers to."""
        found: Json = self.document["$defs"][schema["$ref"].rpartition("/")[2]]
        return found

    def _compile(self, schema: Json | bool, keyword: str) -> Draft202012Validator:
        if isinstance(schema, bool):
            return compiled(schema)
        part = {keyword: schema[keyword]} if keyword else schema
        return compiled(part | {"$defs": self.document["$defs"]})


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


def compiled(schema: Json | bool) -> Draft202012Validator:
    """The validator of a schema that may use our keywords and our format."""
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


def _keyword(holds: Callable[[Any, Any], bool]) -> type:
    """A keyword of ours as the validator wants it: it raises where the rule does not hold."""

    class Keyword:
        def __init__(self, _schema: Json, argument: Any, _path: list[str | int]) -> None:
            self.argument = argument

        def validate(self, instance: Any) -> None:
            if not holds(self.argument, instance):
                raise ValueError

    return Keyword


def _load(version: Version) -> Rules:
    text = Path(__file__).with_name("schema").joinpath(f"statement-{version}.json").read_text("utf-8")
    return Rules(json.loads(text))


RULES = {version: _load(version) for version in get_args(Version)}
