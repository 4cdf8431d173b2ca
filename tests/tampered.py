"""A small school's store with something of everything in it, and somebody who changes what nobody may."""

from __future__ import annotations

import json
import random
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID, uuid4

from psycopg import errors
from psycopg.sql import SQL, Identifier

from lrs.auth.keys import Keys
from lrs.database import sql
from lrs.database.pool import Database
from lrs.registrar import catalogue, learners
from projections import found, rebuild
from projections.audit.trail import Trail
from projections.view import Views
from tests.client import Client, a_statement
from tests.conftest import a_key
from tests.multiparts import MULTIPART, a_body, a_part, a_statement_with
from tests.registrar.samples import a_catalogue

Json = dict[str, Any]
JSON = {"Content-Type": "application/json"}
VOIDED = {"id": "http://adlnet.gov/expapi/verbs/voided"}
ADA = json.dumps({"mbox": "mailto:ada@example.com"})


def a_school(lrs: Client, database: Database, tenant: str, *, others: int = 240) -> Trail:
    """Fill the log and whatever follows it, and sign it twice."""
    trail = Trail(Views(database, found.projections()), "https://lrs.example")
    _study(lrs)
    _keep(lrs)
    _register(database, tenant)
    for at in range(0, others, 60):
        lrs.post([_short(at + number) for number in range(60)])
    build(database, tenant)
    trail.sign(tenant)
    lrs.post([_full(90), _full(91)])
    build(database, tenant)
    trail.sign(tenant)
    return trail


def build(database: Database, tenant: str) -> None:
    """Bring every projection to the end of the log."""
    for each in found.projections():
        rebuild.rebuild(database, tenant, each, progress=lambda *_: None)


def _study(lrs: Client) -> None:
    told = [_full(number) for number in range(12)]
    lrs.post(told[:6])
    early = a_statement(object=_to(told[8]), actor=_agent(70))
    lrs.post(early)
    lrs.post(told[6:])
    lrs.post([a_statement(object=_to(told[0])), a_statement(object=_to(early), actor=_agent(71))])
    lrs.post(a_statement(verb=VOIDED, object=_to(told[3])))
    void = a_statement(verb=VOIDED, object=_to(told[4]))
    lrs.post([void, a_statement(verb=VOIDED, object=_to(void))])
    attached = a_statement_with(b"an essay", b"a drawing", actor=_agent(72))
    body = a_body(json.dumps(attached).encode(), a_part(b"an essay"), a_part(b"a drawing"))
    lrs.http.post("/statements", content=body, headers=MULTIPART).raise_for_status()


def _keep(lrs: Client) -> None:
    for state, content in (("a", b"{}"), ("b", b'{"n":1}'), ("b", b'{"m":2}'), ("c", b"{}")):
        asked = {"activityId": "http://example.com/a", "agent": ADA, "stateId": state}
        lrs.http.post("/activities/state", params=asked, content=content, headers=JSON).raise_for_status()
    lrs.http.delete("/activities/state", params=asked).raise_for_status()
    profile = {"activityId": "http://example.com/a", "profileId": "p"}
    lrs.http.post("/activities/profile", params=profile, content=b'{"q":3}', headers=JSON).raise_for_status()


def _register(database: Database, tenant: str) -> None:
    learner = str(uuid4())
    learners.register(database, tenant, learner, {"name": "Mira", "born": "2012-03-04"}, by="office")
    learners.link(database, tenant, learner, {"identifier": _agent(1), "reason": "known"}, by="office")
    catalogue.adopt(database, tenant, a_catalogue(), by="office")
    key, _ = a_key(database, tenant, "state")
    Keys(database).revoke(tenant, key, reason="lost")


def _full(number: int) -> Json:
    """Nobody else is called so, and nothing else is described so."""
    definition = {"name": {"en": f"Chapter {number}"}}
    return a_statement(
        actor=_agent(number),
        object={"id": f"http://example.com/chapters/{number}", "definition": definition},
        result={"score": {"scaled": 0.9}, "completion": True},
        context={"registration": str(uuid4())},
    )


def _short(number: int) -> Json:
    return a_statement(actor={"mbox": f"mailto:{number}@example.com"}, object={"id": "http://example.com/x"})


def _agent(number: int) -> Json:
    return {"mbox": f"mailto:learner{number}@example.com", "name": f"Learner {number}"}


def _to(statement: Json) -> Json:
    return {"objectType": "StatementRef", "id": statement["id"]}


@dataclass(frozen=True)
class Flip:
    """One value of one row, before and after."""

    table: str
    column: str
    row: Json
    before: Any
    after: Any


class Tamperer:
    """Changes a byte of anything, as a superuser past the trigger, and can take it back."""

    def __init__(self, database: Database, tenant: str, seed: int) -> None:
        self.database = database
        self.schema = sql.schema(tenant).strip('"')
        self.chance = random.Random(seed)  # noqa: S311

    def columns(self) -> list[tuple[str, str]]:
        """Every column of every table of the tenant."""
        query = (
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s"
            " ORDER BY table_name, ordinal_position"
        )
        with self.database.connection() as connection:
            return connection.execute(query, [self.schema]).fetchall()

    def flip(self, table: str, column: str, *, where: LiteralString = "true") -> Flip | None:
        """A byte of this column in any row; None where the database has no place for what would come out."""
        with self.database.connection() as connection:
            named = Identifier(self.schema, table)
            query = SQL(
                "SELECT ctid::text, to_jsonb(t), {} FROM {} AS t WHERE {} IS NOT NULL AND {} ORDER BY t::text"
            )
            asked = query.format(Identifier(column), named, Identifier(column), SQL(where))
            rows = connection.execute(asked).fetchall()
        assert rows, f"{table} has no {column}: give the fixture something that makes one"
        ctid, row, before = self.chance.choice(rows)
        after = self._changed(before, table)
        if after == before:
            return None
        done = self._write(table, column, after, ctid)
        return Flip(table, column, row | {"ctid": done}, before, after) if done else None

    def restore(self, flip: Flip) -> None:
        """As if nothing had been."""
        assert self._write(flip.table, flip.column, flip.before, flip.row["ctid"])

    def _write(self, table: str, column: str, value: Any, ctid: str) -> str | None:
        query = SQL("UPDATE {} SET {} = %s WHERE ctid = %s::tid RETURNING ctid::text")
        named = query.format(Identifier(self.schema, table), Identifier(column))
        try:
            with self.database.connection() as connection, connection.transaction():
                connection.execute(b"SET LOCAL session_replication_role = replica")
                ((new,),) = connection.execute(named, [value, ctid]).fetchall()
                return str(new)
        except errors.UniqueViolation:
            return None

    def _changed(self, value: Any, table: str) -> Any:  # noqa: PLR0911  a kind of value each
        match value:
            case bool():
                return not value
            case int():
                return value ^ 1 << self.chance.choice([0, 0, 1, 2, 8])
            case float():
                return struct.unpack("d", self._flipped(struct.pack("d", value)))[0]
            case datetime():
                return value + timedelta(microseconds=1 << self.chance.choice([0, 1, 8, 16]))
            case UUID():
                return UUID(bytes=self._flipped(value.bytes))
            case [first, *others]:
                return [self._changed(first, table), *others]
            case bytes() if table == "checkpoint":  # but for the end of the line
                return self._flipped(value[:-1]) + value[-1:]
            case "":
                return "x"
            case b"":
                return b"x"
        return self._flipped(value) if value else value

    def _flipped(self, value: Any) -> Any:
        at = self.chance.randrange(len(value))
        if isinstance(value, str):
            return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
        return value[:at] + bytes([value[at] ^ 1 << self.chance.randrange(8)]) + value[at + 1 :]
