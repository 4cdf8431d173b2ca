"""How does a framework come in? Whole, as it is; what the newest import of it says already is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple
from uuid import UUID

from psycopg import Connection

from lrs.case import package as case
from lrs.database.pool import Database
from lrs.errors import Fault
from lrs.log import streams
from lrs.log.event_log import EventLog
from lrs.log.events import FrameworkImported
from lrs.registrar import check, names, packages
from lrs.xapi.vocabulary import Json


class Checked(NamedTuple):
    """A package that breaks no rule, its hash, and what whoever imports it should know."""

    package: Json
    sha256: str
    notices: list[str]

    @property
    def framework(self) -> str:
        """The identifier of its framework."""
        return case.framework(self.package)


class Imported(NamedTuple):
    """A framework is as it was wanted, since this position; what had to change for it."""

    framework: str
    position: int
    change: Literal["new", "changed", "none"]


class Listed(NamedTuple):
    """A framework as its newest import has it."""

    framework: str
    title: str
    items: int
    associations: int
    position: int
    by: str


def checked(package: Any) -> Checked:
    """A CFPackage that can be imported; BadRequest with every fault, up to 1,000."""
    check.require(packages.faults(package), "The package")
    return Checked(package, case.digest(package), packages.notices(package))


def adopt(
    database: Database, tenant: str, wanted: Sequence[Checked], *, by: str, dry_run: bool = False
) -> list[Imported]:
    """Import these packages together, and tell where the log says so; a dry run only tells what would be."""
    log = EventLog(database, tenant)
    done, happened = [], []
    with log.locked() as connection:
        known = _known(log, connection, wanted)
        position = log.head_of(connection).position
        for each in wanted:
            before = known.get(each.framework)
            if before and before.sha256 == each.sha256:
                done.append(Imported(each.framework, before.position, "none"))
                continue
            position += 1
            known[each.framework] = _Known(each.sha256, position)
            done.append(Imported(each.framework, position, "changed" if before else "new"))
            happened.append((_stream(each), FrameworkImported(each.framework, each.sha256, each.package, by)))
        if happened and not dry_run:
            streams.append(log, connection, happened)
    return done


def put(database: Database, tenant: str, framework: str, package: Any, *, by: str) -> tuple[int, list[str]]:
    """Import one; the position that says so, and notices. BadRequest, also for a package of another."""
    sound = checked(package)
    if framework.lower() != sound.framework:
        rule = f"must be that of the path, {framework[:100]}"
        check.require([Fault("/CFDocument/identifier", rule)], "The package")
    (done,) = adopt(database, tenant, [sound], by=by)
    return done.position, sound.notices


def imported(database: Database, tenant: str) -> Iterator[Listed]:
    """All frameworks, in the order of their newest imports."""
    log = EventLog(database, tenant)
    with database.connection() as connection:
        places = streams.newest(log, connection, FrameworkImported)
    for place in places:
        if isinstance(event := place.event, FrameworkImported):
            counts = len(case.items(event.package)), len(case.associations(event.package))
            title = event.package["CFDocument"]["title"]
            yield Listed(event.framework, title, *counts, position=place.position, by=event.by)


class _Known(NamedTuple):
    sha256: str
    position: int


def _known(log: EventLog, connection: Connection[Any], wanted: Sequence[Checked]) -> dict[str, _Known]:
    places = streams.lasts(log, connection, set(map(_stream, wanted)))
    return {
        place.event.framework: _Known(place.event.sha256, place.position)
        for place in places.values()
        if isinstance(place.event, FrameworkImported)
    }


def _stream(checked: Checked) -> UUID:
    return names.stream("framework", checked.framework)
