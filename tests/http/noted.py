"""A projection as small as can be, and a roof that opens it: who did something, and how often."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import orjson

from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import BadRequest, Fault, NotBuilt, NotFound
from lrs.log.event_log import EventLog
from projections.resource import Resource, View

Json = dict[str, Any]


def make(database: Database, tenant: str) -> None:
    """Its tables, empty."""
    schema = sql.schema(tenant)
    with database.connection() as connection:
        connection.execute(
            f"CREATE TABLE {schema}.noted (learner text, position bigint PRIMARY KEY)".encode()
        )
        connection.execute(f"CREATE TABLE {schema}.noted_at AS SELECT 0::bigint AS position".encode())


def forget(database: Database, tenant: str) -> None:
    """Nothing is built, as in a store that has just been started."""
    with database.connection() as connection:
        connection.execute(f"UPDATE {sql.schema(tenant)}.noted_at SET position = NULL".encode())  # noqa: S608


def lose(database: Database, tenant: str) -> None:
    """It is one event less far than it was."""
    schema = sql.schema(tenant)
    back = f"UPDATE {schema}.noted_at SET position = position - 1 RETURNING position"  # noqa: S608
    with database.connection() as connection:
        (at,) = connection.execute(back.encode()).fetchall()[0]
        connection.execute(f"DELETE FROM {schema}.noted WHERE position > %s".encode(), [at])  # noqa: S608


def follow(database: Database, tenant: str, until: int | None = None) -> int:
    """Bring it up to a position, or to the end of the log; where it is then."""
    schema = sql.schema(tenant)
    last = until or EventLog(database, tenant).head().position
    with database.connection() as connection, connection.transaction():
        (at,) = connection.execute(f"SELECT position FROM {schema}.noted_at".encode()).fetchall()[0]  # noqa: S608
        for event in EventLog(database, tenant).read(after=at or 0, until=last):
            if event.topic == "statement-stored":
                row = [orjson.loads(event.state)["actor"]["name"], event.position]
                connection.execute(f"INSERT INTO {schema}.noted VALUES (%s, %s)".encode(), row)  # noqa: S608
        connection.execute(f"UPDATE {schema}.noted_at SET position = %s".encode(), [last])  # noqa: S608
    return last


class Views:
    """It as it is, or was."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def position(self, tenant: str, names: Sequence[str]) -> int:
        with self.database.connection() as connection:
            at = f"SELECT position FROM {sql.schema(tenant)}.noted_at"  # noqa: S608
            (position,) = connection.execute(at.encode()).fetchall()[0]
        if position is None:
            raise NotBuilt
        return int(position)

    @contextmanager
    def open(self, tenant: str, names: Sequence[str], *, as_of: int | datetime | None) -> Iterator[View]:
        schema, log = sql.schema(tenant), EventLog(self.database, tenant)
        at = self.position(tenant, names)
        with self.database.connection() as connection, connection.transaction():
            position = log.position_at(connection, as_of) if isinstance(as_of, datetime) else as_of
            position = at if position is None else min(at, position)
            stored = f"SELECT max(stored) FROM {schema}.log WHERE notification_id <= %s"  # noqa: S608
            (time,) = connection.execute(stored.encode(), [position]).fetchall()[0]
            yield View(connection, tenant, position, time, dict.fromkeys(names, f"{schema}.noted"))


def _count(view: View, parameters: Mapping[str, str]) -> Json:
    query = f"SELECT count(*) FROM {view.tables['noted']} WHERE learner = %s AND position <= %s"  # noqa: S608
    rows = view.connection.execute(query.encode(), [parameters["learner"], view.position]).fetchall()
    if not rows[0][0]:
        raise NotFound(f"Nobody has noted anything of {parameters['learner']}.")
    if parameters.get("unit", "statements") != "statements":
        raise BadRequest(faults=[Fault("unit", "must be statements")])
    return {"learner": parameters["learner"], "count": rows[0][0]}


def _all(view: View, parameters: Mapping[str, str]) -> Json:
    query = f"SELECT DISTINCT learner FROM {view.tables['noted']} WHERE position <= %s ORDER BY learner"  # noqa: S608
    found = view.connection.execute(query.encode(), [view.position]).fetchall()
    return {"learners": [learner for (learner,) in found], "asked": dict(parameters)}


def _transcript(view: View, parameters: Mapping[str, str]) -> Json:
    said = _count(view, parameters)
    sha256 = hashlib.sha256(orjson.dumps(said)).hexdigest()
    return {"learner": {"id": said["learner"]}, "count": said["count"], "sha256": sha256}


SCHEMA: Json = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://example.org/schemas/count.json",
    "type": "object",
    "required": ["learner", "count", "position", "as_of"],
    "properties": {
        "learner": {"type": "string"},
        "count": {"$ref": "#/$defs/count"},
        "position": {"type": "integer"},
        "as_of": {"type": "string"},
    },
    "additionalProperties": False,
    "$defs": {"count": {"type": "integer", "minimum": 1}},
}
UNIT = {"name": "unit", "in": "query", "required": False, "schema": {"enum": ["statements"]}}
WORD = {"name": "word", "in": "query", "required": True, "schema": {"type": "string"}}
RESOURCES = [
    Resource(
        path="/noted/{learner}",
        summary="How often somebody did something.",
        need="transcripts/read",
        projections=("noted",),
        read=_count,
        parameters=[UNIT],
        schema=SCHEMA,
    ),
    Resource(
        path="/noted",
        summary="Who did something.",
        need="transcripts/read",
        projections=("noted",),
        read=_all,
        parameters=[WORD],
        learner="",
    ),
    Resource(
        path="/learners/{learner}/transcript",
        summary="What would go out.",
        need="transcripts/read",
        projections=("noted",),
        read=_transcript,
    ),
]
