"""What was known at a position? The profiles in force, and statements with whether they are voided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from lrs.database import sql
from lrs.errors import NotFound
from lrs.xapi.vocabulary import VOIDED, Json
from projections.profiles import force
from projections.profiles.blocks import Stored
from projections.profiles.force import Added
from projections.profiles.project import NAME
from projections.projection import Ask
from projections.resource import View
from projections.testimony import parts

QUERIES = sql.Queries(str(Path(__file__).with_name("queries.py")))
PAGE = 500


class Said(NamedTuple):
    """A statement of the log, and whether it is voided."""

    statement: Json
    voided: bool


def in_force(view: View) -> list[Added]:
    """The profiles that are added and not switched off, as of a view."""
    return force.in_force(_changes(view))


def added(view: View, profile: str) -> Added:
    """One of them; NotFound where it is not in force."""
    for each in in_force(view):
        if each.profile == profile:
            return each
    raise NotFound(f"There is no profile {profile[:200]} in force.")


def asking(view: View) -> Ask:
    """Asks the queries of the view's tables."""

    def ask(name: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        query = QUERIES(view.tenant, name, projection=view.tables[NAME])
        return view.connection.execute(query, parameters, binary=True).fetchall()

    return ask


def statement(view: View, id: UUID) -> Said | None:
    """The one with this id, where it is known."""
    rows = asking(view)("named", {"id": id, "position": view.position})
    return next((_said(state, voided=voided) for _, state, voided in rows), None)


def of_registration(view: View, registration: UUID) -> Iterator[Said]:
    """Its statements, in the order in which they came."""
    wanted: dict[str, Any] = {
        "registration": registration,
        "position": view.position,
        "limit": PAGE,
        "after": 0,
    }
    while rows := asking(view)("of_registration", wanted):
        yield from (_said(state, voided=voided) for _, state, voided in rows)
        wanted["after"] = rows[-1][0]


def voided(view: View, after: int, until: int) -> Iterator[Stored]:
    """The statements of a span that are voided."""
    wanted = {"position": view.position, "after": after, "until": until}
    for position, state in asking(view)("voided", wanted):
        said = _said(state, voided=True)
        if said.voided:
            yield Stored(position, said.statement)


def before(view: View, time: datetime) -> int:
    """The last position that was stored before a time, 0 where there is none; not after the view's."""
    rows = asking(view)("before", {"time": time})
    return min(rows[0][0], view.position) if rows else 0


def _changes(view: View) -> list[tuple[Any, ...]]:
    return list(asking(view)("changes", {"position": view.position}))


def _said(state: bytes, *, voided: bool) -> Said:
    found = parts.parsed(state)
    # Data 2.3.2: a voiding statement cannot be voided.
    return Said(found, voided and found["verb"]["id"] != VOIDED)
