"""What does the store add to a statement, and whom and what is it about? (Data 2.2 to 2.4)"""

from __future__ import annotations

import re
from typing import NamedTuple

from lrs.xapi import equality, raw, splice, time
from lrs.xapi.version import Version
from lrs.xapi.vocabulary import VOIDED, Json

same = equality.same

# Data 2.4.10: what the store writes when the client did not say which version it speaks.
_VERSION = {"1.0.3": b',"version":"1.0.0"', "2.0.0": b',"version":"2.0.0"'}
_UTC = ("Z", "z", "+00:00")
_FRACTION = re.compile(r"[.,](\d+)")
_ACTORS = frozenset({"Agent", "Group"})
_NONE: Json = {}


class Completed(NamedTuple):
    """A statement ready for the log, which appends the times of the database's clock and the final brace."""

    id: str
    opened: bytes
    timestamped: bool


class Mentioned(NamedTuple):
    """Agents and Groups, members too, and Activities: those of `agent` and `activity`, and all the others."""

    agents: list[Json]
    related_agents: list[Json]
    activities: list[Json]
    related_activities: list[Json]


def complete(text: bytes, statement: Json, *, new_id: str, authority: bytes, version: Version) -> Completed:
    """Splice into the client's own text what the store owes, so that every number stays as it was sent."""
    if not _is_tidy(statement, version):
        text = _tidied(text, statement, version)
    text = text.strip()
    sent_id = statement.get("id")
    own = (text[:-1],) if sent_id else (b'{"id":"', new_id.encode(), b'",', text[1:-1])
    says_version = b"" if "version" in statement else _VERSION[version]
    opened = b"".join((*own, b',"authority":', authority, says_version))
    return Completed((sent_id or new_id).lower(), opened, "timestamp" in statement)


def target(statement: Json) -> str | None:
    """The id of the statement that this one refers to, if its object is a StatementRef."""
    about = statement["object"]
    return about["id"].lower() if about.get("objectType") == "StatementRef" else None


def is_voiding(statement: Json) -> bool:
    """Does this statement void another one? (Data 2.3.2)"""
    return bool(statement["verb"]["id"] == VOIDED)


def mentioned(statement: Json) -> Mentioned:
    """Whom and what each of the filters looks at (Communication 2.1.3)."""
    about = statement["object"]
    kind = about.get("objectType", "Activity")
    agents, activities, related_agents, related_activities = [statement["actor"]], [], [], []
    if kind == "Activity":
        activities.append(about)
    elif kind in _ACTORS:
        agents.append(about)
    if "authority" in statement:
        related_agents.append(statement["authority"])
    if "context" in statement:
        related_agents += _agents_of(statement["context"])
        related_activities += _activities_of(statement["context"])
    found = Mentioned(_with_members(agents), _with_members(related_agents), activities, related_activities)
    if kind == "SubStatement":
        inside = mentioned(about)
        found.related_agents.extend(inside.agents + inside.related_agents)
        found.related_activities.extend(inside.activities + inside.related_activities)
    return found


def activities(statement: Json) -> list[Json]:
    """Every Activity in it."""
    found = mentioned(statement)
    return found.activities + found.related_activities


def _with_members(actors: list[Json]) -> list[Json]:
    found = []
    for actor in actors:
        found.append(actor)
        if "member" in actor:
            found += actor["member"]
    return found


def _agents_of(context: Json) -> list[Json]:
    found = [context[role] for role in ("instructor", "team") if role in context]
    if "contextAgents" in context:
        found += [entry["agent"] for entry in context["contextAgents"]]
    if "contextGroups" in context:
        found += [entry["group"] for entry in context["contextGroups"]]
    return found


def _activities_of(context: Json) -> list[Json]:
    found: list[Json] = []
    for group in context.get("contextActivities", _NONE).values():
        found += group if isinstance(group, list) else (group,)
    return found


def _is_tidy(statement: Json, version: Version) -> bool:
    """Can the text stay as it is? True for nearly every statement, hence the fast way."""
    if "stored" in statement or "authority" in statement:
        return False
    if version == "2.0.0" and "timestamp" in statement and not statement["timestamp"].endswith(_UTC):
        return False
    if "context" in statement and "contextActivities" in (context := statement["context"]):
        for activities in context["contextActivities"].values():
            if isinstance(activities, dict):
                return False
    about = statement["object"]
    return about.get("objectType") != "SubStatement" or _is_tidy(about, version)


def _tidied(text: bytes, statement: Json, version: Version) -> bytes:
    """The text without what only the store may set, with lists of context activities, and in 2.0 in UTC."""
    members = raw.members(text)
    members.pop("stored", None)
    members.pop("authority", None)
    if version == "2.0.0" and "timestamp" in members:
        members["timestamp"] = b'"%b"' % _in_utc(statement["timestamp"]).encode()
    if "context" in members:
        members["context"] = _with_lists(members["context"])
    if statement["object"].get("objectType") == "SubStatement":
        members["object"] = _tidied(members["object"], statement["object"], version)
    return splice.join(members)


def _with_lists(context: bytes) -> bytes:
    """Data 2.4.6.2: a single context activity is returned as a list of one."""
    return splice.edit(context, {"contextActivities": _as_lists})


def _as_lists(groups: bytes) -> bytes:
    listed = {
        name: text if text.startswith(b"[") else b"[%b]" % text for name, text in raw.members(groups).items()
    }
    return splice.join(listed)


def _in_utc(timestamp: str) -> str:
    """The same instant in UTC, with every fractional digit that the client sent."""
    if timestamp.endswith(_UTC):
        return timestamp
    fraction = _FRACTION.search(timestamp)
    digits = fraction[1] if fraction else ""
    to_the_second = time.parse(timestamp).replace(microsecond=0, tzinfo=None).isoformat()
    return f"{to_the_second}.{digits.ljust(3, '0')}Z"
