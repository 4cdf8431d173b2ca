"""What does a launch consist of? The URL, the launch data, and statements (sections 8, 9.3, 10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urljoin, urlsplit, urlunsplit
from uuid import UUID, uuid5

import orjson

from lrs.cmi5 import words
from lrs.cmi5.bound import Bound
from lrs.cmi5.nodes import Node
from lrs.cmi5.progress import Satisfied
from lrs.cmi5.sessions import Session
from lrs.xapi import time
from lrs.xapi.vocabulary import Json

_IDS = UUID("6d9a3c52-4be1-4b0b-8c0e-7c1f0d2a9e35")


@dataclass(frozen=True, slots=True)
class Launch:
    """A launch of a unit; `move_on` and `mastery` are those that hold, whatever its course structure says."""

    bound: Bound
    unit: Node
    url: str
    mode: str
    move_on: str
    mastery: float | None
    parameters: str | None
    return_url: str | None

    def data(self) -> Json:
        """The document LMS.LaunchData (10.2)."""
        key = self.unit.known.get("entitlementKey")
        given = {
            "launchParameters": self.parameters,
            "masteryScore": self.mastery,
            "returnURL": self.return_url,
            "entitlementKey": None if key is None else {"courseStructure": key},
        }
        return {
            "contextTemplate": self._template(),
            "launchMode": self.mode,
            "moveOn": self.move_on,
            "launchMethod": self.unit.known["launchMethod"],
            **{name: value for name, value in given.items() if value is not None},
        }

    def said(self, at: datetime) -> Json:
        """The statement launched (9.3.1)."""
        extensions = {
            words.LAUNCH_MODE: self.mode,
            words.LAUNCH_URL: self.url,
            words.MOVE_ON: self.move_on,
            words.MASTERY_SCORE: self.mastery,
            words.LAUNCH_PARAMETERS: self.parameters,
        }
        given = {name: value for name, value in extensions.items() if value is not None}
        return _statement(self.bound, "launched", time.format(at), self.bound.session, given)

    def link(self, *, endpoint: str, fetch: str) -> str:
        """The URL with all that the unit needs to begin (8.1)."""
        given = {
            "endpoint": endpoint,
            "fetch": fetch,
            "actor": orjson.dumps(self.bound.agent).decode(),
            "registration": self.bound.registration,
            "activityId": self.bound.activity,
        }
        parts = urlsplit(self.url)
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in given.items())
        return urlunsplit(parts._replace(query=f"{parts.query}&{query}" if parts.query else query))

    def _template(self) -> Json:
        return {
            "contextActivities": {"grouping": [{"objectType": "Activity", "id": self.bound.au}]},
            "extensions": {words.SESSION: self.bound.session},
        }


def unit_url(unit: Node, base: str | None) -> str | None:
    """Where a unit is: at its own URL, or relative to where the files of its package are served."""
    url = str(unit.known["url"])
    if "://" in url:
        return url
    return urljoin(base if base.endswith("/") else f"{base}/", url) if base else None


def abandoned(bound: Bound, session: Session, at: datetime) -> Json:
    """The statement abandoned (9.3.6), with the time from launched to the unit's last (9.5.4.2)."""
    moments = [each.at for each in session.said if each.by_the_unit or each.verb == "launched"]
    seconds = (time.parse(max(moments)) - time.parse(min(moments))).total_seconds()
    made = _statement(bound, "abandoned", time.format(at), bound.session, {})
    return made | {"result": {"duration": f"PT{seconds:.2f}S"}}


def waived(bound: Bound, reason: str, at: datetime) -> Json:
    """The statement waived (9.3.7), once for a unit in a registration, with why (9.5.5.2)."""
    made = _statement(bound, "waived", time.format(at), bound.session, {})
    made["context"]["contextActivities"]["category"].append(
        {"objectType": "Activity", "id": words.MOVE_ON_CATEGORY}
    )
    result = {"success": True, "completion": True, "extensions": {words.REASON: reason}}
    return made | {"id": str(uuid5(_IDS, f"{bound.registration} waived {bound.activity}")), "result": result}


def satisfied(bound: Bound, node: Node, found: Satisfied) -> Json:
    """The statement satisfied about a block or the course (9.3.9); the same for the same registration."""
    session = found.session or str(uuid5(_IDS, bound.registration))
    made = _statement(bound, "satisfied", found.at, session, {}, about=node)
    return made | {"id": str(uuid5(_IDS, f"{bound.registration} satisfied {node.activity}"))}


def _statement(
    bound: Bound, verb: str, at: str, session: str, extensions: Json, *, about: Node | None = None
) -> Json:
    definition = (
        {"definition": {"type": words.TYPES[about.kind], "name": about.known["title"]}} if about else {}
    )
    return {
        "id": str(uuid5(_IDS, f"{bound.session} {verb}")),
        "actor": bound.agent,
        "verb": {"id": words.IRIS[verb], "display": {"en": verb}},
        "object": {
            "objectType": "Activity",
            "id": about.activity if about else bound.activity,
            **definition,
        },
        "timestamp": at,
        "context": {
            "registration": bound.registration,
            "contextActivities": {
                "category": [{"objectType": "Activity", "id": words.CATEGORY}],
                "grouping": [{"objectType": "Activity", "id": about.id if about else bound.au}],
            },
            "extensions": {words.SESSION: session, **extensions},
        },
    }
