"""What is taken back, and what is vouched for? Voids and verifications, and whose of them count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import orjson

from lrs.log.event_log import Recorded
from lrs.xapi.vocabulary import Json
from projections.projection import Insert
from projections.testimony import parts, verbs
from projections.testimony.sources import Sources

_NONE: Json = {}


class Void(NamedTuple):
    """A statement says that another one shall not count."""

    position: int
    statement: str
    target: str
    authorities: list[str]


class Reference(NamedTuple):
    """A statement says that another one is true."""

    position: int
    statement: str
    target: str
    verb: str
    at: int
    authorities: list[str]
    success: bool | None


class Refused(NamedTuple):
    """A statement that counts for nothing, and why."""

    statement: str
    about: str
    verb: str
    reason: str


def voiding(event: Recorded, statement: Json) -> Insert:
    """The row of a Void: its last field is kept as facts."""
    target = UUID(statement["object"]["id"])
    return Insert(
        "voided", (target, event.position, event.originator_id, orjson.dumps([parts.authorities(statement)]))
    )


def referring(event: Recorded, statement: Json, verb: str) -> Insert:
    """The row of a Reference: all but its first three fields are kept as facts."""
    target = UUID(statement["object"]["id"])
    success = statement.get("result", _NONE).get("success")
    facts = orjson.dumps([verb, parts.at(statement), parts.authorities(statement), success])
    return Insert("reference", (target, event.position, event.originator_id, facts))


class Weighing:
    """Sorts out voids and verifications, and keeps what was refused."""

    def __init__(self, voids: Iterable[Void], sources: Sources) -> None:
        self.sources = sources
        self.refused: list[Refused] = []
        # What was refused about the verification of a claim, which matters only as long as the claim stands.
        self.doubted: dict[str, list[Refused]] = {}
        self.voids: dict[str, list[Void]] = {}
        for void in voids:
            self.voids.setdefault(void.target, []).append(void)

    def verifying(self, references: Iterable[Reference]) -> Mapping[str, tuple[str, ...]]:
        """By statement: the trusted statements that verify it, in order of their ids."""
        found: dict[str, set[str]] = {}
        for each in references:
            source = self.sources.of(each.authorities)
            doubted = self.doubted.setdefault(each.target, [])
            if self.voided(each.statement, each.authorities, source.rank, doubted):
                continue
            if reason := verbs.contradiction(each.verb, each.success, None):
                doubted.append(Refused(each.statement, each.target, each.verb, reason))
            elif source.rank:
                found.setdefault(each.target, set()).add(each.statement)
        return {target: tuple(sorted(statements)) for target, statements in found.items()}

    def voided(
        self, statement: str, authorities: Sequence[str], rank: int, refused: list[Refused] | None = None
    ) -> bool:
        """Who said it may take it back, or who is trusted as much; others could not have made it either."""
        voids = self.voids.get(statement)
        if voids is None:
            return False
        for void in voids:
            if void.authorities == authorities or self.sources.of(void.authorities).rank >= rank:
                return True
        kept = self.refused if refused is None else refused
        for void in voids:
            reason = "voided, but by an authority that is trusted less than the one that said it"
            kept.append(Refused(void.statement, statement, "voided", reason))
        return False

    def all_refused(self, standing: Iterable[str]) -> list[Refused]:
        """What was refused, with the doubts about these statements, which stand."""
        doubted = [
            refused for target in self.doubted.keys() & set(standing) for refused in self.doubted[target]
        ]
        return sorted({*self.refused, *doubted})
