"""How do statements keep to a profile, said by whom and with which verb? Over any span of the log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from lrs.xapi.vocabulary import Json
from projections.profiles import blocks, read, results, tally
from projections.profiles.force import Added
from projections.profiles.tally import Counts, Failing, Fault, Of, Tally
from projections.resource import View
from projections.testimony.sources import Sources
from xapi_profiles import Mode, Profile

By = Literal["both", "provider", "verb"]
MOST_FAULTS = 10


class Wanted(NamedTuple):
    """Which positions: after one, up to and including another. And how statements are counted."""

    after: int
    until: int
    mode: Mode
    only_declared: bool
    by: By


class Report(NamedTuple):
    """What was counted, and the ids of statements that are voided and do not count."""

    tally: Tally
    voided: frozenset[str]


class Row(NamedTuple):
    """What is told together; of who is no provider of the catalogue, the authorities."""

    provider: str | None
    name: str | None
    authorities: tuple[str, ...]
    verb: str | None


def report(view: View, added: Added, profile: Profile, wanted: Wanted) -> Report:
    """Count a span: whole blocks are counted already, and only what is left is checked."""
    ask = read.asking(view)
    found = _counted(view, added, profile, wanted)
    voided = list(read.voided(view, wanted.after, wanted.until))
    found.add(tally.counted(voided, profile), times=-1)
    for position in found.open:
        one = blocks.between(ask, position - 1, position)
        found.add(tally.counted(one, profile, mode=wanted.mode, find=results.finding(view)))
    return Report(found, frozenset(each.statement["id"].lower() for each in voided))


def rows(found: Report, sources: Sources, wanted: Wanted) -> list[tuple[Row, Counts]]:
    """The counts as they are told, where there are any: the most faulty first."""
    joined: dict[Row, Counts] = {}
    for of, counts in found.tally.groups.items():
        if of.declared or not wanted.only_declared:
            joined.setdefault(_row(of, sources, wanted.by), Counts()).add(counts)
    filled = [(row, counts) for row, counts in joined.items() if counts.total]

    def order(one: tuple[Row, Counts]) -> tuple[object, ...]:
        row, counts = one
        valid, invalid = outcome(counts, wanted.mode)
        return -invalid, -valid, row.provider or "", row.authorities, row.verb or ""

    return sorted(filled, key=order)


def total(found: Iterable[tuple[Row, Counts]]) -> Counts:
    """All rows together."""
    whole = Counts()
    for _, counts in found:
        whole.add(counts)
    return whole


def outcome(counts: Counts, mode: Mode) -> tuple[int, int]:
    """How many are valid, and how many invalid, in a mode."""
    if mode == "spec":
        return counts.valid, counts.invalid + counts.partly
    return counts.valid + counts.partly, counts.invalid


def numbers(counts: Counts, mode: Mode) -> Json:
    """What was counted, but for the faults."""
    valid, invalid = outcome(counts, mode)
    return {"statements": counts.total, "valid": valid, "invalid": invalid, "unmatched": counts.unmatched}


def faults(counts: Counts, voided: frozenset[str]) -> list[Json]:
    """The most frequent faults, each with statements that have it."""
    found = sorted(counts.faults.items(), key=lambda one: (-one[1].count, one[0]))
    return [_fault(*each, voided) for each in found[:MOST_FAULTS] if each[1].count]


def _counted(view: View, added: Added, profile: Profile, wanted: Wanted) -> Tally:
    """What nobody has counted yet is checked, between the tallies that there are."""
    ask, found, at = read.asking(view), Tally(), wanted.after
    inside = {"first": blocks.complete(wanted.after + blocks.SIZE - 1), "end": blocks.complete(wanted.until)}
    for number, facts in ask("tallies", {"added": added.position, **inside}):
        found.add(tally.counted(blocks.between(ask, at, number * blocks.SIZE), profile))
        found.add(tally.loaded(facts))
        at = (number + 1) * blocks.SIZE
    found.add(tally.counted(blocks.between(ask, at, wanted.until), profile))
    return found


def _row(of: Of, sources: Sources, by: By) -> Row:
    verb = None if by == "provider" else of.verb
    if by == "verb":
        return Row(None, None, (), verb)
    provider = sources.of(of.authorities).provider
    return Row(provider.id, provider.name, (), verb) if provider else Row(None, None, of.authorities, verb)


def _fault(failing: Failing, fault: Fault, voided: frozenset[str]) -> Json:
    return {
        "id": failing.id,
        "rule": failing.rule or None,
        "reason": fault.reason,
        "count": fault.count,
        "examples": [each for each in fault.examples if each not in voided],
    }
