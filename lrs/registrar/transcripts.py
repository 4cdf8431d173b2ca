"""Which transcripts went out? Each is pinned to a position of the log, and to a digest of what it said."""

from __future__ import annotations

import re
from typing import Any

from psycopg import Connection

from lrs.database.pool import Database
from lrs.errors import Conflict, Fault
from lrs.log import streams
from lrs.log.event_log import EventLog
from lrs.log.events import LearnerRegistered, TranscriptIssued
from lrs.registrar import check, names
from lrs.registrar.names import same

_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


def issue(
    database: Database, tenant: str, transcript: str, *, learner: str, position: int, sha256: str, by: str
) -> int:
    """Note that a transcript went out under a new id; the position that says so. BadRequest, Conflict.

    Only who is registered has transcripts that go out: an identifier may be linked, and hers would be lost.

    `sha256` is that of the canonical document as it was at `position`, in hexadecimal digits.
    """
    stream, event = (
        names.stream("transcript", transcript),
        TranscriptIssued(transcript, learner, position, sha256, by),
    )
    log = EventLog(database, tenant)
    with log.locked() as connection:
        _require_registered(log, connection, learner)
        head = log.head_of(connection).position
        faults = [] if 0 < position <= head else [Fault("/position", f"must be from 1 to {head}")]
        if not _SHA256.match(sha256):
            faults.append(Fault("/sha256", "must be 64 hexadecimal digits"))
        check.require(faults, "The transcript")
        place = streams.last(log, connection, stream)
        if place is None:
            return streams.append(log, connection, [(stream, event)])
        if not same(place.event, event):
            raise Conflict(f"Another transcript went out under the id {transcript} already.")
        return place.position


def issued(database: Database, tenant: str, transcript: str, *, learner: str) -> TranscriptIssued | None:
    """What went out under this id; Conflict where it is another learner's."""
    log = EventLog(database, tenant)
    with database.connection() as connection:
        place = streams.last(log, connection, names.stream("transcript", transcript))
    if place is None or not isinstance(place.event, TranscriptIssued):
        return None
    if place.event.learner != learner:
        raise Conflict(f"Another transcript went out under the id {transcript} already.")
    return place.event


def _require_registered(log: EventLog, connection: Connection[Any], learner: str) -> None:
    place = streams.last(log, connection, names.stream("learner", learner))
    if place is None or not isinstance(place.event, LearnerRegistered):
        raise Conflict(
            f"Nobody is registered as learner {learner}: register her, link this identifier to her, "
            "and issue her transcript."
        )
