"""A platform that launches units of cmi5, and a unit that plays as @xapi/cmi5 would."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx

from lrs.cmi5 import words
from tests.client import Client
from tests.cmi5.samples import COURSE, a_course
from tests.cmi5.statements import a_result

Json = dict[str, Any]
MIRA = {"objectType": "Agent", "account": {"homePage": "https://lms.example", "name": "mira"}}


class Platform:
    """Imports a course and launches its units."""

    def __init__(self, server_url: str, lrs: Client) -> None:
        self.http = httpx.Client(base_url=server_url, auth=(lrs.key, lrs.secret), timeout=30)
        self.lrs = lrs

    def imports(self, *children: str) -> Json:
        return self.http.post("/cmi5/courses", content=a_course(*children)).raise_for_status().json()  # type: ignore[no-any-return]

    def asks(self, **members: Any) -> httpx.Response:
        return self.http.post(
            "/cmi5/launches", json={"course": COURSE, "au": f"{COURSE}/rocks", "actor": MIRA, **members}
        )

    def launches(self, au: str = "rocks", **members: Any) -> Unit:
        done = self.asks(au=f"{COURSE}/{au}", **members).raise_for_status()
        return Unit(done.json())

    def said(self, registration: str) -> list[str]:
        """The verbs of a registration, in the order of the log."""
        found = self.lrs.find(registration=registration, ascending="true")
        return [words.VERBS.get(each["verb"]["id"], each["verb"]["id"]) for each in found]


class Unit:
    """A unit in the browser of its learner."""

    def __init__(self, launched: Json) -> None:
        self.launched = launched
        self.given = dict(parse_qsl(urlsplit(launched["url"]).query))
        self.registration, self.activity = self.given["registration"], self.given["activityId"]
        self.http = httpx.Client(base_url=self.given["endpoint"], timeout=30)
        self.http.headers["X-Experience-API-Version"] = "1.0.3"
        self.template: Json = {}

    def fetches(self) -> Json:
        return httpx.post(self.given["fetch"]).raise_for_status().json()  # type: ignore[no-any-return]

    def begins(self) -> Unit:
        """With its token, its launch data, and initialized."""
        token = self.fetches()["auth-token"]
        assert base64.b64decode(token)
        self.http.headers["Authorization"] = f"Basic {token}"
        self.template = self.state(words.LAUNCH_DATA).raise_for_status().json()["contextTemplate"]
        self.says("initialized").raise_for_status()
        return self

    def state(self, name: str, method: str = "GET", **changes: Any) -> httpx.Response:
        asked = {"activityId": self.activity, "agent": self.given["actor"], "registration": self.registration}
        content = changes.pop("content", None)
        wanted = {each: value for each, value in (asked | {"stateId": name} | changes).items() if value}
        return self.http.request(method, "/activities/state", params=wanted, content=content)

    def profile(self, name: str, method: str = "GET", *, agent: str = "", **options: Any) -> httpx.Response:
        asked = {"agent": agent or self.given["actor"], "profileId": name}
        return self.http.request(method, "/agents/profile", params=asked, **options)

    def makes(self, verb: str, **members: Any) -> Json:
        """A statement that breaks no rule."""
        result = a_result(verb) | members.pop("result", {})
        result = {name: value for name, value in result.items() if value is not None}
        defined = verb in words.IRIS
        category = [{"id": words.CATEGORY}] if defined else []
        if "success" in result or "completion" in result:
            category.append({"id": words.MOVE_ON_CATEGORY})
        activities = {**self.template.get("contextActivities", {}), "category": category}
        context = {**self.template, "registration": self.registration, "contextActivities": activities}
        made = {
            "id": str(uuid4()),
            "actor": MIRA,
            "verb": {"id": words.IRIS.get(verb, verb)},
            "object": {"objectType": "Activity", "id": self.activity},
            "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "context": context,
            **({"result": result} if result else {}),
            **members,
        }
        return {name: value for name, value in made.items() if value is not None}

    def says(self, verb: str, **members: Any) -> httpx.Response:
        return self.sends(self.makes(verb, **members))

    def sends(self, *statements: Json) -> httpx.Response:
        return self.http.post("/statements", json=list(statements) if len(statements) > 1 else statements[0])
