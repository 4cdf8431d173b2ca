"""How many statements keep to a profile? Counted by who says them, by verb, and by what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from lrs.xapi.vocabulary import Json
from projections.profiles.blocks import Stored
from projections.testimony import parts
from xapi_profiles import Mode, NotAStatement, Profile, Profiles, ProfileVerdict, check

# Of each fault so many statements are named.
MOST_EXAMPLES = 3
_NONE: Json = {}
# Gives the statement with an id.
Find = Callable[[str], Json | None]


class Of(NamedTuple):
    """What is counted together: who says it, with which verb, and whether it names the profile."""

    authorities: tuple[str, ...]
    verb: str
    declared: bool


class Failing(NamedTuple):
    """What is broken: a rule of a template by its place in the profile, or a Concept, which has none."""

    id: str
    rule: str
    keyword: str


@dataclass(slots=True)
class Fault:
    """How often it is broken, how it was first, and by which statements."""

    count: int
    reason: str
    examples: list[str]

    def add(self, other: Fault) -> None:
        """So many more."""
        self.count += other.count
        self.examples = [*self.examples, *other.examples][:MOST_EXAMPLES]


@dataclass(slots=True)
class Counts:
    """`partly` follow one of the templates that they match and break another: the mode decides about them."""

    valid: int = 0
    partly: int = 0
    invalid: int = 0
    unmatched: int = 0
    faults: dict[Failing, Fault] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many statements were counted."""
        return self.valid + self.partly + self.invalid + self.unmatched

    def add(self, other: Counts, *, times: int = 1) -> None:
        """So many more, or with -1 fewer."""
        self.valid += times * other.valid
        self.partly += times * other.partly
        self.invalid += times * other.invalid
        self.unmatched += times * other.unmatched
        for failing, fault in other.faults.items():
            known = self.faults.setdefault(failing, Fault(0, fault.reason, []))
            if times > 0:
                known.add(fault)
            else:
                known.count -= fault.count

    def count(self, statement: str, verdict: ProfileVerdict | None) -> None:
        """One more; without a verdict it matches nothing."""
        kind = _kind(verdict)
        setattr(self, kind, getattr(self, kind) + 1)
        for failing, reason in dict(_broken(verdict)).items() if verdict and kind != "valid" else ():
            self.faults.setdefault(failing, Fault(0, reason, [])).add(Fault(1, reason, [statement]))


@dataclass(slots=True)
class Tally:
    """What was counted; those that are `open`, by position, wait for the statements that they refer to."""

    groups: dict[Of, Counts] = field(default_factory=dict)
    open: list[int] = field(default_factory=list)

    def add(self, other: Tally, *, times: int = 1) -> None:
        """What was counted elsewhere as well, or with -1 not any more."""
        for of, counts in other.groups.items():
            self.groups.setdefault(of, Counts()).add(counts, times=times)
        gone = set(other.open)
        self.open = (
            [*self.open, *other.open] if times > 0 else [each for each in self.open if each not in gone]
        )

    def dumped(self) -> bytes:
        """As JSON."""
        return orjson.dumps(
            [
                [
                    [*of, c.valid, c.partly, c.invalid, c.unmatched],
                    [[*failing, f.count, f.reason, f.examples] for failing, f in c.faults.items()],
                ]
                for of, c in self.groups.items()
            ]
            + [self.open]
        )


def loaded(text: bytes) -> Tally:
    """What `dumped` wrote."""
    *groups, open_ = orjson.loads(text)
    found = Tally(open=open_)
    for (authorities, verb, declared, *numbers), faults in groups:
        broken = {Failing(*failing): Fault(*said) for *failing, said in ((*f[:3], f[3:]) for f in faults)}
        counts = found.groups[Of(tuple(authorities), verb, declared)] = Counts(*numbers)
        counts.faults = broken
    return found


def counted(
    statements: Iterable[Stored], profile: Profile, *, mode: Mode = "spec", find: Find | None = None
) -> Tally:
    """The tally of these; without a way to find others, what refers to one where that matters stays open."""
    found, profiles = Tally(), Profiles([profile])
    for position, statement in statements:
        if find is None and profiles.refer and _refers(statement):
            found.open.append(position)
            continue
        verdict = next(iter(verdicts(statement, profiles, mode=mode, find=find)), None)
        of = Of(
            tuple(parts.authorities(statement)),
            statement["verb"]["id"],
            verdict is not None and verdict.declared,
        )
        found.groups.setdefault(of, Counts()).count(statement["id"].lower(), verdict)
    return found


def verdicts(
    statement: Json, profiles: Profiles, *, mode: Mode = "spec", find: Find | None = None
) -> Sequence[ProfileVerdict]:
    """Of each profile, in their order; none of a statement that cannot even be looked at."""
    try:
        return check(statement, profiles, mode=mode, find=find).profiles
    except (NotAStatement, RecursionError):
        return ()


def _refers(statement: Json) -> bool:
    about = statement["object"].get("objectType") == "StatementRef"
    return about or "statement" in statement.get("context", _NONE)


def _kind(verdict: ProfileVerdict | None) -> str:
    """Which of the Counts it is."""
    if verdict is None or verdict.outcome != "invalid":
        return verdict.outcome if verdict else "unmatched"
    misused = any(each.binding for each in verdict.misuses)
    return "partly" if verdict.followed and not misused else "invalid"


def _broken(verdict: ProfileVerdict) -> Iterator[tuple[Failing, str]]:
    for match in verdict.matches:
        for each in match.broken:
            yield Failing(match.template, each.rule, each.keyword), each.reason
    for misuse in verdict.misuses:
        if misuse.binding:
            yield Failing(misuse.concept, "", ""), misuse.reason
