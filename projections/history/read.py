"""Which events are next? A page of the log, found by terms: nothing is skipped, and nothing told twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from lrs.database import arrays, sql
from lrs.log.event_log import PAGE_BYTES, Recorded
from lrs.log.pages import Span
from lrs.xapi import actor
from projections.history.project import NAME, term
from projections.resource import View

QUERIES = sql.Queries(str(Path(__file__).with_name("queries.py")))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are asked for: those that have one term of each group, what is rarest first.

    `statement` is wanted as well as those of the first group.
    """

    span: Span
    groups: Sequence[Iterable[UUID]]
    topics: frozenset[str]
    statement: UUID | None


def page(view: View, wanted: Wanted) -> list[Recorded]:
    """The next events, one more than are wanted if there is one; fewer where they are large."""
    groups = [arrays.uuids_of(each.bytes for each in group) for group in wanted.groups]
    terms, also, besides = (*groups, None, None, None)[:3]
    span = wanted.span
    parameters = {
        "after": span.after, "before": span.before, "limit": span.limit + 1, "most": PAGE_BYTES,
        "topics": sorted(wanted.topics) or None, "statement": wanted.statement,
        "terms": terms, "also": also, "besides": besides,
    }  # fmt: skip
    itself = ("itself", "narrowed") if wanted.statement else ()
    of_terms = ("of_terms", "narrowed", "limited", *itself, "found")
    query = QUERIES(
        view.tenant, *(of_terms if groups else ("every",)), "page",
        projection=view.tables[NAME], order="asc" if span.ascending else "desc",
    )  # fmt: skip
    return list(map(Recorded._make, view.connection.execute(query, parameters, binary=True)))


def last_at(view: View, moment: datetime) -> int:
    """The last position stored at or before a time; 0 where there is none."""
    found = view.connection.execute(QUERIES(view.tenant, "last_at"), {"time": moment}).fetchone()
    return found[0] if found else 0


def authorities(view: View, key: str) -> set[str]:
    """The identifiers of the authority that a key was issued with; none where there is no such key."""
    query = QUERIES(view.tenant, "authorities", projection=view.tables[NAME])
    wanted = {"key": term("key", key), "position": view.position}
    issued: list[Any] = [
        orjson.loads(state)["authority"] for (state,) in view.connection.execute(query, wanted, binary=True)
    ]
    return {ifi for each in issued for one in (each, *actor.members(each)) if (ifi := actor.ifi(one))}
