"""How is something erased? As it was planned and confirmed, all of it or nothing, while nobody writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.sql import SQL, Identifier

from lrs.auth import keys as auth
from lrs.database import sql
from lrs.database.pool import Database
from lrs.erasure import index, plan
from lrs.erasure.index import Mentioned
from lrs.erasure.plan import Plan, Subject
from lrs.errors import BadRequest, Conflict, Fault, NotGranted
from lrs.log import streams
from lrs.log.event_log import EventLog
from lrs.log.events import DocumentsErased, DocumentStored, Event, LearnerErased, StatementErased
from lrs.registrar import names
from lrs.store import blobs, changes, document_keys

QUERIES = sql.Queries(__file__)

# What was made of the log forgets what stood at these positions, in the same transaction.
Forget = Callable[[Connection[Any], str, Sequence[int]], None]


@dataclass(frozen=True, slots=True)
class Order:
    """Why something is erased, by whose authority (whoever has the right to order it), and who does it."""

    reason: str
    authority: str
    by: str


def erase(
    database: Database, tenant: str, subject: Subject, order: Order, *, token: str, forget: Forget
) -> tuple[str, Plan]:
    """Erase what was planned under this token; the erasure's id, and what it took.

    Conflict, NotFound, Gone; BadRequest for a name in the order, NotGranted.
    """
    log, erasure = EventLog(database, tenant), str(uuid4())
    with database.connection() as connection, connection.transaction():
        known = plan.make(log, connection, subject)
    _check(known, token, order)
    try:
        with log.locked() as connection:
            planned = plan.make(log, connection, subject, known=known)
            _check(planned, token, order)
            _erase(log, connection, planned, forget)
            streams.append(log, connection, _said(planned, erasure, order))
    except NotGranted as error:
        needed = "to erase, a role needs UPDATE on the columns state, salt and leaf of the log"
        raise NotGranted(f"PostgreSQL refuses it: {needed} (docs/erasure.md).") from error
    return erasure, planned


def vacuum(connection: Connection[Any], tenant: str) -> None:
    """Let nothing of it lie in the files of the tables, nor in statistics, as far as that is ours to do."""
    connection.execute("SET statement_timeout = 0")
    try:
        for schema, table in connection.execute(QUERIES(tenant, "tables")).fetchall():
            connection.execute(SQL("VACUUM (ANALYZE) {}").format(Identifier(schema, table)))
    finally:
        connection.execute("RESET statement_timeout")


def is_vacuumed(connection: Connection[Any], tenant: str) -> bool:
    """Whether that was done since the last erasure; what PostgreSQL forgot in a crash was not."""
    topics = [kind.topic for kind in (StatementErased, LearnerErased, DocumentsErased)]
    return connection.execute(QUERIES(tenant, "unvacuumed"), {"topics": topics}).fetchone() is None


def _check(planned: Plan, token: str, order: Order) -> None:
    """The order stays for ever, so it names nobody who is to be forgotten."""
    if planned.token != token:
        raise Conflict("What would be erased has changed since it was planned: look at it again.")
    names_ = [re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.I) for word in planned.words if word]
    said = {"/reason": order.reason, "/authority": order.authority}
    if named := [at for at, text in said.items() if any(name.search(text) for name in names_)]:
        raise BadRequest(faults=[Fault(at, "must not name whom it erases") for at in named])


def _erase(log: EventLog, connection: Connection[Any], planned: Plan, forget: Forget) -> None:
    tenant, mentioned = log.tenant, Mentioned()
    for _, document in plan.texts(connection, tenant, planned.statements):
        mentioned.add(document)
    _forget_documents(connection, tenant, planned)
    _forget_keys(log, connection, planned)
    referrers = index.let_go(connection, tenant, planned.statements)
    connection.execute(QUERIES(tenant, "erase"), {"positions": planned.positions})
    index.forget(connection, tenant, list(planned.statements), referrers, mentioned)
    forget(connection, tenant, planned.positions)


def _forget_documents(connection: Connection[Any], tenant: str, planned: Plan) -> None:
    """Documents, and contents that replaced ones had."""
    contents = set[bytes]()
    for said in planned.documents.values():
        changes.remove(connection, tenant, document_keys.of(said))
        if isinstance(said, DocumentStored):
            contents.add(bytes.fromhex(said.sha2))
    for sha2 in contents:
        blobs.drop_unused(connection, tenant, sha2)


def _forget_keys(log: EventLog, connection: Connection[Any], planned: Plan) -> None:
    """Those that read only her are gone, and those of her sessions stop."""
    keys = auth.Keys(log.database)
    for key in planned.session_keys:
        keys.stop_key(log, connection, key, reason="erased")
    connection.execute(QUERIES(log.tenant, "forget_sessions"), {"sessions": planned.sessions})
    connection.execute(QUERIES(log.tenant, "forget_keys"), {"keys": planned.keys})
    auth.tell(connection, log.tenant)


def _said(planned: Plan, erasure: str, order: Order) -> list[tuple[UUID, Event]]:
    """What the log says of it from now on: of each statement in its own stream, and of her in hers."""
    words = {"erasure": erasure, "reason": order.reason, "authority": order.authority, "by": order.by}
    said: list[tuple[UUID, Event]] = [
        (statement, StatementErased(str(statement), position, **words))
        for position, statement in sorted(planned.statements.items())
    ]
    if learner := planned.subject.learner:
        said.append((names.stream("learner", learner), LearnerErased(learner, planned.positions, **words)))
    elif planned.documents:
        said.append((UUID(erasure), DocumentsErased(planned.positions, **words)))
    return said
