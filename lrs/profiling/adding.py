"""Which profiles does a tenant have? Each is added whole, as it is, and has a policy of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Literal, NamedTuple, TypeVar, get_args
from uuid import UUID

import orjson
from psycopg import Connection

from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import BadRequest, Fault, NotFound
from lrs.log import streams
from lrs.log.event_log import EventLog
from lrs.log.events import ProfileAdded, ProfilePolicyAdopted
from lrs.log.streams import Place
from lrs.registrar import names
from lrs.xapi import check
from lrs.xapi.vocabulary import Json
from xapi_profiles import InvalidProfile, validate

QUERIES = sql.Queries(__file__)
Policy = Literal["off", "annotate", "reject"]
POLICIES: tuple[Policy, ...] = get_args(Policy)
DEFAULT: Policy = "annotate"
Said = TypeVar("Said", ProfileAdded, ProfilePolicyAdopted)


class NotUsable(BadRequest):
    """The profile breaks rules."""

    def __init__(self, number: int, faults: Sequence[Fault]) -> None:
        super().__init__(faults=faults)
        self.number = number  # which of several it is


class Sound(NamedTuple):
    """A profile that can be used, its hash, and what its author should know."""

    document: Json
    sha256: str
    notices: list[str]

    @property
    def profile(self) -> str:
        """Its id."""
        return str(self.document["id"])


class Added(NamedTuple):
    """A profile is as it was wanted, since this position; what had to change for it."""

    profile: str
    position: int
    change: Literal["new", "changed", "none"]


class Listed(NamedTuple):
    """A profile as its newest document has it."""

    profile: str
    name: str
    policy: str
    position: int
    by: str


def sound(database: Database, tenant: str, documents: Sequence[Any]) -> list[Sound]:
    """Profiles that can be used; NotUsable with every fault of the first that cannot.

    A fault that leaves a profile usable is a notice, as where it names a part of a profile that is not here.
    """
    known = {profile: document for profile, (_, document) in documents_of(database, tenant).items()}
    given = [_usable(number, each) for number, each in enumerate(documents)]
    others = known | {each["id"]: each for each in given}
    if len({each["id"] for each in given}) < len(given):
        raise NotUsable(len(given) - 1, [Fault("/id", "is that of several of these profiles")])
    return [
        Sound(each, _digest(each), [str(fault) for fault in validate(each, *_beside(each, others))])
        for each in given
    ]


def add(
    database: Database, tenant: str, wanted: Sequence[Sound], *, by: str, policy: Policy | None = None
) -> list[Added]:
    """Add these together, with a policy where one is given; what is so already is not said again."""
    log = EventLog(database, tenant)
    done, happened = [], list[ProfileAdded | ProfilePolicyAdopted]()
    with log.locked() as connection:
        before = _lasts(log, connection, [each.profile for each in wanted])
        position = log.head_of(connection).position
        for each in wanted:
            last = before.get(_of_document(each.profile))
            if last and isinstance(last.event, ProfileAdded) and last.event.sha256 == each.sha256:
                done.append(Added(each.profile, last.position, "none"))
            else:
                happened.append(ProfileAdded(each.profile, each.sha256, each.document, by))
                change: Literal["new", "changed"] = "changed" if last else "new"
                done.append(Added(each.profile, position + len(happened), change))
            if policy and policy != _policy(before.get(_of_policy(each.profile))):
                happened.append(ProfilePolicyAdopted(each.profile, policy, by))
        if happened:
            _append(log, connection, happened)
    return done


def put(database: Database, tenant: str, profile: str, document: Any, *, by: str) -> tuple[int, list[str]]:
    """Add one; the position that says so, and notices. BadRequest, also for a document of another."""
    (wanted,) = sound(database, tenant, [document])
    if wanted.profile != profile:
        raise NotUsable(0, [Fault("/id", "must be that of the parameter profile")])
    (done,) = add(database, tenant, [wanted], by=by)
    return done.position, wanted.notices


def adopt(database: Database, tenant: str, profile: str, policy: Policy, *, by: str) -> int:
    """Let a policy hold for a profile from now on; the position that says so. NotFound."""
    log = EventLog(database, tenant)
    with log.locked() as connection:
        before = _lasts(log, connection, [profile])
        added, last = before.get(_of_document(profile)), before.get(_of_policy(profile))
        if added is None:
            raise _unknown(profile)
        if policy == _policy(last):
            return last.position if last else added.position
        return _append(log, connection, [ProfilePolicyAdopted(profile, policy, by)])


def listed(database: Database, tenant: str) -> list[Listed]:
    """All profiles, in the order of their newest documents."""
    adopted = policies(database, tenant)
    return [
        Listed(event.profile, _name(event.document), adopted.get(event.profile, DEFAULT), position, event.by)
        for position, event in _newest(database, tenant, ProfileAdded)
    ]


def document(database: Database, tenant: str, profile: str, position: int | None) -> tuple[int, Json]:
    """The document of a profile as it came, now or as of a position, and the position that it has."""
    log = EventLog(database, tenant)
    with database.connection() as connection:
        place = streams.last_at(log, connection, _of_document(profile), position)
    if place is None or not isinstance(place.event, ProfileAdded):
        raise _unknown(profile)
    return place.position, place.event.document


def policies(database: Database, tenant: str) -> dict[str, str]:
    """The policies that were adopted, by the ids of their profiles; DEFAULT holds for all others."""
    found = _newest(database, tenant, ProfilePolicyAdopted)
    return {event.profile: event.policy for _, event in found}


def documents_of(database: Database, tenant: str) -> dict[str, tuple[str, Json]]:
    """Hash and newest document of each profile, by its id."""
    found = _newest(database, tenant, ProfileAdded)
    return {event.profile: (event.sha256, event.document) for _, event in found}


def _newest(database: Database, tenant: str, kind: type[Said]) -> list[tuple[int, Said]]:
    log = EventLog(database, tenant)
    with database.connection() as connection:
        places = streams.newest(log, connection, kind)
    return [(each.position, each.event) for each in places if isinstance(each.event, kind)]


def _usable(number: int, document: Any) -> Json:
    """NotUsable with every fault of what cannot be used."""
    if not isinstance(document, dict):
        raise NotUsable(number, [Fault("", "must be a JSON object")])
    try:
        faults = validate(document)
    except InvalidProfile as error:
        faults = list(error.faults)
    if any(each.vital for each in faults):
        told = [Fault(each.pointer, each.rule, each.section) for each in faults]
        raise NotUsable(number, told[: check.MOST_FAULTS])
    return document


def _beside(document: Json, others: Mapping[str, Json]) -> Iterator[Json]:
    return (each for profile, each in others.items() if profile != document["id"])


def _digest(document: Json) -> str:
    """The SHA-256 of its canonical JSON, in hex: members sorted by name at every level, no white space."""
    return sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _lasts(log: EventLog, connection: Connection[Any], profiles: Sequence[str]) -> dict[UUID, Place]:
    both = [stream(profile) for profile in profiles for stream in (_of_document, _of_policy)]
    return streams.lasts(log, connection, both)


def _policy(last: Place | None) -> str:
    return last.event.policy if last and isinstance(last.event, ProfilePolicyAdopted) else DEFAULT


def _append(
    log: EventLog, connection: Connection[Any], happened: Sequence[ProfileAdded | ProfilePolicyAdopted]
) -> int:
    """To their streams; every process hears of it."""
    placed = [
        ((_of_document if isinstance(each, ProfileAdded) else _of_policy)(each.profile), each)
        for each in happened
    ]
    position = streams.append(log, connection, placed)
    connection.execute(QUERIES(log.tenant, "changed"))
    return position


def _of_document(profile: str) -> UUID:
    return names.stream("profile", profile)


def _of_policy(profile: str) -> UUID:
    return names.stream("profile-policy", profile)


def _name(document: Json) -> str:
    """In the first of its languages."""
    label = document.get("prefLabel")
    return str(next(iter(label.values()))) if isinstance(label, dict) and label else ""


def _unknown(profile: str) -> NotFound:
    return NotFound(f"There is no profile {profile[:200]} here; GET /profiles lists those that there are.")
