"""Which cmi5 courses are there? Imported from their packages, each whole or not at all."""

from __future__ import annotations

from typing import BinaryIO, NamedTuple

from lrs.cmi5 import nodes, structure
from lrs.database.pool import Database
from lrs.log import streams
from lrs.log.event_log import EventLog
from lrs.log.events import CourseStructureImported
from lrs.registrar import names


class Imported(NamedTuple):
    """A course, our id of it, and the position that says what it consists of."""

    structure: str
    course: str
    aus: int
    position: int


def import_course(database: Database, tenant: str, package: BinaryIO, *, by: str) -> Imported:
    """Import a course package: an XML file, a zip or a zip64. BadRequest with every fault."""
    course = structure.read(package)
    known = nodes.structure_id(course["course"]["id"])
    event = CourseStructureImported(known, structure.digest(course), course, by)
    stream = names.stream("course-structure", known)
    log = EventLog(database, tenant)
    with log.locked() as connection:
        place = streams.last(log, connection, stream)
        before = place.event if place else None
        if place and isinstance(before, CourseStructureImported) and before.sha256 == event.sha256:
            position = place.position
        else:
            position = streams.append(log, connection, [(stream, event)])
    aus = sum(each.kind == "au" for each in nodes.tree(course).walk())
    return Imported(known, course["course"]["id"], aus, position)


def current(database: Database, tenant: str, structure_id: str) -> CourseStructureImported | None:
    """The course of this id as it was imported last, by the log."""
    log = EventLog(database, tenant)
    with database.connection() as connection:
        place = streams.last(log, connection, names.stream("course-structure", structure_id))
    return place.event if place and isinstance(place.event, CourseStructureImported) else None
