"""What is a projection? A name, a version, the topics it wants, its tables, and a pure fold."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from lrs.log.event_log import Recorded


class Insert(NamedTuple):
    """A row for one of the projection's tables, a value for every column; those of a batch are copied."""

    table: str
    row: tuple[Any, ...]


class Run(NamedTuple):
    """One of the projection's own queries (a block of its queries.sql), with parameters by name.

    Of those of a batch that are to run `once`, by the same word for it, only the first does.
    """

    query: str
    parameters: dict[str, Any]
    once: Hashable = None


Change = Insert | Run
Fold = Callable[[Recorded], Iterable[Change]]
# Asks one of the projection's own queries, with parameters by name.
Ask = Callable[[str, dict[str, Any]], Sequence[tuple[Any, ...]]]
# What follows from rows that are in the tables, once the events from a position to another are in them.
Closing = Callable[[Ask, int, int], Iterable[Change]]


@dataclass(frozen=True, slots=True)
class Projection:
    """Follows the log; everything it knows can be thrown away and made again from the log.

    `fold` is pure: what one event changes. Changes of one batch are made table by table and query by query,
    each in the order of the events; between two tables or queries no order is promised, so each query touches
    a table of its own. Raise `version` whenever the same events would give other rows.

    `folder` holds tables.sql (CREATE TABLE …) and queries.sql. In both, `{tenant}.{projection}_line` is the
    table `line` of the tenant and version at hand: tables of several versions stand side by side.

    `ordered` says that what an event changes depends on what earlier ones have changed. An event that failed
    cannot be caught up on then: only a new build makes good for it.

    `topics` is None where it wants every event. `salted` ones see the salts of events, and erased events too,
    which have none; all others are told of no event that is erased.

    `shared` says that a table has rows that several events share: if one of these is erased, all is built
    anew, as it is where a table has no column `position`. Other tables just lose the rows of what is erased.

    `closing` is called at the end of each batch, with the positions of its first and last event. Batches end
    anywhere, so what it makes of all of them must not depend on where they do.
    """

    name: str
    version: int
    topics: frozenset[str] | None
    fold: Fold
    folder: Path
    ordered: bool = False
    salted: bool = False
    shared: bool = False
    closing: Closing | None = None
