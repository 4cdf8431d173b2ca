"""A client that speaks xAPI as a platform would."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx

Json = dict[str, Any]


class Client:
    """Talks to a running store; what goes wrong is an httpx.HTTPStatusError."""

    def __init__(self, server_url: str, key: str, secret: str, *, version: str = "2.0.0") -> None:
        self.key = key
        self.secret = secret
        self.http = httpx.Client(
            base_url=f"{server_url}/xapi",
            auth=(key, secret),
            headers={"X-Experience-API-Version": version},
            timeout=30,
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def post(self, statements: Json | list[Json]) -> list[str]:
        """Store statements; their ids."""
        return self.http.post("/statements", json=statements).raise_for_status().json()  # type: ignore[no-any-return]

    def get(self, statement_id: str, **parameters: str) -> Json:
        """One statement."""
        response = self.http.get("/statements", params={"statementId": statement_id, **parameters})
        return response.raise_for_status().json()  # type: ignore[no-any-return]

    def find(self, **parameters: Any) -> list[Json]:
        """All statements that match, page by page."""
        found: list[Json] = []
        answer = self.http.get("/statements", params=parameters).raise_for_status().json()
        while True:
            found += answer["statements"]
            if not answer["more"]:
                return found
            answer = self.http.get(f"http://{self.http.base_url.netloc.decode()}{answer['more']}").json()


def a_statement(**members: Any) -> Json:
    """A statement with an id; members replace or add."""
    return {
        "id": str(uuid4()),
        "actor": {"objectType": "Agent", "name": "Ada", "mbox": "mailto:ada@example.com"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en": "completed"}},
        "object": {"objectType": "Activity", "id": "http://example.com/activities/fractions"},
        **members,
    }
