"""Which Pattern is a registration in? Followed statement by statement, and since which of them it is so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lrs.xapi.vocabulary import Json
from xapi_profiles import Occurrence, Profile, Standing, advance, begin, standings, status


class Followed(NamedTuple):
    """How far some statements are with each primary Pattern, and by which of them each status began."""

    standings: list[Standing]
    since: dict[str, Occurrence]


def follow(profile: Profile, occurrences: Iterable[Occurrence]) -> Followed:
    """Follow the Patterns of a profile through the statements of a group, which are at least one."""
    state, found = begin(profile.patterns), list[Standing]()
    now, since = dict[str, str](), dict[str, Occurrence]()
    for one in occurrences:
        state = advance(
            profile.patterns, state, statement=one.statement, templates=one.templates, reason=one.reason
        )
        found = standings(profile.patterns, state)
        for name, status_ in [("", status(found)), *((each.pattern, each.status) for each in found)]:
            if now.get(name) != status_:
                now[name], since[name] = status_, one
    return Followed(found, since)


def told(found: Followed) -> Json:
    """Of all Patterns together, of which one is enough, and of each."""
    return {
        "status": status(found.standings),
        "since": _moment(found.since[""]),
        "patterns": [
            {
                "pattern": each.pattern,
                "status": each.status,
                "since": _moment(found.since[each.pattern]),
                "expected": list(each.expected),
                "reason": each.reason or None,
            }
            for each in found.standings
        ],
    }


def _moment(one: Occurrence) -> Json:
    return {"statement": one.statement, "timestamp": one.timestamp}
