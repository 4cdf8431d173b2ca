"""What can be asked about the history? A page of who did what when, and where the next one begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from lrs.log import pages
from lrs.log.event_log import PAGE_BYTES, Recorded
from lrs.log.positions import whole_number
from projections.history import entries, filters, read
from projections.history.project import NAME
from projections.learners.read import NAME as LEARNERS
from projections.learners.read import person
from projections.profiles.project import NAME as PROFILES
from projections.resource import Json, Resource, View


def history(view: View, asked: Mapping[str, str]) -> Json:
    """A page of entries; `more` goes on with what was known when the first page was read."""
    known, gone = _begun(view, asked)
    then = replace(view, position=known)
    wanted = filters.wanted(then, asked, gone)
    found = read.page(then, wanted)
    shown = found[: wanted.span.limit]
    if not shown and "learner" in asked:
        person(then, asked["learner"])  # NotFound, which says why, where nobody is known by this id
    more = f"{known}.{shown[-1].position}" if _goes_on(found, shown) else None
    return {"entries": entries.told(then, shown), "more": more}


def _begun(view: View, asked: Mapping[str, str]) -> tuple[int, int | None]:
    """What was known at the first page, and the last position of the page before this one."""
    if "from" not in asked:
        return view.position, None
    known, gone = (whole_number(each) for each in asked["from"].partition(".")[::2])
    if known is None or gone is None:
        raise pages.no_more()
    return min(known, view.position), gone


def _goes_on(found: Sequence[Recorded], shown: Sequence[Recorded]) -> bool:
    """Whether there is more, or may be, since the page is full of what is large."""
    return len(found) > len(shown) or sum(len(each.state) for each in found) >= PAGE_BYTES


_SCHEMA: Any = orjson.loads(Path(__file__).with_name("schema").joinpath("history.json").read_bytes())

RESOURCES = (
    Resource(
        "/audit/history", "Who did what when.", "history/read", (NAME, LEARNERS, PROFILES), history,
        filters.PARAMETERS, _SCHEMA, learner="",
    ),
)  # fmt: skip
