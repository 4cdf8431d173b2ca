"""How is a statement of the demo made? The same for the same thing in every run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

Json = dict[str, Any]

MONDAY = datetime.fromisoformat("2026-09-14T00:00:00+02:00")
DAYS = {"Mon": 0, "Tue": 1, "Wed": 2, "Thu": 3, "Fri": 4, "Sat": 5}
VERBS = "http://adlnet.gov/expapi/verbs"
TYPES = "http://adlnet.gov/expapi/activities"


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


def statement(actor: Json, verb: str, activity: Json, moment: datetime, **members: Json) -> Json:
    """Who did what to which activity, and when."""
    timestamp = moment.isoformat()
    return {
        "id": fixed_id(f"{actor['name']} {verb} {activity['id']} {timestamp}"),
        "actor": {"objectType": "Agent", **actor},
        "verb": {"id": f"{VERBS}/{verb}", "display": {"en": verb}},
        "object": activity,
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


def context(*, parent: Json, **others: Json) -> Json:
    """What the activity is part of."""
    groups = {"parent": parent, **others}
    return {"contextActivities": {kind: [activity] for kind, activity in groups.items()}}


def at(day: str, time: str, *, minutes: int = 0) -> datetime:
    """A moment of the week, as the family's clock shows it."""
    hours, past = time.split(":")
    return MONDAY + timedelta(days=DAYS[day], hours=int(hours), minutes=int(past) + minutes)


def slug(title: str) -> str:
    """A title as part of an address."""
    return "-".join("".join(letter if letter.isalnum() else " " for letter in title.lower()).split())


def fixed_id(text: str) -> str:
    """The same id for the same thing in every run."""
    return str(UUID(bytes=blake2b(text.encode(), digest_size=16).digest(), version=4))
