"""Which statements do profiles refuse? Those that say that they conform to one of them, and do not.

A statement is looked at by the profiles that it names as a category (Structure 5.0). By verbs alone cmi5
would refuse whatever anybody says with a verb of ADL: see docs/decisions/profile-door.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lrs.errors import Fault
from lrs.xapi.vocabulary import Json
from xapi_profiles import Profiles, ProfileVerdict, check, keeps

Find = Callable[[str], Json | None]
_NONE: Json = {}
# Any id and time will do where the store gives them: no profile of a tenant can know which.
_GIVEN: Json = {
    "id": "00000000-0000-4000-8000-000000000000",
    "timestamp": "1970-01-01T00:00:00Z",
    "stored": "1970-01-01T00:00:00Z",
    "version": "2.0.0",
}


@dataclass(frozen=True, slots=True)
class Gate:
    """The profiles of a tenant whose policy is reject; `find` gives a statement that is stored."""

    profiles: Profiles
    find: Find

    @property
    def shut(self) -> bool:
        """Is there anything to check?"""
        return len(self.profiles) > 0

    @property
    def refers(self) -> bool:
        """May it have to look at statements that others refer to?"""
        return self.profiles.refer

    def faults(
        self, statement: Json, authority: Json, *, at: str = "", beside: Mapping[str, Json] | None = None
    ) -> list[Fault]:
        """Every rule that a statement breaks, as it would be stored; `beside` are those that come with it.

        The statement keeps the rules of xAPI.
        """
        if "category" not in statement.get("context", _NONE).get("contextActivities", _NONE):
            return []  # as most are that name nothing
        completed = {**_GIVEN, **statement, "authority": authority}

        def find(id: str) -> Json | None:
            return (beside or {}).get(id.lower()) or self.find(id)

        if keeps(completed, self.profiles, only_declared=True, find=find):
            return []
        verdict = check(completed, self.profiles, only_declared=True, find=find)
        invalid = [each for each in verdict.profiles if each.outcome == "invalid"]
        return [fault for each in invalid for fault in _told(each, at)]


def _told(verdict: ProfileVerdict, at: str) -> Iterator[Fault]:
    for match in verdict.matches:
        for broken in match.broken:
            rule = f"breaks the Statement Template {match.template}: {broken.reason}"
            yield Fault(at, rule, f"{verdict.version} {broken.rule}")
    for misuse in verdict.misuses:
        if misuse.binding:
            yield Fault(at + misuse.pointer, f"{misuse.concept}: {misuse.reason}", verdict.version)
