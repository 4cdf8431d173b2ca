"""Whose word are statements? The Agent that a person gives as JSON on the command line (Data 2.4.9)."""

from __future__ import annotations

import orjson

from lrs.errors import OperatorError
from lrs.xapi import check
from lrs.xapi.vocabulary import Json

_EXAMPLE = """an Agent looks like {"name": "The school", "mbox": "mailto:school@example.org"}."""


def parse(text: str) -> Json:
    """The Agent, or Group of two; OperatorError, with an example, where it is neither."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise OperatorError(f"--authority is not JSON ({error}); {_EXAMPLE}") from error
    if faults := check.authority(found, "2.0.0", at="/authority"):
        raise OperatorError(f"--authority is no Agent: {'; '.join(map(str, faults))} {_EXAMPLE}")
    return dict(found)
