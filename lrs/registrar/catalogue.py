"""How does the catalogue change? All that is sent is adopted, or nothing; what is so already is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from lrs.database.pool import Database
from lrs.errors import BadRequest, Fault, NotFound
from lrs.log import streams
from lrs.log.event_log import EventLog
from lrs.log.events import ActivityAligned, ActivityMapped, Event, ProviderRevoked, ProviderTrusted
from lrs.log.streams import Place
from lrs.registrar import check, entries, names, rules
from lrs.registrar.check import pointer
from lrs.registrar.entries import SECTIONS, SINGLE, Entry
from lrs.registrar.names import Kind, same
from lrs.xapi.vocabulary import Json

Activity = ActivityMapped | ActivityAligned
# What is said of an activity over HTTP is an object with one member, which can grow.
_BODIES: dict[Kind, str] = {"activity": "mapping", "alignment": "aligning"}


class Change(NamedTuple):
    """One thing that becomes, or would become, another."""

    kind: Kind
    id: str
    new: bool


class Adopted(NamedTuple):
    """The last position that says what was wanted, and what had to change for it."""

    position: int
    changes: list[Change]


def adopt(database: Database, tenant: str, catalogue: Json, *, by: str, dry_run: bool = False) -> Adopted:
    """Make the catalogue say what this part of it says; BadRequest with every fault."""
    faults = check.shape("catalogue", "", catalogue)
    sound = _sound(catalogue, faults)
    faults += [fault for entry in sound for fault in rules.of(entry)]
    named = {each.stream for each in entries.split(catalogue)}
    log = EventLog(database, tenant)
    with log.locked() as connection:
        before = _before(log, connection, sound)
        faults += rules.unknown(sound, named | set(before))
        if any(each.kind == "provider" for each in sound):
            faults += rules.claimed(sound, streams.newest(log, connection, ProviderTrusted, ProviderRevoked))
        check.require(faults, "The catalogue")
        changes, happened = _changes(sound, before, by)
        if happened and not dry_run:
            return Adopted(streams.append(log, connection, happened), changes)
        positions = [before[each.stream].position for each in sound if each.stream in before]
        return Adopted(max(positions, default=0), changes)


def define(database: Database, tenant: str, kind: Kind, name: str, body: Any, *, by: str) -> int:
    """Adopt one thing; the position that says so. BadRequest with every fault of its body."""
    section = next(section for section, each in SECTIONS.items() if each == kind)
    catalogue, at = ({section: body}, pointer(section)) if kind in SINGLE else _only(section, name, body)
    try:
        return adopt(database, tenant, catalogue, by=by).position
    except BadRequest as error:
        faults = [replace(each, pointer=each.pointer.removeprefix(at)) for each in error.faults]
        raise BadRequest(f"The {kind} breaks rules.", faults=faults) from None


def map_activity(database: Database, tenant: str, activity: str, body: Any, *, by: str) -> int:
    """Let an activity belong to a course; the position that says so. BadRequest with every fault."""
    return _say(database, tenant, "activity", activity, "course", body, by)


def align_activity(database: Database, tenant: str, activity: str, body: Any, *, by: str) -> int:
    """Let an activity show competencies; the position that says so. BadRequest with every fault."""
    return _say(database, tenant, "alignment", activity, "competencies", body, by)


def revoke(database: Database, tenant: str, provider: str, body: Any, *, by: str) -> int:
    """Trust a provider no longer; the position that says so. NotFound where there is none, BadRequest."""
    check.require(check.shape("catalogue", "revocation", body), "The revocation")
    log = EventLog(database, tenant)
    with log.locked() as connection:
        place = streams.last(log, connection, stream := names.stream("provider", provider))
        if place is None:
            raise NotFound(f"There is no provider {provider[:100]}.")
        if not isinstance(place.event, ProviderTrusted):
            return place.position
        event = ProviderRevoked(provider, by, body["reason"], place.event.name)
        return streams.append(log, connection, [(stream, event)])


def unmap(database: Database, tenant: str, activity: str, *, by: str) -> int:
    """Let an activity belong to no course; the position that says so. NotFound where it never did."""
    event = ActivityMapped(activity, None, by)
    return _end(database, tenant, "activity", event, "This activity belongs to no course.")


def unalign(database: Database, tenant: str, activity: str, *, by: str) -> int:
    """Let an activity show no competency; the position that says so. NotFound where it never did."""
    event = ActivityAligned(activity, [], by)
    return _end(database, tenant, "alignment", event, "This activity is aligned with no competency.")


def export(database: Database, tenant: str) -> Json:
    """The whole catalogue, as `adopt` takes it."""
    log = EventLog(database, tenant)
    with database.connection() as connection:
        return entries.joined(each.event for each in streams.newest(log, connection, *entries.KINDS))


def _say(database: Database, tenant: str, kind: Kind, activity: str, member: str, body: Any, by: str) -> int:
    """Say of an activity what one member of the body says."""
    faults = [replace(each, pointer="activity") for each in check.shape("catalogue", "iri", activity)]
    check.require([*faults, *check.shape("catalogue", _BODIES[kind], body)], f"The {_BODIES[kind]}")
    try:
        return define(database, tenant, kind, activity, body[member], by=by)
    except BadRequest as error:
        faults = [replace(each, pointer=pointer(member) + each.pointer) for each in error.faults]
        raise BadRequest(error.message, faults=faults) from None


def _end(database: Database, tenant: str, kind: Kind, event: Activity, never: str) -> int:
    """Say that it is over; the position that says so. NotFound where it never was."""
    log = EventLog(database, tenant)
    with log.locked() as connection:
        place = streams.last(log, connection, stream := names.stream(kind, event.activity))
        if place is None:
            raise NotFound(never)
        if same(place.event, event):
            return place.position
        return streams.append(log, connection, [(stream, event)])


def _only(section: str, name: str, body: Any) -> tuple[Json, str]:
    return {section: {name: body}}, pointer(section, name)


def _sound(catalogue: Json, faults: Sequence[Fault]) -> list[Entry]:
    """The entries without a fault, which can be looked at more closely."""
    broken = {"/".join(each.pointer.split("/")[:3]) for each in faults}
    return [each for each in entries.split(catalogue) if not _broken(each, broken)]


def _broken(entry: Entry, broken: set[str]) -> bool:
    within = entry.kind in SINGLE and any(each.startswith(entry.at + "/") for each in broken)
    return within or entry.at in broken


def _before(log: EventLog, connection: Connection[Any], sound: Sequence[Entry]) -> dict[UUID, Place]:
    """How the things that the entries are, or refer to, were until now."""
    referred = {names.stream(kind, name) for _, kind, name in rules.references(sound)}
    return streams.lasts(log, connection, referred | {each.stream for each in sound})


def _changes(
    sound: Sequence[Entry], before: dict[UUID, Place], by: str
) -> tuple[list[Change], list[tuple[UUID, Event]]]:
    changes, happened = [], []
    for entry in sound:
        place, event = before.get(entry.stream), entry.event(by)
        never_said = place is None and entry.kind in {"activity", "alignment"} and not entry.body
        if not never_said and not same(place.event if place else None, event):
            changes.append(Change(entry.kind, entry.id, place is None))
            happened.append((entry.stream, event))
    return changes, happened
