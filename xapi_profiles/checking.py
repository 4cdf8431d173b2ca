"""What does a statement mean to profiles, and does it keep to them? `validates` of Communication 2.1."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xapi_profiles import concepts, registrations, templates
from xapi_profiles.faults import Json
from xapi_profiles.profile import Profile, Profiles
from xapi_profiles.templates import Match
from xapi_profiles.verdict import Mode, NotAStatement, Outcome, ProfileVerdict, Verdict

Find = Callable[[str], Json | None]

# A statement may refer to one that refers to another; who follows that for longer follows a circle.
MOST_REFERENCES = 20
_NONE: Json = {}
# What it raises to look into a statement that is none.
_MISSHAPEN = (KeyError, TypeError, AttributeError, ValueError)


def check(
    statement: Json,
    profiles: Profiles,
    *,
    mode: Mode = "spec",
    only_declared: bool = False,
    find: Find | None = None,
) -> Verdict:
    """Check a statement that is valid as xAPI has it. Communication 2.1, Structure 7.2, 7.4, 8.0 and 8.1.

    In the mode `spec` a statement has to follow every template that it matches, in the mode `any` one of
    them. `only_declared` passes over the profiles that the statement does not name as a category. `find`
    gives the statement with an id, or None where it is not available. NotAStatement without verb or object.
    """
    try:
        return _Check(profiles, mode, find).verdict(
            templates.normalized(statement), only_declared=only_declared
        )
    except _MISSHAPEN as error:
        raise NotAStatement(f"This has not the shape of a statement: {error!r}") from error


def keeps(
    statement: Json, profiles: Profiles, *, only_declared: bool = False, find: Find | None = None
) -> bool:
    """Whether `check` finds in the mode `spec` that a statement is not invalid; quick where it is not.

    `only_declared`, `find` and NotAStatement are as there. Where a quick look does not show that all is well,
    or the statement has to be looked at together with another one, it is checked. Communication 2.1.
    """
    try:
        if _surely_keeps(templates.normalized(statement), profiles, only_declared=only_declared):
            return True
    except _MISSHAPEN:
        pass  # which is for check to tell
    return check(statement, profiles, only_declared=only_declared, find=find).outcome != "invalid"


def _surely_keeps(statement: Json, profiles: Profiles, *, only_declared: bool) -> bool:
    categories = _categories(statement)
    for profile in profiles:
        declared = not profile.names.isdisjoint(categories)
        if only_declared and not declared:
            continue
        if (
            not profile.templates.surely_followed(statement)
            or profile.concepts.misused(statement)
            or (declared and registrations.misuses(statement, profile))
        ):
            return False
    return True


class _Check:
    def __init__(self, profiles: Profiles, mode: Mode, find: Find | None) -> None:
        self.profiles = profiles
        self.mode = mode
        self.find = find
        self._known: dict[tuple[str, str], list[Match] | None] = {}

    def verdict(self, statement: Json, *, only_declared: bool) -> Verdict:
        categories = _categories(statement)
        found = [
            self._of_profile(statement, profile, declared=declared)
            for profile in self.profiles
            if (declared := not profile.names.isdisjoint(categories)) or not only_declared
        ]
        outcomes = {one.outcome for one in found}
        for outcome in ("invalid", "valid"):
            if outcome in outcomes:
                return Verdict(outcome, found)
        return Verdict("unmatched", found)

    def _of_profile(self, statement: Json, profile: Profile, *, declared: bool) -> ProfileVerdict:
        matches = self._matches(statement, profile, MOST_REFERENCES)
        misuses = profile.concepts.misuses(statement)
        if declared:
            misuses += registrations.misuses(statement, profile)
        outcome = self._outcome(matches)
        if misuses and concepts.binding(misuses):
            outcome = "invalid"
        return ProfileVerdict(profile.id, profile.version, declared, outcome, matches, misuses)

    def _matches(self, statement: Json, profile: Profile, references: int) -> list[Match]:
        def refers(id: str, targets: frozenset[str]) -> bool:
            return self._refers(id, targets, profile, references - 1)

        return [one.match(statement, refers) for one in profile.templates.determined(statement)]

    def _refers(self, id: str, targets: frozenset[str], profile: Profile, references: int) -> bool:
        """A statement that is not available is not held against the one that refers to it."""
        matches = self._matches_of(id, profile, references)
        if matches is None:
            return True
        if self.mode == "spec" and not all(one.followed for one in matches):
            return False
        return any(one.followed and one.template in targets for one in matches)

    def _matches_of(self, id: str, profile: Profile, references: int) -> list[Match] | None:
        """Looked up once, however many refer to it; not available to itself."""
        key = profile.id, id
        if key not in self._known:
            self._known[key] = None
            other = self.find(id) if self.find and references else None
            if other is not None:
                self._known[key] = self._matches(templates.normalized(other), profile, references)
        return self._known[key]

    def _outcome(self, matches: Sequence[Match]) -> Outcome:
        if not matches:
            return "unmatched"
        enough = all if self.mode == "spec" else any
        return "valid" if enough(not one.broken for one in matches) else "invalid"


def _categories(statement: Json) -> list[str]:
    groups = statement.get("context", _NONE).get("contextActivities", _NONE)
    return [one["id"] for one in groups.get("category", ())]
