"""How does a measurement ask one thing after the other, and read the answers? Over one open connection."""

from __future__ import annotations

import http.client

import orjson

from benchmarks import requests
from benchmarks.load import HOST
from benchmarks.requests import Key
from benchmarks.server import Server
from lrs.xapi.vocabulary import Json


class Asker:
    """A client that waits for each answer; a refusal is a RuntimeError."""

    def __init__(self, store: Server, key: Key) -> None:
        self._connection = http.client.HTTPConnection(HOST, store.port, timeout=60)
        self._headers = {**requests.headers(key), "Content-Type": "application/json"}

    def __enter__(self) -> Asker:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def get(self, path: str) -> Json:
        return self.send("GET", path)

    def read(self, path: str) -> bytes:
        """The same, for who looks at the time only."""
        self._connection.request("GET", path, None, self._headers)
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"GET {path}: {answer.status} {said.decode()}")
        return said

    def send(self, method: str, path: str, body: Json | None = None) -> Json:
        self._connection.request(method, path, orjson.dumps(body) if body else None, self._headers)
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {said.decode()}")
        return dict(orjson.loads(said))
