"""What do clients ask? Every kind of query, each with many values: busy and quiet, common and rare."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from psycopg import Connection

from benchmarks.ground import Ground
from benchmarks.statements import VERBS, World
from lrs.database import sql
from lrs.xapi import time
from lrs.xapi.vocabulary import Json

Parameters = dict[str, str]
EACH, SAMPLES = 200, 600
LIMITS = (100, 10)
ASCENDING = {"ascending": "true"}
RELATED_AGENTS = {"related_agents": "true"}
RELATED_ACTIVITIES = {"related_activities": "true"}
QUERIES = sql.Queries(__file__)


class Sample(NamedTuple):
    """A statement that is stored, and when."""

    statement: Json
    stored: datetime


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of question; `asks` makes its parameters out of statements that are stored."""

    name: str
    asks: Callable[[Asker], Parameters]
    # The requirement names these: p95 under 10 ms, and hardly more in a large store.
    required: bool = False
    limited: bool = True


class Asker:
    """Draws values: of any stored statement, so that what is busy comes often, or of anyone in its world."""

    def __init__(self, ground: Ground, tenant: str, world: World) -> None:
        self.dice = random.Random(world.count)  # noqa: S311  the same questions in every run
        self.world = world
        with ground.database.connection() as connection:
            self.samples = list(_samples(connection, tenant, self.dice))

    def statement_id(self) -> str:
        return str(self._one().statement["id"])

    def registration(self) -> str:
        return str(self._one().statement["context"]["registration"])

    def agent(self) -> str:
        """Every other time somebody busy."""
        busy = self._one().statement["actor"]
        who = dict(self.dice.choice((busy, self.dice.choice(self.world.learners))))
        return orjson.dumps({name: value for name, value in who.items() if name != "name"}).decode()

    def teacher(self) -> str:
        return orjson.dumps(self._one().statement["context"]["instructor"]).decode()

    def verb(self) -> str:
        """Every verb as often as any other."""
        return self.dice.choice(list(VERBS))

    def activity(self) -> str:
        busy = self._one().statement["object"]["id"]
        return str(self.dice.choice((busy, self.dice.choice(self.world.activities).id)))

    def course(self) -> str:
        return str(
            self.dice.choice((self._one().statement["object"]["id"].rsplit("/", 2)[0], self.activity()))
        )

    def since(self) -> str:
        return time.format(self._one().stored)

    def recently(self) -> str:
        """Within the last twentieth."""
        return time.format(max(self._one().stored for _ in range(20)))

    def _one(self) -> Sample:
        return self.dice.choice(self.samples)


def _samples(connection: Connection[Any], tenant: str, dice: random.Random) -> Iterator[Sample]:
    ((last,),) = connection.execute(QUERIES(tenant, "last")).fetchall()
    positions = [dice.randrange(1, last + 1) for _ in range(SAMPLES)]
    for state, stored in connection.execute(QUERIES(tenant, "samples"), {"positions": positions}).fetchall():
        statement = orjson.loads(state)
        if "context" in statement:  # a voiding statement has none
            yield Sample(statement, stored)


def of_kind(kind: Kind, asker: Asker, limit: int | None) -> Sequence[Parameters]:
    """Many questions of one kind, all different where there are enough values."""
    more = {"limit": str(limit)} if limit else {}
    return [{**kind.asks(asker), **more} for _ in range(EACH)]


KINDS = (
    Kind("id", lambda ask: {"statementId": ask.statement_id()}, required=True, limited=False),
    Kind("agent", lambda ask: {"agent": ask.agent()}, required=True),
    Kind("activity", lambda ask: {"activity": ask.activity()}, required=True),
    Kind("verb + since", lambda ask: {"verb": ask.verb(), "since": ask.since()}, required=True),
    Kind("registration", lambda ask: {"registration": ask.registration()}, required=True),
    Kind("verb", lambda ask: {"verb": ask.verb()}),
    Kind("verb + since, ascending", lambda ask: {"verb": ask.verb(), "since": ask.since(), **ASCENDING}),
    Kind("verb + until", lambda ask: {"verb": ask.verb(), "until": ask.since()}),
    Kind("related_agents, learner", lambda ask: {"agent": ask.agent(), **RELATED_AGENTS}),
    Kind("related_agents, teacher", lambda ask: {"agent": ask.teacher(), **RELATED_AGENTS}),
    Kind("related_activities", lambda ask: {"activity": ask.course(), **RELATED_ACTIVITIES}),
    Kind("agent + verb", lambda ask: {"agent": ask.agent(), "verb": ask.verb()}),
    Kind("activity + verb", lambda ask: {"activity": ask.activity(), "verb": ask.verb()}),
    Kind("agent + activity", lambda ask: {"agent": ask.agent(), "activity": ask.activity()}),
    Kind("agent + recently", lambda ask: {"agent": ask.agent(), "since": ask.recently()}),
    Kind("course + verb", lambda ask: {"activity": ask.course(), **RELATED_ACTIVITIES, "verb": ask.verb()}),
    Kind("no filter", lambda ask: {}),
    Kind("attachments=false", lambda ask: {"attachments": "false"}),
    Kind("recently", lambda ask: {"since": ask.recently()}),
    Kind("since, ascending", lambda ask: {"since": ask.since(), **ASCENDING}),
    Kind("ascending", lambda ask: ASCENDING),
)
