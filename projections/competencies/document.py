"""How is a map told? As the document that schema/competencies.json describes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

from lrs.xapi.vocabulary import Json
from projections.competencies import frontier
from projections.competencies.claims import Weighed
from projections.competencies.folding import Folded
from projections.competencies.frontier import Gap
from projections.competencies.mastery import INSUFFICIENT, NOTHING_KNOWN, Mastery, Policy
from projections.competencies.rollup import Rolled
from projections.competencies.trees import Tree
from projections.testimony.moments import moment
from projections.testimony.sources import Source

DIGITS = 4
# In a sentence.
MOST_NAMED = 5

# What is told of an item of which nothing is known: the same for every learner.
_unknown: WeakKeyDictionary[Tree, Mapping[str, Json]] = WeakKeyDictionary()


class Told(NamedTuple):
    """What was told of a framework before, and by which competencies and branches."""

    items: Sequence[Json]
    masteries: Mapping[str, Mastery]
    rolled: Mapping[str, Rolled]


def framework(
    tree: Tree,
    folded: Folded,
    policy: Policy,
    within: Sequence[str],
    rolled: Mapping[str, Rolled],
    before: Told | None = None,
) -> Json:
    """What she can do of a framework, or of a part of it; what has not changed is told as `before`."""
    unknown = untouched(tree)
    found = frontier.gaps(tree, folded.masteries, within)
    return {
        "framework": tree.framework.id,
        "title": tree.framework.title,
        "version": tree.framework.version,
        "rollup": rollup(rolled.get(tree.framework.id)) or no_rollup(tree, tree.framework.id),
        "items": [
            before.items[place]
            if before and _is_as_before(each, folded.masteries, rolled, before)
            else item(unknown[each], each, folded, policy, rolled)
            for place, each in enumerate(within)
        ],
        "gaps": [gap(each, tree, folded.masteries) for each in found],
    }


def _is_as_before(
    identifier: str, masteries: Mapping[str, Mastery], rolled: Mapping[str, Rolled], before: Told
) -> bool:
    same = masteries.get(identifier) is before.masteries.get(identifier)
    return same and rolled.get(identifier) == before.rolled.get(identifier)


def untouched(tree: Tree) -> Mapping[str, Json]:
    """What is told of each item of which nothing is known: there may be thousands of them."""
    found = _unknown.get(tree)
    if found is None:
        found = _unknown[tree] = {
            each: {
                "competency": described(tree, each),
                "state": INSUFFICIENT,
                "rollup": no_rollup(tree, each),
            }
            for each in tree.order
        }
    return found


def item(
    unknown: Json, identifier: str, folded: Folded, policy: Policy, rolled: Mapping[str, Rolled]
) -> Json:
    """One item, with all that stands behind its figures; `unknown` is what is told of it without any."""
    branch = rollup(rolled.get(identifier)) or unknown["rollup"]
    if identifier in folded.masteries:
        return one(unknown["competency"], identifier, folded, policy, branch)
    return unknown if branch is unknown["rollup"] else {**unknown, "rollup": branch}


def one(competency: Json, identifier: str, folded: Folded, policy: Policy, branch: Json | None) -> Json:
    """One competency, whether or not it is of a framework, which alone has branches."""
    mastery = folded.masteries.get(identifier, NOTHING_KNOWN)
    formula = policy.formulas[len(mastery.scored)] if mastery.scored else None
    told = _told(competency, mastery, formula, branch)
    if (said := folded.claims.get(identifier)) is not None:
        told["claims"] = [claim(each) for each in said]
        told["goal"] = folded.claimed[identifier].goal
    return told


def _told(competency: Json, mastery: Mastery, formula: str | None, branch: Json | None) -> Json:
    estimate, weight = mastery.estimate, mastery.weight
    return {
        "competency": competency,
        "state": mastery.state,
        "estimate": None if estimate is None else round(estimate, DIGITS),
        "confidence": round(weight / (weight + 2), DIGITS),
        "formula": formula,
        "evidence": mastery.scored,
        "exposures": mastery.exposed,
        "unverified": mastery.unverified,
        "last": moment(mastery.last),
        "held": mastery.held,
        "goal": False,
        "claims": [],
        "rollup": branch,
    }


def described(tree: Tree, identifier: str) -> Json:
    """An item as its framework has it."""
    found = tree.framework.items[identifier]
    return {
        "id": identifier,
        "code": found.code,
        "statement": found.statement,
        "kind": found.kind,
        "parents": list(tree.parents.get(identifier, ())),
    }


def unframed(identifier: str, iri: str, name: str | None) -> Json:
    """A competency that no framework has, as statements name it."""
    about = {"id": identifier, "uri": iri, "code": "", "statement": name or ""}
    return about | {"kind": "", "parents": []}


def rollup(found: Rolled | None) -> Json | None:
    """Level and coverage of a branch, apart."""
    if found is None:
        return None
    level, state, assessed, leaves = found
    return {"level": round(level, DIGITS), "state": state, "assessed": assessed, "leaves": leaves}


def no_rollup(tree: Tree, name: str) -> Json:
    """The same where nothing has been assessed."""
    return {"level": None, "state": INSUFFICIENT, "assessed": 0, "leaves": tree.leaves[name]}


def gap(found: Gap, tree: Tree, masteries: Mapping[str, Mastery]) -> Json:
    """What is weak, what weak ones are behind it, and the same in words."""
    text = _explained(found, tree, masteries)
    return {"competency": found.competency, "behind": found.behind, "causes": found.causes, "text": text}


def _explained(found: Gap, tree: Tree, masteries: Mapping[str, Mastery]) -> str:
    weak = f"{_called(found.competency, tree)} is {_figures(masteries[found.competency])}."
    if not found.behind:
        return f"{weak} Nothing that comes before it is weak."
    causes = found.causes or found.behind
    begin = _listed([f"{_called(each, tree)}, {_figures(masteries[each])}" for each in causes], " and ")
    between = [_called(each, tree) for each in found.behind if each not in causes]
    by_way = f", by way of {_listed(between, ', ')}" if between else ""
    return f"{weak} It begins with what comes before it: {begin}{by_way}."


def _listed(named: Sequence[str], between: str) -> str:
    """The first ones, and how many more there are."""
    more = [f"{len(named) - MOST_NAMED} more"] if len(named) > MOST_NAMED else []
    return between.join([*named[:MOST_NAMED], *more])


def _figures(mastery: Mastery) -> str:
    return mastery.state if mastery.estimate is None else f"{mastery.state} ({mastery.estimate:.2f})"


def _called(identifier: str, tree: Tree) -> str:
    """By its code; else by the beginning of its statement."""
    found = tree.framework.items[identifier]
    return found.code or found.statement[:60]


def brief(identifier: str, tree: Tree, masteries: Mapping[str, Mastery]) -> Json:
    """An item, and how far she is with it, in a few words."""
    found, mastery = tree.framework.items.get(identifier), masteries.get(identifier)
    return {
        "id": identifier,
        "code": found.code if found else "",
        "statement": found.statement if found else "",
        "state": mastery.state if mastery else INSUFFICIENT,
        "estimate": rounded(mastery.estimate) if mastery else None,
    }


def claim(found: Weighed) -> Json:
    """What somebody said directly, and whether it counts."""
    said = found.said
    return {
        "statement": said.statement,
        "kind": said.kind,
        "verb": said.verb,
        "at": moment(said.at),
        "confidence": rounded(said.confidence),
        "expires": moment(said.expires),
        "evidence": said.evidence,
        "by": whose(found.source, said.authorities),
        "verified_by": list(found.verified_by),
        "accepted": found.accepted,
    }


def whose(source: Source, authorities: Collection[str]) -> Json:
    """Whose word it is, and how far it is trusted."""
    provider = source.provider
    return {
        "provider": provider.id if provider else None,
        "name": provider.name if provider else None,
        "trust": source.trust,
        "authorities": list(authorities),
    }


def policy(found: Policy) -> Json:
    """How figures are made."""
    return {
        "method": found.method,
        "parameters": found.given,
        "cut": found.cut,
        "needed": found.needed,
        "version": found.version,
    }


def refused(folded: Folded) -> list[Json]:
    """What counts for nothing, and why."""
    return [each._asdict() for each in folded.refused]


def rounded(figure: float | None) -> float | None:
    """As many digits as anybody can use."""
    return None if figure is None else round(figure, DIGITS)
