"""How long is something kept? Policies as events; what has grown too old under one is erased like all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from psycopg import Connection

from lrs.accesses import access_log
from lrs.database import sql
from lrs.database.pool import Database
from lrs.erasure import erasing, plan
from lrs.erasure.erasing import Forget, Order
from lrs.erasure.plan import Subject
from lrs.errors import BadRequest, Fault, NotFound
from lrs.log import streams
from lrs.log.event_log import EventLog
from lrs.log.events import ProviderTrusted, RetentionAdopted
from lrs.registrar import names
from lrs.registrar.names import same
from lrs.store import rows
from lrs.xapi import actor, raw
from lrs.xapi.vocabulary import Json

QUERIES = sql.Queries(__file__)
AT_ONCE = 500
_AGE = re.compile(r"P([1-9]\d{0,3})([YD])\Z", re.ASCII)
_MOST_YEARS = 1000

# How many events are gone.
Progress = Callable[[int], None]


def adopt(database: Database, tenant: str, policy: RetentionAdopted) -> int:
    """Keep things only so long from now on; the position that says so. BadRequest, NotFound."""
    log = EventLog(database, tenant)
    with log.locked() as connection:
        if faults := list(_faults(log, connection, policy)):
            raise BadRequest("The policy breaks rules.", faults=faults)
        stream = names.stream("retention", policy.policy)
        place = streams.last(log, connection, stream)
        if place and same(place.event, policy):
            return place.position
        if place is None and not policy.older_than:
            raise NotFound(f"There is no policy {policy.policy}.")
        return streams.append(log, connection, [(stream, policy)])


def policies(database: Database, tenant: str) -> list[RetentionAdopted]:
    """Those in force, in the order in which they were adopted."""
    with database.connection() as connection:
        found = streams.newest(EventLog(database, tenant), connection, RetentionAdopted)
    return [e for each in found if isinstance(e := each.event, RetentionAdopted) and e.older_than]


def before(policy: RetentionAdopted, now: datetime) -> datetime:
    """What was stored at or before this moment is too old."""
    found = _AGE.match(policy.older_than)
    if found is None:
        raise ValueError(policy.older_than)
    if found[2] == "D":
        return now - timedelta(days=int(found[1]))
    year = now.year - int(found[1])
    return now.replace(year=year, day=28 if (now.month, now.day) == (2, 29) else now.day)


def too_old(
    log: EventLog, connection: Connection[Any], policy: RetentionAdopted, until: int, *, after: int = 0
) -> Iterator[tuple[int, UUID]]:
    """Positions and ids of the statements that the policy wants gone, up to a position of the log."""
    wanted: dict[str, Any] = {"verb": None, "authorities": None, "until": until, "limit": AT_ONCE}
    authorities = _authorities(log, connection, policy.provider)
    if policy.verb:
        wanted["verb"] = rows.term("verb", policy.verb)
    if policy.provider:
        kinds = ("agent", "related-agent")
        wanted["authorities"] = [rows.term(kind, ifi) for kind in kinds for ifi in authorities]
    while True:
        found = connection.execute(
            QUERIES(log.tenant, "candidates"), {**wanted, "after": after}, binary=True
        ).fetchall()
        for position, statement, state in found:
            if _is_meant(raw.parse_stored(state), policy, authorities):
                yield position, statement
        if len(found) < AT_ONCE:
            return
        after = found[-1][0]


def run(
    database: Database,
    tenant: str,
    policy: RetentionAdopted,
    *,
    now: datetime,
    by: str,
    forget: Forget,
    progress: Progress,
) -> int:
    """Erase what is too old now, some at a time, each of them whole; how many events it took.

    Whoever is interrupted begins again, and finds what is left.
    """
    if policy.kind == "accesses":
        return access_log.forget(database, tenant, before(policy, now))
    log, taken = EventLog(database, tenant), 0
    until = _until(log, policy, now)
    order = Order(f"retention {policy.policy}: {policy.reason}", policy.authority, by)
    for subject in _subjects(log, policy, until):
        with database.connection() as connection, connection.transaction():
            token = plan.make(log, connection, subject).token
        _, planned = erasing.erase(database, tenant, subject, order, token=token, forget=forget)
        taken += len(planned.positions)
        progress(taken)
    return taken


def count(database: Database, tenant: str, policy: RetentionAdopted, *, now: datetime) -> int:
    """How many events, or accesses, are too old now."""
    if policy.kind == "accesses":
        return access_log.count(database, tenant, before(policy, now))
    log = EventLog(database, tenant)
    until = _until(log, policy, now)
    with database.connection() as connection:
        if policy.kind == "documents":
            return len(_old_documents(log, connection, until))
        return sum(1 for _ in too_old(log, connection, policy, until))


def _until(log: EventLog, policy: RetentionAdopted, now: datetime) -> int:
    with log.database.connection() as connection:
        return log.position_at(connection, before(policy, now))


def _subjects(log: EventLog, policy: RetentionAdopted, until: int) -> Iterator[Subject]:
    """What is to go, some at a time."""
    if policy.kind == "documents":
        with log.database.connection() as connection:
            old = _old_documents(log, connection, until)
        yield from (Subject(documents=old[at : at + AT_ONCE]) for at in range(0, len(old), AT_ONCE))
        return
    after = 0
    while some := _next(log, policy, after, until):
        after = some[-1][0]
        yield plan.of_statements([str(statement) for _, statement in some])


def _next(log: EventLog, policy: RetentionAdopted, after: int, until: int) -> list[tuple[int, UUID]]:
    with log.database.connection() as connection:
        return list(islice(too_old(log, connection, policy, until, after=after), AT_ONCE))


def _old_documents(log: EventLog, connection: Connection[Any], until: int) -> list[int]:
    """The positions of all that was said of documents that have not changed since."""
    found = connection.execute(QUERIES(log.tenant, "old_documents"), {"until": until}).fetchall()
    return [position for (position,) in found]


def _is_meant(document: Json, policy: RetentionAdopted, authorities: frozenset[str]) -> bool:
    """By its own verb and authority: what refers to it is found by these, too."""
    if policy.verb and document["verb"]["id"] != policy.verb:
        return False
    said_by = (document["authority"], *actor.members(document["authority"]))
    return not policy.provider or not authorities.isdisjoint(actor.ifi(each) or "" for each in said_by)


def _authorities(log: EventLog, connection: Connection[Any], provider: str) -> frozenset[str]:
    """All that a provider ever had: what it said long ago it may have said as another."""
    trusted = [each.event for each in streams.every(log, connection, ProviderTrusted)] if provider else []
    return frozenset(
        authority
        for each in trusted
        if isinstance(each, ProviderTrusted) and each.provider == provider
        for authority in each.authorities
    )


def _faults(log: EventLog, connection: Connection[Any], policy: RetentionAdopted) -> Iterator[Fault]:
    age = _AGE.match(policy.older_than)
    if policy.older_than and (not age or (age[2] == "Y" and int(age[1]) > _MOST_YEARS)):
        yield Fault("/older_than", "must be years or days, as in P7Y or P90D", "ISO 8601")
    if policy.kind not in ("statements", "documents", "accesses"):
        yield Fault("/kind", "must be statements, documents or accesses")
    elif policy.kind != "statements" and (policy.verb or policy.provider):
        yield Fault("/verb", f"must be left out, and provider too: {policy.kind} have neither")
    if policy.provider and not _authorities(log, connection, policy.provider):
        yield Fault("/provider", f"there is no provider {policy.provider[:100]}")
    if policy.older_than and not (policy.reason and policy.authority):
        yield Fault("/authority", "must say by which rule, and reason why")
