"""Clients that write without pause and remember what was acknowledged, and what got no answer."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import httpx

from tests.client import Json, a_statement
from tests.crash.store import KEY, SECRET

PAUSE = 0.05
ACTIVITY = "http://example.com/activities/crash"
AGENT = '{"mbox":"mailto:crash@example.com"}'


@dataclass(frozen=True)
class Request:
    """Statements that belong together: one, or a batch."""

    method: str
    statements: list[Json]

    @property
    def ids(self) -> list[str]:
        return [each["id"] for each in self.statements]

    def send(self, http: httpx.Client) -> httpx.Response:
        if self.method == "PUT":
            (one,) = self.statements
            return http.put("/statements", params={"statementId": one["id"]}, json=one)
        return http.post("/statements", json=self.statements if len(self.statements) > 1 else one_of(self))


def one_of(request: Request) -> Json:
    return request.statements[0]


class Writer(threading.Thread):
    """One client; whatever it decides by chance depends on its seed alone."""

    version = "2.0.0"

    def __init__(self, url: str, seed: str) -> None:
        super().__init__(name=seed, daemon=True)
        self.url = url
        self.random = Random(seed)  # noqa: S311  not a secret
        self.stopping = threading.Event()
        self.refused: list[str] = []
        self.lost_answers = 0

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                with self.connected() as http:
                    while not self.stopping.is_set():
                        self.write(http)
            except httpx.TransportError:
                time.sleep(PAUSE)

    def connected(self) -> httpx.Client:
        headers = {"X-Experience-API-Version": self.version}
        return httpx.Client(
            base_url=f"{self.url}/xapi", auth=(KEY, SECRET), headers=headers, timeout=60, trust_env=False
        )

    def write(self, http: httpx.Client) -> None:
        raise NotImplementedError

    def is_acknowledged(self, response: httpx.Response) -> bool:
        """Only 503 is an answer to a correct request that does not acknowledge it."""
        if response.status_code not in {200, 204, 503}:
            self.refused.append(f"{response.status_code}: {response.text}")
        if not response.is_success:
            time.sleep(PAUSE)
        return response.is_success


class Statements(Writer):
    """Posts batches and single statements, all under one registration; some are tried again, some not."""

    def __init__(self, url: str, seed: str, *, batch: int) -> None:
        super().__init__(url, seed)
        self.batch = batch
        self.registration = str(UUID(int=self.random.getrandbits(128), version=4))
        self.acknowledged: list[Request] = []
        self.unanswered: list[Request] = []
        self.number = 0

    def write(self, http: httpx.Client) -> None:
        request = self._next()
        while not self.stopping.is_set():
            try:
                acknowledged = self.is_acknowledged(request.send(http))
            except httpx.TransportError:
                acknowledged = False
                self.lost_answers += 1
            if acknowledged:
                self.acknowledged.append(request)
                return
            if self.random.random() < 0.5:
                break
            time.sleep(PAUSE)
        self.unanswered.append(request)

    def _next(self) -> Request:
        method = "PUT" if self.batch == 1 and self.random.random() < 0.5 else "POST"
        return Request(method, [self._statement() for _ in range(self.batch)])

    def _statement(self) -> Json:
        self.number += 1
        return a_statement(
            id=str(UUID(int=self.random.getrandbits(128), version=4)),
            context={"registration": self.registration},
            result={"response": f"{self.name} {self.number}"},
        )


@dataclass
class Numbers:
    """Which numbers were written into a document."""

    tried: list[int] = field(default_factory=list)
    acknowledged: list[int] = field(default_factory=list)


class Documents(Writer):
    """Writes one state document over and over, and merges into another."""

    version = "1.0.3"  # in which a state may be written over without a precondition

    def __init__(self, url: str, seed: str) -> None:
        super().__init__(url, seed)
        self.replaced = Numbers()
        self.merged = Numbers()
        self.number = 0

    def where(self, name: str) -> dict[str, Any]:
        """The parameters of a document."""
        return {"activityId": ACTIVITY, "agent": AGENT, "stateId": f"{self.name} {name}"}

    def write(self, http: httpx.Client) -> None:
        self.number += 1
        self.replaced.tried.append(self.number)
        answer = http.put("/activities/state", params=self.where("replaced"), json={"n": self.number})
        if self.is_acknowledged(answer):
            self.replaced.acknowledged.append(self.number)
        self.merged.tried.append(self.number)
        answer = http.post("/activities/state", params=self.where("merged"), json={str(self.number): 1})
        if self.is_acknowledged(answer):
            self.merged.acknowledged.append(self.number)
