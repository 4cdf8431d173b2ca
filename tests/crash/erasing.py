"""Learners with much to erase, the ways to order it, and a look at whether it was done wholly or not."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from uuid import uuid4

import httpx
from psycopg.errors import UndefinedTable
from psycopg.sql import SQL, Identifier

from lrs.cli import verifying
from lrs.database import sql
from lrs.database.pool import Database
from lrs.log.event_log import EventLog
from lrs.log.events import LearnerErased, from_state
from lrs.registrar import learners
from projections import builds, found
from projections.rebuild import rebuild
from tests.cli import terminal
from tests.client import Client, Json, a_statement
from tests.erasure.test_learner import quietly, rows

STATEMENTS, DOCUMENTS = 200, 10
ORDER = {"reason": "asked for it", "authority": "GDPR 17"}
# A command that has imported everything, and begins when it is told to.
WAITING = """
import sys
from lrs.cli import main
print(flush=True)
sys.stdin.read()
main()
"""


@dataclass
class Learner:
    """Who is to be erased, and what there is of her."""

    id: str
    name: str
    statements: list[str]
    agent: str
    token: str = ""

    @property
    def body(self) -> Json:
        """The confirmed order, as HTTP has it."""
        return {"learner": self.id, "token": self.token, **ORDER}


@dataclass
class School:
    """A tenant, and how to reach it: over HTTP, from the command line, and past both."""

    lrs: Client
    database: Database
    tenant: str
    place: list[str]

    def admit(self) -> Learner:
        """A learner with many statements and some documents."""
        name, her = f"zoe{uuid4().hex[:10]}", str(uuid4())
        agent = {"mbox": f"mailto:{name}@example.com"}
        learners.register(self.database, self.tenant, her, {"name": name}, by="me")
        linked = {"identifier": agent, "reason": "known"}
        learners.link(self.database, self.tenant, her, linked, by="me")
        ids = self.lrs.post([a_statement(actor=agent | {"name": name}) for _ in range(STATEMENTS)])
        learner = Learner(her, name, ids, json.dumps(agent))
        for number in range(DOCUMENTS):
            params = _state(learner) | {"stateId": str(number)}
            self.lrs.http.put(
                "/activities/state", params=params, json={"of": name}, headers={"If-None-Match": "*"}
            ).raise_for_status()
        return learner

    def command(self, learner: Learner) -> list[str]:
        """The words that order it, confirmed once it has been planned."""
        order = [f"--{name}={text}" for name, text in ORDER.items()]
        confirm = ["--confirm", learner.token] if learner.token else []
        return ["erase", "learner", learner.id, *order, "--tenant", self.tenant, *self.place, *confirm]

    def plan(self, learner: Learner) -> None:
        """Look what would go."""
        learner.token = terminal.facts(terminal.said(*self.command(learner)))["token"]

    def is_erased(self, learner: Learner) -> bool:
        """Whether she is, once nobody is at it any more; never in part."""
        log = EventLog(self.database, self.tenant)
        with log.locked() as connection:
            counted = SQL(_LEFT).format(Identifier(sql.schema(self.tenant).strip('"'), "log"))
            (left,) = connection.execute(counted, [learner.statements]).fetchall()[0]
        said = [
            from_state(each.topic, each.state) for each in log.read() if each.topic == LearnerErased.topic
        ]
        erased = learner.id in {each.learner for each in said if isinstance(each, LearnerErased)}
        documents = self.lrs.http.get("/activities/state", params=_state(learner)).raise_for_status().json()
        shown = len(self.lrs.find(agent=learner.agent))
        everything = (STATEMENTS, STATEMENTS, DOCUMENTS)
        assert (left, shown, len(documents)) == ((0, 0, 0) if erased else everything)
        return erased

    def check(self) -> None:
        """The log, its tree, the index and contents are what they should be."""
        rebuild(self.database, self.tenant, found.projection("audit"), progress=quietly)
        assert verifying.verify(self.database, self.tenant, progress=quietly)[0] is None

    def order_again(self, learner: Learner) -> None:
        """Until the end, which leaves nothing of her, and nothing to do."""
        done = terminal.lrs(*self.command(learner))
        assert done.returncode == 0 or b"has been erased already" in done.stderr, done.stderr
        assert self.is_erased(learner)
        with self.database.connection() as connection:
            standing = builds.look(connection, self.tenant).builds
        assert [each.prefix for each in standing if not each.finished] == []
        assert [row for row in self._rows() if learner.name.encode() in row] == []

    def _rows(self) -> list[bytes]:
        while True:
            with suppress(UndefinedTable):  # an old build was dropped meanwhile
                return rows(self.database, self.tenant)


class Command:
    """The order at the command line, which can be killed."""

    def __init__(self, words: list[str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", WAITING, *words],
            env=terminal.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout
        self._process.stdout.readline()

    def begin(self) -> None:
        """It was only waiting for this."""
        assert self._process.stdin
        self._process.stdin.close()

    def kill(self) -> None:
        """At this instant."""
        self._process.kill()
        self.end()

    def end(self) -> None:
        """Wait until it has ended, however."""
        assert self._process.stdout
        self._process.stdout.read()
        self._process.wait(timeout=120)


class Post:
    """The order over HTTP, whose answer may get lost."""

    def __init__(self, url: str, key: tuple[str, str], learner: Learner) -> None:
        self._thread = Thread(target=self._send, args=(url, key, learner.body))

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._thread.join(timeout=120)
        assert not self._thread.is_alive()

    def _send(self, url: str, key: tuple[str, str], body: Json) -> None:
        with suppress(httpx.TransportError):
            httpx.post(f"{url}/erasures", auth=key, json=body, timeout=60, trust_env=False)


_LEFT = """SELECT count(*) FROM {}
            WHERE originator_id = ANY(%s::uuid[]) AND topic = 'statement-stored' AND leaf IS NULL"""


def _state(learner: Learner) -> dict[str, str]:
    return {"agent": learner.agent, "activityId": "http://example.com/a"}
