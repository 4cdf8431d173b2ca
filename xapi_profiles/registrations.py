"""Which statements follow a Pattern together? Those of a registration or subregistration (Structure 9.0)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import RFC_4122, UUID

from xapi_profiles import patterns
from xapi_profiles.concepts import Misuse
from xapi_profiles.faults import Json, pointer
from xapi_profiles.patterns import Standing
from xapi_profiles.profile import Profile
from xapi_profiles.verdict import ProfileVerdict

SUBREGISTRATION = "https://w3id.org/xapi/profiles/extensions/subregistration"
_PLACE = "/context/extensions" + pointer(SUBREGISTRATION)
_NONE: Json = {}


class Occurrence(NamedTuple):
    """One statement on its way through a profile's Patterns; plain values, that can be kept as JSON.

    `templates` are those that it follows; it has none where it is invalid or unmatched, for this `reason`.
    """

    statement: str
    timestamp: str
    registration: str
    subregistrations: tuple[str, ...]
    templates: tuple[str, ...]
    reason: str


class Group(NamedTuple):
    """The statements that have to follow the same primary Pattern."""

    registration: str
    subregistration: str


def occurrence(statement: Json, verdict: ProfileVerdict, profile: Profile) -> Occurrence | None:
    """What a statement is to the profile's Patterns; None without registration, or if it is none of its own.

    Its own are those that name the profile as a category, and those that match a template of its Patterns.
    """
    registration = statement.get("context", _NONE).get("registration")
    if registration is None or not concerns(verdict, profile):
        return None
    invalid = verdict.outcome == "invalid"
    return Occurrence(
        str(statement.get("id", "")),
        str(statement.get("timestamp") or statement.get("stored") or ""),
        str(registration).lower(),
        tuple(_subregistrations(statement, profile)),
        () if invalid else tuple(verdict.followed),
        _reason(verdict) if invalid or not verdict.matches else "",
    )


def concerns(verdict: ProfileVerdict, profile: Profile) -> bool:
    """Whether the profile's Patterns have something to say about the statement."""
    if verdict.declared:
        return bool(profile.patterns)
    ordered = profile.ordered
    return any(one.template in ordered for one in verdict.matches)


def arranged(occurrences: Iterable[Occurrence]) -> dict[Group, list[Occurrence]]:
    """The same in groups, each in order of timestamps; what has equal ones stays in the order it came.

    Where one statement of a registration has no subregistration, all of them belong together.
    """
    by_registration: dict[str, list[Occurrence]] = {}
    for one in occurrences:
        by_registration.setdefault(one.registration, []).append(one)
    groups: dict[Group, list[Occurrence]] = {}
    for registration, found in by_registration.items():
        together = not all(one.subregistrations for one in found)
        for one in sorted(found, key=_moment):
            for subregistration in ("",) if together else one.subregistrations:
                groups.setdefault(Group(registration, subregistration), []).append(one)
    return groups


def followed(profile: Profile, occurrences: Iterable[Occurrence]) -> list[Standing]:
    """How far the statements of one group are with every primary Pattern (Communication 2.2)."""
    state = patterns.begin(profile.patterns)
    for one in occurrences:
        state = patterns.advance(
            profile.patterns, state, statement=one.statement, templates=one.templates, reason=one.reason
        )
    return patterns.standings(profile.patterns, state)


def misuses(statement: Json, profile: Profile) -> list[Misuse]:
    """How a statement that names the profile breaks the rules for subregistrations."""
    context = statement.get("context", _NONE)
    found = context.get("extensions", _NONE)
    if SUBREGISTRATION not in found:
        return []
    said = found[SUBREGISTRATION]
    if not isinstance(said, list) or not said:
        return [_misuse("", "this must be an array that is not empty")]
    wrong = (
        [] if "registration" in context else [_misuse("", "there is no registration that this could divide")]
    )
    return [*wrong, *_wrong_entries(said, profile)]


def _wrong_entries(said: list[Any], profile: Profile) -> Iterator[Misuse]:
    for number, one in enumerate(said):
        if not isinstance(one, dict) or not isinstance(one.get("profile"), str):
            yield _misuse(pointer(number), "this must be an object with a profile and a subregistration")
        elif one["profile"] in profile.names and not _is_uuid(one.get("subregistration")):
            yield _misuse(pointer(number, "subregistration"), "this must be a UUID of variant 2")


def _misuse(below: str, reason: str) -> Misuse:
    return Misuse(_PLACE + below, SUBREGISTRATION, reason)


def _is_uuid(value: Any) -> bool:
    try:
        return UUID(value).variant == RFC_4122
    except (ValueError, AttributeError, TypeError):
        return False


def _subregistrations(statement: Json, profile: Profile) -> Iterator[str]:
    extensions = statement["context"].get("extensions")
    said = extensions.get(SUBREGISTRATION) if isinstance(extensions, dict) else None
    for one in said if isinstance(said, list) else ():
        if (
            isinstance(one, dict)
            and one.get("profile") in profile.names
            and _is_uuid(one.get("subregistration"))
        ):
            yield one["subregistration"].lower()


def _reason(verdict: ProfileVerdict) -> str:
    if verdict.outcome == "unmatched":
        return "it matches no template"
    broken = [f"{one.template}: {fault.reason}" for one in verdict.matches for fault in one.broken]
    return "it is invalid: " + "; ".join([*broken, *(one.reason for one in verdict.misuses if one.binding)])


def _moment(one: Occurrence) -> datetime:
    """What has no readable timestamp comes last."""
    try:
        found = datetime.fromisoformat(one.timestamp)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
