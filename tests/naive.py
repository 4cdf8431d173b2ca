"""What should a query return? A slow and obvious answer, to compare the index with (Communication 2.1.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
STEPS = 20  # how far the store follows references
IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")


def find(statements: list[Json], **filters: Any) -> list[str]:
    """Ids of the statements, given in stored order, that match the filters; newest first."""
    by_id = {each["id"]: each for each in statements}
    hidden = voided(statements)
    found = [
        each["id"]
        for each in statements
        if each["id"] not in hidden and _meets_all(_chain(each, by_id), filters)
    ]
    return found if filters.get("ascending") else found[::-1]


def _meets_all(chain: list[Json], filters: dict[str, Any]) -> bool:
    """Each condition by itself is met by the statement or by one that it leads to."""
    flags = {name: value for name, value in filters.items() if name.startswith("related_")}
    conditions = [{name: value} for name, value in filters.items() if name not in flags]
    return all(any(_matches(each, condition | flags) for each in chain) for condition in conditions)


def voided(statements: list[Json]) -> set[str]:
    """Ids of statements that are voided: the target of a voiding statement, and not one itself."""
    voiding = {each["id"] for each in statements if _is_voiding(each)}
    return {each["object"]["id"] for each in statements if _is_voiding(each)} - voiding


def _is_voiding(statement: Json) -> bool:
    return bool(statement["verb"]["id"] == "http://adlnet.gov/expapi/verbs/voided")


def _chain(statement: Json, by_id: dict[str, Json]) -> list[Json]:
    """The statement and all that it refers to, directly or through others, as far as the store follows."""
    chain: list[Json] = []
    while statement not in chain and len(chain) <= STEPS:
        chain.append(statement)
        if statement["object"].get("objectType") == "StatementRef":
            statement = by_id.get(statement["object"]["id"], statement)
    return chain


def _matches(statement: Json, filters: dict[str, Any]) -> bool:
    if (verb := filters.get("verb")) and statement["verb"]["id"] != verb:
        return False
    registration = statement.get("context", {}).get("registration")
    if filters.get("registration") and registration != filters["registration"]:
        return False
    if agent := filters.get("agent"):
        wanted = identity(agent)
        found = agents(statement, related=bool(filters.get("related_agents")))
        if wanted not in [identity(each) for each in found]:
            return False
    if activity := filters.get("activity"):
        found_ids = activities(statement, related=bool(filters.get("related_activities")))
        if activity not in found_ids:
            return False
    return True


def identity(agent: Json) -> Any:
    return next(((name, agent[name]) for name in IDENTIFIERS if name in agent), None)


def agents(statement: Json, *, related: bool) -> Iterator[Json]:
    context = statement.get("context", {})
    found = [statement["actor"], statement["object"]]
    if related:
        found += [statement.get("authority", {}), context.get("instructor", {}), context.get("team", {})]
        found += [each["agent"] for each in context.get("contextAgents", [])]
        found += [each["group"] for each in context.get("contextGroups", [])]
    for each in found:
        if each.get("objectType", "Agent") in {"Agent", "Group"}:
            yield each
            yield from each.get("member", [])
    if related and statement["object"].get("objectType") == "SubStatement":
        yield from agents(statement["object"], related=True)


def activities(statement: Json, *, related: bool) -> Iterator[str]:
    target = statement["object"]
    if target.get("objectType", "Activity") == "Activity":
        yield target["id"]
    if related:
        for group in statement.get("context", {}).get("contextActivities", {}).values():
            yield from [each["id"] for each in (group if isinstance(group, list) else [group])]
        if target.get("objectType") == "SubStatement":
            yield from activities(target, related=True)
