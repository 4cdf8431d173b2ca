"""Which projections are there? Whatever is installed and says so: ours and those of others alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TypeVar

from lrs.errors import OperatorError
from projections.projection import Projection
from projections.resource import Resource

PROJECTIONS, RESOURCES = "lrs.projections", "lrs.resources"
# It becomes part of the names of tables, of which PostgreSQL keeps 63 characters. Those of a projection
# tally_v1 would be taken for tables of the first build of tally.
_NAME = re.compile(r"(?!.*_v[0-9]+(_|\Z))[a-z][a-z0-9_]{0,29}\Z")

T = TypeVar("T")


@cache
def projections() -> tuple[Projection, ...]:
    """All that are installed, by name; each entry point of the group `lrs.projections` is one."""
    found: dict[str, Projection] = {}
    for point, projection in _loaded(PROJECTIONS, Projection):
        if not _NAME.match(projection.name):
            raise OperatorError(
                f"{point.value} names its projection {projection.name!r}: "
                "a small letter, then small letters, digits and _, at most 30, without a version such as _v1."
            )
        if found.setdefault(projection.name, projection) is not projection:
            raise OperatorError(f"Two projections are named {projection.name}; one is {point.value}.")
    return tuple(found[name] for name in sorted(found))


@cache
def resources() -> tuple[Resource, ...]:
    """What can be read of them; each entry point of the group `lrs.resources` is a tuple of them."""
    return tuple(resource for _, several in _loaded(RESOURCES, tuple) for resource in several)


def projection(name: str) -> Projection:
    """The one of this name; OperatorError where there is none."""
    for each in projections():
        if each.name == name:
            return each
    known = ", ".join(each.name for each in projections()) or "none"
    raise OperatorError(f"There is no projection {name!r}; installed: {known}.")


def _loaded(group: str, kind: type[T]) -> Iterator[tuple[EntryPoint, T]]:
    for point in sorted(entry_points(group=group)):
        try:
            loaded = point.load()
        except Exception as error:
            raise OperatorError(
                f"{point.value}, installed in the group {group}, cannot be loaded: {error!r}"
            ) from error
        if not isinstance(loaded, kind):
            raise OperatorError(f"{point.value}, installed in the group {group}, is no {kind.__name__}.")
        yield point, loaded
