"""What do the headers of a request say? Looked up by name, made into a dictionary once."""

from __future__ import annotations

from starlette.types import Scope

_MADE = "lrs.headers"


def get(scope: Scope, name: bytes) -> str | None:
    """The header of this name, in lower case; the last where it stands twice."""
    headers: dict[bytes, bytes] | None = scope.get(_MADE)
    if headers is None:
        headers = scope[_MADE] = dict(scope["headers"])
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def replace(scope: Scope, headers: list[tuple[bytes, bytes]]) -> None:
    """Give the request other headers."""
    scope["headers"] = headers
    scope.pop(_MADE, None)
