"""How is a statement of the demo made? The same for the same thing in every run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

Json = dict[str, Any]

UTC_OFFSET = "-05:00"
TYPES = "http://adlnet.gov/expapi/activities"
GRADE = "http://www.tincanapi.co.uk/activitytypes/grade_classification"
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"
# Verbs are ADL's, but for those that it does not have.
VERBS = {
    "evaluated": "https://w3id.org/xapi/acrossx/verbs/evaluated",
    "verified": "https://w3id.org/xapi/tla/verbs/verified",
}


@dataclass(frozen=True)
class Place:
    """A source of learning: the name of its key, what it calls itself, and where it is at home."""

    key: str
    name: str
    home: str

    @property
    def authority(self) -> Json:
        """Whose word its statements are."""
        return {"name": self.name, "account": {"homePage": self.home, "name": self.key}}


def statement(actor: Json, verb: str, about: Json, moment: datetime, **members: Json) -> Json:
    """Who did what to which activity or statement, and when."""
    timestamp = moment.isoformat()
    return {
        "id": fixed_id(f"{actor['name']} {verb} {about['id']} {timestamp}"),
        "actor": {"objectType": "Agent", **actor},
        "verb": {"id": VERBS.get(verb, f"http://adlnet.gov/expapi/verbs/{verb}"), "display": {"en": verb}},
        "object": about,
        **members,
        "timestamp": timestamp,
    }


def activity(place: Place, path: str, name: str, kind: str) -> Json:
    """An activity of a place."""
    return {
        "objectType": "Activity",
        "id": f"{place.home}/{path}",
        "definition": {"type": f"{TYPES}/{kind}", "name": {"en": name}},
    }


def reference(other: Json) -> Json:
    """Another statement, as what a statement is about."""
    return {"objectType": "StatementRef", "id": other["id"]}


def context(**groups: Json | list[Json]) -> Json:
    """What the activity is part of: its parent, and its groupings."""
    listed = {kind: each if isinstance(each, list) else [each] for kind, each in groups.items()}
    return {"contextActivities": listed}


def at(day: str | date, time: str, *, minutes: int = 0) -> datetime:
    """A moment of the year, as the family's clock shows it."""
    return datetime.fromisoformat(f"{day}T{time}:00{UTC_OFFSET}") + timedelta(minutes=minutes)


def weekly(first: str, last: str, *, every: int = 1, without: frozenset[str] = frozenset()) -> list[date]:
    """A day of the week, from the first to the last of them, `every` so many weeks, but for holidays."""
    begin = date.fromisoformat(first)
    weeks = (date.fromisoformat(last) - begin).days // 7
    days = [begin + timedelta(weeks=week) for week in range(0, weeks + 1, every)]
    return [day for day in days if day.isoformat() not in without]


def slug(title: str) -> str:
    """A title as part of an address."""
    return "-".join("".join(letter if letter.isalnum() else " " for letter in title.lower()).split())


def fixed_id(text: str) -> str:
    """The same id for the same thing in every run."""
    return str(UUID(bytes=blake2b(text.encode(), digest_size=16).digest(), version=4))
