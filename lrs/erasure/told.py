"""What was erased, why, and by whose order? As the log tells it of one erasure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from psycopg import Connection

from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import Gone, NotFound
from lrs.log import events, streams
from lrs.log.event_log import EventLog
from lrs.log.events import DocumentsErased, LearnerErased, StatementErased
from lrs.xapi import time
from lrs.xapi.vocabulary import Json

QUERIES = sql.Queries(__file__)


def told(database: Database, tenant: str, erasure: str) -> Json:
    """Who ordered it, when and why; which statements, how many positions, and which learner. NotFound."""
    wanted = {
        "topics": [kind.topic for kind in (StatementErased, LearnerErased, DocumentsErased)],
        "erasure": erasure.encode(),
    }
    with database.connection() as connection:
        found = connection.execute(QUERIES(tenant, "of"), wanted, binary=True).fetchall()
    said = [(stored, events.from_state(topic, state)) for stored, topic, state in found]
    if not said:
        raise NotFound(f"There is no erasure {erasure}.")
    stored, last = said[-1]
    assert isinstance(last, StatementErased | LearnerErased | DocumentsErased)  # noqa: S101  by its topic
    statements = [each.statement for _, each in said if isinstance(each, StatementErased)]
    return {
        "erasure": erasure,
        "erased": time.format(stored),
        "reason": last.reason,
        "authority": last.authority,
        "by": last.by,
        "learner": last.learner if isinstance(last, LearnerErased) else None,
        "statements": statements,
        "events": len(statements) if isinstance(last, StatementErased) else len(last.positions),
    }


def refuse_twice(log: EventLog, connection: Connection[Any], of: Collection[UUID]) -> None:
    """Gone, with the erasure, where one of these statements or learners has been erased already."""
    for place in streams.lasts(log, connection, of).values():
        if isinstance(said := place.event, StatementErased | LearnerErased):
            what = said.statement if isinstance(said, StatementErased) else said.learner
            raise Gone(f"{what} has been erased already, by erasure {said.erasure}.")
