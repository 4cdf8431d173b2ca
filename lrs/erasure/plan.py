"""What would be erased? All that names a learner, or some statements; counted before anybody confirms it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from psycopg import Connection

from lrs.cmi5 import bound
from lrs.database import sql
from lrs.erasure import told
from lrs.errors import BadRequest, Conflict, Fault, NotFound
from lrs.log import events, streams
from lrs.log.event_log import EventLog
from lrs.log.events import (
    DocumentDeleted,
    DocumentStored,
    IdentifierLinked,
    IdentifierUnlinked,
    KeyIssued,
    KeyRevoked,
    LearnerRegistered,
    RegistrarDecided,
    TranscriptIssued,
)
from lrs.registrar import names
from lrs.store import rows
from lrs.xapi import actor, raw
from lrs.xapi.vocabulary import Json

QUERIES = sql.Queries(__file__)
AT_ONCE = 500
# Kinds of events that may be about a learner, besides statements and documents.
_OF_LEARNERS = (
    LearnerRegistered,
    IdentifierLinked,
    IdentifierUnlinked,
    RegistrarDecided,
    TranscriptIssued,
    KeyIssued,
    KeyRevoked,
)
_DOCUMENTS = (DocumentStored.topic, DocumentDeleted.topic)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to go: a learner with her identifiers; or statements by id, or documents by position."""

    learner: str = ""
    ifis: frozenset[str] = frozenset()
    statements: Sequence[str] = ()
    documents: Sequence[int] = ()


@dataclass(slots=True)
class Plan:
    """What an erasure takes: positions of the log, and rows that are beside it."""

    subject: Subject
    head: int = 0  # how far the log had got
    statements: dict[int, UUID] = field(default_factory=dict)
    shared: int = 0  # of these statements, those that are about others too
    documents: dict[int, DocumentStored | DocumentDeleted] = field(default_factory=dict)
    others: list[int] = field(default_factory=list)
    words: set[str] = field(default_factory=set)  # her name and identifiers
    keys: list[str] = field(default_factory=list)
    sessions: list[UUID] = field(default_factory=list)
    session_keys: list[str] = field(default_factory=list)

    @property
    def positions(self) -> list[int]:
        """All places of the log that become empty, in order."""
        return sorted([*self.statements, *self.documents, *self.others])

    @property
    def token(self) -> str:
        """Stands for exactly this: whoever confirms it confirms nothing else."""
        known = [self.subject.learner, self.positions, self.keys, sorted(map(str, self.sessions))]
        return sha256(orjson.dumps(known)).hexdigest()[:16]

    @property
    def facts(self) -> Json:
        """What it comes to, for people."""
        return {
            "statements": len(self.statements),
            "shared": self.shared,
            "documents": len(self.documents),
            "events": len(self.others),
            "keys": len(self.keys),
            "sessions": len(self.sessions),
            "token": self.token,
        }


def of_learner(log: EventLog, connection: Connection[Any], learner: str) -> Subject:
    """A registered learner, with the identifiers that are linked to her; NotFound, Gone."""
    found = streams.newest(log, connection, LearnerRegistered, IdentifierLinked, IdentifierUnlinked)
    said = [each.event for each in found]
    if not any(isinstance(each, LearnerRegistered) and each.learner == learner for each in said):
        told.refuse_twice(log, connection, [names.stream("learner", learner)])
        raise NotFound(f"No learner {learner} is registered.")
    linked = {each.ifi for each in said if isinstance(each, IdentifierLinked) and each.learner == learner}
    return Subject(learner, frozenset(linked))


def of_identifier(log: EventLog, connection: Connection[Any], agent: Json) -> Subject:
    """An identifier that nobody has linked, a learner of its own; Conflict for one that is linked."""
    ifi = actor.ifi(agent) or ""
    place = streams.last(log, connection, names.stream("identifier", ifi))
    if place and isinstance(place.event, IdentifierLinked):
        raise Conflict(f"The identifier {ifi} is linked to learner {place.event.learner}: erase her.")
    return Subject(str(actor.own_learner(ifi)), frozenset({ifi}))


def of_statements(ids: Sequence[str]) -> Subject:
    """Statements by their ids, each once; BadRequest for what is no id."""
    wrong = [each for each in ids if not _is_id(each)]
    if wrong:
        raise BadRequest(faults=[Fault(each[:100], "must be the UUID of a statement") for each in wrong])
    return Subject(statements=sorted({each.lower() for each in ids}))


def make(log: EventLog, connection: Connection[Any], subject: Subject, *, known: Plan | None = None) -> Plan:
    """What there is to erase at this moment; NotFound for a statement that is not there, Gone.

    With what was `known` before, documents are looked for only in what has come since: they have no index.
    """
    plan = Plan(subject, head=log.head_of(connection).position)
    if subject.statements:
        _statements(plan, log, connection)
    elif subject.documents:
        _documents(plan, log.tenant, connection, "at", {"positions": list(subject.documents)})
    else:
        needles = {"needles": _needles(subject.ifis), "after": known.head if known else 0}
        plan.documents = dict(known.documents) if known else {}
        _hers(plan, log.tenant, connection)
        _documents(plan, log.tenant, connection, "documents", needles)
        _events(plan, log.tenant, connection)
        _sessions(plan, log.tenant, connection, needles)
    _voided(plan, log.tenant, connection)
    return plan


def texts(connection: Connection[Any], tenant: str, positions: Iterable[int]) -> Iterator[tuple[int, Json]]:
    """The statements at these positions, some at a time."""
    wanted = sorted(positions)
    for at in range(0, len(wanted), AT_ONCE):
        some = {"positions": wanted[at : at + AT_ONCE]}
        for position, state in connection.execute(QUERIES(tenant, "texts"), some, binary=True).fetchall():
            yield position, raw.parse_stored(state)


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _statements(plan: Plan, log: EventLog, connection: Connection[Any]) -> None:
    asked = {"ids": [UUID(each) for each in plan.subject.statements]}
    plan.statements = dict(connection.execute(QUERIES(log.tenant, "by_id"), asked).fetchall())
    missing = set(asked["ids"]) - set(plan.statements.values())
    if missing:
        told.refuse_twice(log, connection, missing)
        raise NotFound(f"There is no statement {min(missing)} to erase.")


def _hers(plan: Plan, tenant: str, connection: Connection[Any]) -> None:
    """Where one of her identifiers is found, and really stands in the statement: others refer to hers."""
    hers = plan.subject.ifis
    terms = [rows.term(kind, ifi) for kind in ("agent", "related-agent") for ifi in hers]
    candidates = dict(connection.execute(QUERIES(tenant, "by_term"), {"terms": terms}).fetchall())
    own = {each.bytes for each in terms}
    for position, document in texts(connection, tenant, candidates):
        found = {cell[-rows.DIGEST_SIZE :] for cell in rows.terms(document)}
        if own & found:
            plan.statements[position] = candidates[position]
            plan.shared += actor.ifi(document["actor"]) not in hers


def _voided(plan: Plan, tenant: str, connection: Connection[Any]) -> None:
    """What a void that goes has taken back goes too: without the void it would count again."""
    found = connection.execute(QUERIES(tenant, "voided"), {"positions": list(plan.statements)})
    plan.statements |= dict(found.fetchall())


def _documents(
    plan: Plan, tenant: str, connection: Connection[Any], query: str, wanted: Mapping[str, Any]
) -> None:
    """What the log says of documents: those at some positions, or of her agents."""
    for position, topic, state in connection.execute(QUERIES(tenant, query), wanted, binary=True).fetchall():
        said = events.from_state(topic, state)
        assert isinstance(said, DocumentStored | DocumentDeleted)  # noqa: S101  by its topic
        if plan.subject.documents or actor.ifi(said.agent or {}) in plan.subject.ifis:
            plan.documents[position] = said


def _needles(ifis: Iterable[str]) -> list[bytes]:
    """What the JSON of an Agent with one of these identifiers has in it, and hardly any other."""
    return [
        # Its hexadecimal digits may be written in either case.
        b'"mbox_sha1sum"' if ifi.startswith("mbox_sha1sum|") else orjson.dumps(ifi.rpartition("|")[2])
        for ifi in ifis
    ]


def _events(plan: Plan, tenant: str, connection: Connection[Any]) -> None:
    """What registrars have said of her, and the keys that read only her."""
    asked = {"topics": [kind.topic for kind in _OF_LEARNERS]}
    keys = set[str]()
    for position, topic, state in connection.execute(
        QUERIES(tenant, "events"), asked, binary=True
    ).fetchall():
        said = events.from_state(topic, state)
        if isinstance(said, KeyIssued) and said.learner == plan.subject.learner:
            keys.add(said.key)
        if _is_about(said, plan.subject, keys):
            plan.others.append(position)
            plan.words |= {said.name} if isinstance(said, LearnerRegistered) else set()
    plan.keys = sorted(keys)
    plan.words |= {ifi.rpartition("|")[2].removeprefix("mailto:") for ifi in plan.subject.ifis}


def _is_about(said: events.Event, subject: Subject, keys: set[str]) -> bool:
    if isinstance(said, KeyIssued | KeyRevoked):
        return said.key in keys
    known: Mapping[str, Any] = {name: getattr(said, name, "") for name in ("learner", "ifi")}
    return known["learner"] == subject.learner or known["ifi"] in subject.ifis


def _sessions(plan: Plan, tenant: str, connection: Connection[Any], needles: Mapping[str, Any]) -> None:
    """Launches of hers; their keys stop."""
    for session, key, body in connection.execute(QUERIES(tenant, "sessions"), needles).fetchall():
        if bound.parse(body).ifi in plan.subject.ifis:
            plan.sessions.append(session)
            plan.session_keys += [key] if key else []
