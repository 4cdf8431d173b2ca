"""How do many statements keep to profiles? Counted by profile, template, rule, Concept and Pattern."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from xapi_profiles import registrations
from xapi_profiles.concepts import Misuse
from xapi_profiles.faults import Json
from xapi_profiles.patterns import STATUSES, Standing, status
from xapi_profiles.profile import Profile, Profiles
from xapi_profiles.registrations import Occurrence
from xapi_profiles.templates import Match
from xapi_profiles.verdict import ProfileVerdict, Verdict


class Report:
    """Add statements with their verdicts, in the order they came; `document` tells what there was."""

    def __init__(self, profiles: Profiles) -> None:
        self.outcomes: Counter[str] = Counter()
        self._profiles = {one.id: _Counts(one) for one in profiles}

    def add(self, statement: Json, verdict: Verdict) -> None:
        """Count one statement."""
        self.outcomes[verdict.outcome] += 1
        for each in verdict.profiles:
            self._profiles[each.profile].add(statement, each)

    def document(self) -> Json:
        """Everything counted, as JSON."""
        return {
            "statements": self.outcomes.total(),
            **_outcomes(self.outcomes),
            "profiles": [one.document() for one in self._profiles.values()],
        }


@dataclass
class _Failure:
    """What failed in one way, how often, and the first of them."""

    reason: str
    first: str
    count: int = 0


@dataclass
class _Counts:
    profile: Profile
    outcomes: Counter[str] = field(default_factory=Counter)
    declared: int = 0
    without_registration: int = 0
    matched: Counter[str] = field(default_factory=Counter)
    followed: Counter[str] = field(default_factory=Counter)
    broken: dict[tuple[str, str, str], _Failure] = field(default_factory=dict)
    misused: dict[tuple[str, bool], _Failure] = field(default_factory=dict)
    occurrences: list[Occurrence] = field(default_factory=list)

    def add(self, statement: Json, verdict: ProfileVerdict) -> None:
        self.outcomes[verdict.outcome] += 1
        self.declared += verdict.declared
        first = str(statement.get("id", ""))
        for match in verdict.matches:
            self._match(match, first)
        for misuse in verdict.misuses:
            self._misuse(misuse, first)
        found = registrations.occurrence(statement, verdict, self.profile)
        if found:
            self.occurrences.append(found)
        elif registrations.concerns(verdict, self.profile):
            self.without_registration += 1

    def document(self) -> Json:
        return {
            "profile": self.profile.id,
            "version": self.profile.version,
            "faults": [str(one) for one in self.profile.faults],
            "declared": self.declared,
            **_outcomes(self.outcomes),
            "templates": [self._template(each) for each in self.matched],
            "concepts": [
                {"concept": concept, "binding": binding, **_failure(failure)}
                for (concept, binding), failure in self.misused.items()
            ],
            "without_registration": self.without_registration,
            **self._patterns(),
        }

    def _match(self, match: Match, first: str) -> None:
        self.matched[match.template] += 1
        self.followed[match.template] += match.followed
        for one in match.broken:
            key = (match.template, one.rule, one.keyword)
            self.broken.setdefault(key, _Failure(one.reason, first)).count += 1

    def _misuse(self, misuse: Misuse, first: str) -> None:
        key = (misuse.concept, misuse.binding)
        self.misused.setdefault(key, _Failure(misuse.reason, first)).count += 1

    def _template(self, template: str) -> Json:
        return {
            "template": template,
            "matched": self.matched[template],
            "followed": self.followed[template],
            "broken": [
                {"rule": rule, "keyword": keyword, **_failure(failure)}
                for (of, rule, keyword), failure in self.broken.items()
                if of == template
            ],
        }

    def _patterns(self) -> Json:
        """Of whole registrations, for which one Pattern is enough, and of every Pattern by itself."""
        if not self.profile.patterns:
            return {"registrations": dict.fromkeys(STATUSES, 0), "patterns": []}
        groups = registrations.arranged(self.occurrences)
        found = [registrations.followed(self.profile, one) for one in groups.values()]
        counted = Counter(status(standings) for standings in found)
        return {
            "registrations": {name: counted[name] for name in STATUSES},
            "patterns": [
                _pattern(name, [one for standings in found for one in standings if one.pattern == name])
                for name in self.profile.patterns
            ],
        }


def _outcomes(counted: Counter[str]) -> Json:
    return {name: counted[name] for name in ("valid", "invalid", "unmatched")}


def _failure(failure: _Failure) -> Json:
    return {"count": failure.count, "reason": failure.reason, "first": failure.first}


def _pattern(name: str, standings: list[Standing]) -> Json:
    counted = Counter(one.status for one in standings)
    rejected = next((one for one in standings if one.status == "rejected"), None)
    return {
        "pattern": name,
        **{one: counted[one] for one in STATUSES},
        "reason": rejected.reason if rejected else "",
        "first": rejected.rejected if rejected else "",
    }
