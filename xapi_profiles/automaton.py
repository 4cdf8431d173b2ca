"""Which statements may follow which? A Pattern as an automaton (Structure 9.0).

A nondeterministic one, as Thompson made them: it is in several states at once, so that it never has to choose
and never to go back. What Communication 2.2 does instead takes the longest piece and does not come back; see
docs/decisions/profile-patterns.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from xapi_profiles.faults import Json
from xapi_profiles.references import OPERATORS, members

# Patterns that use each other twice are written in a few lines, and are endless when they are written out.
MOST_STATES = 10_000
DEEPEST = 100

States = frozenset[int]


class NotBuilt(ValueError):
    """No automaton can be made of this Pattern."""


class Automaton:
    """What a primary Pattern accepts. States are numbers, the same for the same Pattern in every process."""

    def __init__(self, id: str, patterns: Mapping[str, Json], templates: Iterable[str]) -> None:
        self.id = id
        self.templates: set[str] = set()
        self._patterns = patterns
        self._known = frozenset(templates)
        # Of each state: where it goes by itself, and where by a statement that follows a template.
        self._silent: list[list[int]] = []
        self._reads: list[list[tuple[str, int]]] = []
        self.start, self._end = self._state(), self._state()
        self._build(id, self.start, self._end, 0)
        self._closures: dict[int, States] = {}

    @property
    def begun(self) -> States:
        """Where it is before the first statement."""
        return frozenset({self.start})

    @cached_property
    def fingerprint(self) -> str:
        """Changes when states mean something else."""
        drawn = json.dumps([self._silent, self._reads]).encode()
        return hashlib.sha256(drawn).hexdigest()[:16]

    def step(self, states: Iterable[int], templates: Iterable[str]) -> States:
        """Where it is after a statement that follows these templates; nowhere is a rejection."""
        found = frozenset(templates)
        return frozenset(
            target
            for state in self._around(states)
            for template, target in self._reads[state]
            if template in found
        )

    def accepts(self, states: Iterable[int]) -> bool:
        """May the statements end here?"""
        return self._end in self._around(states)

    def expected(self, states: Iterable[int]) -> list[str]:
        """The templates of which a next statement may follow one."""
        return sorted({template for state in self._around(states) for template, _ in self._reads[state]})

    def _around(self, states: Iterable[int]) -> States:
        return frozenset().union(*(self._closure(state) for state in states))

    def _closure(self, state: int) -> States:
        found = self._closures.get(state)
        if found is None:
            seen = {state}
            waiting = [state]
            while waiting:
                for target in self._silent[waiting.pop()]:
                    if target not in seen:
                        seen.add(target)
                        waiting.append(target)
            found = self._closures[state] = frozenset(seen)
        return found

    def _state(self) -> int:
        if len(self._silent) == MOST_STATES:
            raise NotBuilt(f"written out it is larger than {MOST_STATES} states")
        self._silent.append([])
        self._reads.append([])
        return len(self._silent) - 1

    def _build(self, member: str, entry: int, exit: int, depth: int) -> None:
        """Ways from entry to exit, along what the Pattern or template allows; no others touch them."""
        pattern = self._patterns.get(member)
        if depth > DEEPEST:
            raise NotBuilt(f"its Patterns are nested more than {DEEPEST} deep")
        if pattern is None and member not in self._known:
            raise NotBuilt(f"{member} is not known")
        if pattern is None:
            self.templates.add(member)
            self._reads[entry].append((member, exit))
            return
        operator = next(name for name in OPERATORS if name in pattern)
        build: dict[str, Any] = {"sequence": self._sequence, "alternates": self._alternates}
        build.get(operator, self._repeated)(pattern, entry, exit, depth + 1)

    def _sequence(self, pattern: Json, entry: int, exit: int, depth: int) -> None:
        for member in members(pattern):
            following = self._state()
            self._build(member, entry, following, depth)
            entry = following
        self._silent[entry].append(exit)

    def _alternates(self, pattern: Json, entry: int, exit: int, depth: int) -> None:
        for member in members(pattern):
            begin = self._state()
            self._silent[entry].append(begin)
            self._build(member, begin, exit, depth)

    def _repeated(self, pattern: Json, entry: int, exit: int, depth: int) -> None:
        """Once, and where the Pattern allows it again, or not at all."""
        begin, end = self._state(), self._state()
        self._silent[entry].append(begin)
        self._silent[end].append(exit)
        if "oneOrMore" not in pattern:
            self._silent[entry].append(exit)
        if "optional" not in pattern:
            self._silent[end].append(begin)
        self._build(members(pattern)[0], begin, end, depth)
