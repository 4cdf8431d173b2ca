"""What can be read of projections? Declared here, served by whoever speaks HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import Connection

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class View:
    """A tenant's projections as they were at a position: one transaction, and the prefixes of the tables.

    Every table says with a position since when it knows what it says; what is later is not to be seen.
    """

    connection: Connection[Any]
    tenant: str
    position: int
    time: datetime
    tables: Mapping[str, str]
    amendments: Mapping[str, int] = field(default_factory=dict)

    def amended(self, name: str) -> int:
        """How often rows of positions that a projection had passed were removed or added: see `builds`."""
        return self.amendments.get(name, 0)


@dataclass(frozen=True, slots=True)
class Bare:
    """A document in the form of another standard, to which nothing is added, and headers that go with it."""

    document: Json
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing that can be asked for; `projections` are those that it looks at.

    `position` and `as_of` are added to what `read` says, but not to what is Bare.

    A key bound to a learner may ask where the path's part named `learner` is that learner.

    What is `personal` tells of learners, of the one that the parameter `learner` names, or else of several:
    who reads it is noted in the access log.
    """

    path: str
    summary: str
    need: str
    projections: tuple[str, ...]
    read: Callable[[View, Mapping[str, str]], Json | Bare]
    parameters: Sequence[Json] = ()
    schema: Json | None = None
    learner: str = "learner"
    personal: bool = True
