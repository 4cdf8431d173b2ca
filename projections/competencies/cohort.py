"""How is a group doing? The learners of one provider, counted by state, and never shown one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from uuid import UUID

import orjson

from lrs.errors import NotFound
from lrs.settings import Settings
from lrs.xapi.vocabulary import Json
from projections.catalogue.model import Provider
from projections.competencies import document, gathering, hiding
from projections.competencies.folding import Folded
from projections.competencies.mastery import INSUFFICIENT, STATES, State
from projections.competencies.read import Sight
from projections.competencies.shown import Evidence
from projections.competencies.trees import Tree
from projections.learners.read import owners

# Learners, and pieces of evidence: these take some 25 MB.
MOST_LEARNERS, MOST_PIECES = 200, 50_000


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
        folded = seen.fold(_of(provider, seen, evidence))
        masteries = folded.masteries
        shown = [each for each in masteries if each in tree.place and _is_shown(each, folded)]
        learners += bool(shown)
        for each in shown:
            counts.setdefault(each, Counter())[masteries[each].state] += 1
    return learners, counts


def _is_shown(competency: str, folded: Folded) -> bool:
    """Whether there is more of it than a goal."""
    said = folded.claims.get(competency, ())
    return competency in folded.numbers or any(each.said.kind not in ("planned", "dropped") for each in said)


def _everybody(seen: Sight) -> Iterator[Evidence]:
    """All that is known of each learner, some at once."""
    groups: dict[UUID, list[UUID]] = {}
    sizes: Counter[UUID] = Counter()
    owned = owners(seen.view)
    for ifi, pieces in gathering.everybody(seen.view):
        learner = owned.get(ifi, ifi)
        groups.setdefault(learner, []).append(ifi)
        sizes[learner] += pieces
    for together in _batches(groups, sizes):
        yield from gathering.gather_each(seen.view, [groups[each] for each in together], seen.sources)


def _batches(learners: Iterable[UUID], sizes: Mapping[UUID, int]) -> Iterator[list[UUID]]:
    """As many at once as there is room for; of whom more is known than that comes alone."""
    batch: list[UUID] = []
    pieces = 0
    for each in learners:
        pieces += sizes[each]
        if batch and (len(batch) == MOST_LEARNERS or pieces > MOST_PIECES):
            yield batch
            batch, pieces = [], sizes[each]
        batch.append(each)
    if batch:
        yield batch


def _of(provider: Provider, seen: Sight, evidence: Evidence) -> Evidence:
    """What this provider has said of it."""

    def says(authorities: list[str]) -> bool:
        found = seen.sources.of(authorities).provider
        return found is not None and found.id == provider.id

    theirs = {text for text in set(evidence.shown.authorities) if says(orjson.loads(text))}
    shown = evidence.shown.only([authority in theirs for authority in evidence.shown.authorities])
    return replace(evidence, shown=shown, claims=[each for each in evidence.claims if says(each.authorities)])
