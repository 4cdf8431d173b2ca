"""How is a group doing? The learners of one provider, counted by state, and never shown one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID

import orjson

from lrs.errors import NotFound
from lrs.settings import Settings
from lrs.xapi.vocabulary import Json
from projections.catalogue.model import Provider
from projections.competencies import document, gathering, hiding
from projections.competencies.mastery import INSUFFICIENT, STATES, State
from projections.competencies.read import Sight
from projections.competencies.shown import Evidence
from projections.competencies.trees import Tree
from projections.learners.read import owners

AT_ONCE = 200


def cohort(seen: Sight, tree: Tree, name: str) -> Json:
    """How many learners are in which state, by item, of all who have shown this provider anything of it."""
    provider = seen.catalogue.providers_by_id.get(name)
    if provider is None:
        raise NotFound(f"There is no provider {name[:100]}.")
    smallest = Settings().smallest_group
    learners, counts = _counted(seen, tree, provider)
    told = learners >= smallest
    return {
        "framework": tree.framework.id,
        "title": tree.framework.title,
        "version": tree.framework.version,
        "policy": document.policy(seen.policy),
        "provider": {"provider": provider.id, "name": provider.name},
        "smallest": smallest,
        "learners": learners if told else None,
        "items": _items(tree, learners, counts, smallest) if told else [],
    }


def _items(tree: Tree, learners: int, counts: dict[str, Counter[State]], smallest: int) -> list[Json]:
    return [
        {
            "competency": document.described(tree, each),
            "states": hiding.hide(_whole(counts.get(each, Counter()), learners), smallest),
        }
        for each in tree.order
    ]


def _whole(counts: Counter[State], learners: int) -> dict[State, int]:
    """Of whom nothing is known of an item, there is insufficient data."""
    found = {state: counts[state] for state in STATES}
    found[INSUFFICIENT] += learners - sum(found.values())
    return found


def _counted(seen: Sight, tree: Tree, provider: Provider) -> tuple[int, dict[str, Counter[State]]]:
    learners = 0
    counts: dict[str, Counter[State]] = {}
    for evidence in _everybody(seen):
        masteries = seen.fold(_of(provider, seen, evidence)).masteries
        shown = [each for each in masteries if each in tree.place]
        learners += bool(shown)
        for each in shown:
            counts.setdefault(each, Counter())[masteries[each].state] += 1
    return learners, counts


def _everybody(seen: Sight) -> Iterator[Evidence]:
    """All that is known of each learner, some at once."""
    groups: dict[UUID, list[UUID]] = {}
    owned = owners(seen.view)
    for ifi in gathering.everybody(seen.view):
        groups.setdefault(owned.get(ifi, ifi), []).append(ifi)
    waiting: Sequence[list[UUID]] = list(groups.values())
    for start in range(0, len(waiting), AT_ONCE):
        yield from gathering.gather_each(seen.view, waiting[start : start + AT_ONCE], seen.sources)


def _of(provider: Provider, seen: Sight, evidence: Evidence) -> Evidence:
    """What this provider has said of it."""

    def says(authorities: list[str]) -> bool:
        found = seen.sources.of(authorities).provider
        return found is not None and found.id == provider.id

    theirs = {text for text in set(evidence.shown.authorities) if says(orjson.loads(text))}
    shown = evidence.shown.only([authority in theirs for authority in evidence.shown.authorities])
    return replace(evidence, shown=shown, claims=[each for each in evidence.claims if says(each.authorities)])
