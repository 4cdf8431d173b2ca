"""Who is who? Register learners, and link identifiers to them: each to one learner at most."""

from __future__ import annotations

from typing import Any, NoReturn
from uuid import UUID

from psycopg import Connection

from lrs.database.pool import Database
from lrs.errors import Conflict, NotFound
from lrs.log import streams
from lrs.log.event_log import EventLog
from lrs.log.events import Event, IdentifierLinked, IdentifierUnlinked, LearnerErased, LearnerRegistered
from lrs.log.streams import Place
from lrs.registrar import check, names
from lrs.registrar.names import same
from lrs.xapi import actor
from lrs.xapi.vocabulary import Json


def register(database: Database, tenant: str, learner: str, body: Any, *, by: str) -> int:
    """Register a person under a new id; the position that says so. BadRequest with every fault."""
    check.require(check.shape("learner", "learner", body), "The learner")
    log = EventLog(database, tenant)
    with log.locked() as connection:
        place = streams.last(log, connection, names.stream("learner", learner))
        if place and isinstance(place.event, LearnerErased):
            raise Conflict(f"Learner {learner} was erased: her id cannot be used again.")
        return _settle(log, connection, names.stream("learner", learner), _registered(learner, body, by))


def revise(database: Database, tenant: str, learner: str, body: Any, *, by: str) -> int:
    """Say anew how a registered learner is known; the position that says so. NotFound, BadRequest."""
    check.require(check.shape("learner", "learner", body), "The learner")
    log, learner = EventLog(database, tenant), names.learner(learner)
    with log.locked() as connection:
        require(log, connection, learner)
        return _settle(log, connection, names.stream("learner", learner), _registered(learner, body, by))


def link(database: Database, tenant: str, learner: str, body: Any, *, by: str) -> int:
    """What is said of this identifier is hers; the position that says so. Conflict where it is another's."""
    learner, ifi = names.learner(learner), _identifier(body)
    log = EventLog(database, tenant)
    with log.locked() as connection:
        require(log, connection, learner)
        stream = names.stream("identifier", ifi)
        owner = _owner(streams.last(log, connection, stream))
        if owner not in (None, learner):
            _refuse(log, connection, ifi, str(owner))
        return _settle(log, connection, stream, IdentifierLinked(learner, ifi, by, body["reason"]))


def unlink(database: Database, tenant: str, learner: str, body: Any, *, by: str) -> int:
    """It was not hers; the position that says so. NotFound where it never was, Conflict where another's."""
    learner, ifi = names.learner(learner), _identifier(body)
    log = EventLog(database, tenant)
    with log.locked() as connection:
        stream = names.stream("identifier", ifi)
        place = streams.last(log, connection, stream)
        owner = _owner(place)
        if owner not in (None, learner):
            _refuse(log, connection, ifi, str(owner))
        unlinked = IdentifierUnlinked(learner, ifi, by, body["reason"])
        if owner is None and not same(place.event if place else None, unlinked):
            raise NotFound(f"Learner {learner} does not have the identifier {ifi}.")
        return _settle(log, connection, stream, unlinked)


def registered(database: Database, tenant: str) -> list[tuple[LearnerRegistered, list[str]]]:
    """Who is registered, and the ifis that are hers; by the log, whatever projections know already."""
    log = EventLog(database, tenant)
    with database.connection() as connection:
        found = streams.newest(log, connection, LearnerRegistered, IdentifierLinked, IdentifierUnlinked)
    linked: dict[str, list[str]] = {}
    for each in found:
        if isinstance(each.event, IdentifierLinked):
            linked.setdefault(each.event.learner, []).append(each.event.ifi)
    people = [each.event for each in found if isinstance(each.event, LearnerRegistered)]
    return [(each, linked.get(each.learner, [])) for each in people]


def require(log: EventLog, connection: Connection[Any], learner: str) -> LearnerRegistered:
    """The learner as she is registered; NotFound for whoever is not."""
    place = streams.last(log, connection, names.stream("learner", learner))
    if place is None or not isinstance(place.event, LearnerRegistered):
        raise NotFound(f"No learner {learner} is registered.")
    return place.event


def _registered(learner: str, body: Json, by: str) -> LearnerRegistered:
    said = {name: body.get(name, "") for name in ("name", "born", "number", "reason")}
    return LearnerRegistered(learner=learner, by=by, **said)


def _identifier(body: Any) -> str:
    """The ifi that a link is about; BadRequest with every fault."""
    faults = check.shape("learner", "link", body)
    if isinstance(body, dict) and isinstance(agent := body.get("identifier"), dict):
        faults += check.agent(agent, "/identifier")
    check.require(faults, "The link")
    return actor.ifi(body["identifier"]) or ""


def _owner(place: Place | None) -> str | None:
    """To whom an identifier is linked."""
    return place.event.learner if place and isinstance(place.event, IdentifierLinked) else None


def _refuse(log: EventLog, connection: Connection[Any], ifi: str, owner: str) -> NoReturn:
    known = require(log, connection, owner)
    raise Conflict(f"The identifier {ifi} is linked to learner {owner}, {known.name}: unlink it there first.")


def _settle(log: EventLog, connection: Connection[Any], stream: UUID, event: Event) -> int:
    """The position that says what the event says: of the last event if it does, else of this one."""
    place = streams.last(log, connection, stream)
    if place and same(place.event, event):
        return place.position
    return streams.append(log, connection, [(stream, event)])
