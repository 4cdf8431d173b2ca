"""What can be asked about competencies? A learner's map, one competency of hers, and what is next for her."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from lrs.errors import NotFound
from projections.competencies import cohort, document, evidenced, frontier, gathering, keeping
from projections.competencies.folding import Folded
from projections.competencies.keeping import Basis, Map
from projections.competencies.read import Sight, sight
from projections.competencies.rollup import roll_up
from projections.competencies.shown import Shown
from projections.competencies.trees import Tree
from projections.learners.read import Learner, learner_at
from projections.resource import Json, Resource, View

_SCHEMAS = Path(__file__).with_name("schema")
PROJECTIONS = (gathering.NAME, "learners", "catalogue", "frameworks")

Parts = Sequence[tuple[Tree, Sequence[str]]]


def competencies(view: View, asked: Mapping[str, str]) -> Json:
    """Her map: one framework, a branch of one, or all."""
    seen, her = sight(view), learner_at(view, asked["learner"])
    parts = _parts(seen, asked)

    def make(before: Map | None, news: Shown) -> Map:
        basis = _followed(seen, before.basis, news) if before else _basis(seen, her)
        other = [] if _narrowed(asked) else _other(seen, her, basis.folded)
        return _map(seen, parts, other, basis, before)

    narrowed = [asked.get(name, "").lower() for name in ("framework", "item")]
    told = keeping.told(seen, her, tuple(narrowed), make)
    return {"learner": her.about, "policy": document.policy(seen.policy), **told}


def competency(view: View, asked: Mapping[str, str]) -> Json:
    """One competency of hers, with every piece of evidence."""
    seen, her = sight(view), learner_at(view, asked["learner"])
    identifier = asked["item"].lower()
    folded = _folded(seen, her)
    trees = [each for each in seen.trees() if identifier in each.place]
    if not trees and identifier not in folded.masteries:
        raise NotFound(f"There is no competency {identifier[:100]} in any framework, or of hers.")
    told = _framed(trees[0], identifier, seen, folded) if trees else _other(seen, her, folded, identifier)[0]
    return {
        "learner": her.about,
        "policy": document.policy(seen.policy),
        **told,
        **evidenced.pieces(identifier, folded, seen.alignment, seen.sources, seen.now),
        "quarantined": [each for each in document.refused(folded) if each["about"] == identifier],
    }


def ready(view: View, asked: Mapping[str, str]) -> Json:
    """What she can learn next: not mastered, but all that comes right before it is."""
    seen, her = sight(view), learner_at(view, asked["learner"])
    parts = _parts(seen, asked)
    folded = _folded(seen, her)
    return {
        "learner": her.about,
        "policy": document.policy(seen.policy),
        "frameworks": [_frontier(tree, seen, folded, within) for tree, within in parts],
    }


def group(view: View, asked: Mapping[str, str]) -> Json:
    """How many learners of a provider are in which state."""
    seen = sight(view)
    return cohort.cohort(seen, seen.trees(asked["framework"])[0], asked["provider"])


def _folded(seen: Sight, her: Learner) -> Folded:
    return seen.fold(gathering.gather(seen.view, her.ifis, seen.sources))


def _basis(seen: Sight, her: Learner) -> Basis:
    """What is known of her."""
    evidence = gathering.gather(seen.view, her.ifis, seen.sources)
    folded = seen.fold(evidence)
    said = [each.statement for each in evidence.claims] + [each.statement for each in evidence.references]
    bare = replace(folded, shown=folded.shown.weighed())
    return Basis(bare, frozenset(said), evidence.latest, evidence.runs_out)


def _followed(seen: Sight, before: Basis, news: Shown) -> Basis:
    """The same with later evidence."""
    folded = seen.fold_on(before.folded, news)
    return before._replace(folded=folded, latest=max(before.latest, news.ats[-1]))


def _map(seen: Sight, parts: Parts, other: Sequence[Json], basis: Basis, before: Map | None) -> Map:
    folded = basis.folded
    rolled = [roll_up(tree, folded.masteries, seen.policy) for tree, _ in parts]
    told = [before.before(n) if before else None for n in range(len(parts))]
    return Map(
        [
            document.framework(tree, folded, seen.policy, within, rolled[n], told[n])
            for n, (tree, within) in enumerate(parts)
        ],
        other,
        document.refused(folded),
        [
            *(_grown(folded, within) for _, within in parts),
            _grown(folded, [each["competency"]["id"] for each in other]),
        ],
        rolled,
        basis,
    )


def _grown(folded: Folded, within: Sequence[str]) -> Mapping[int, float]:
    """By place, of what there is evidence of."""
    masteries = folded.masteries
    return {place: masteries[each].grown for place, each in enumerate(within) if each in masteries}


def _narrowed(asked: Mapping[str, str]) -> bool:
    return bool(asked.get("framework") or asked.get("item"))


def _parts(seen: Sight, asked: Mapping[str, str]) -> Parts:
    """Which items of which frameworks are asked for; NotFound where there is no such thing."""
    trees = seen.trees(asked.get("framework", ""))
    item = asked.get("item", "").lower()
    if not item:
        return [(each, each.order) for each in trees]
    found = [(each, each.under(item)) for each in trees if item in each.place]
    if not found:
        raise NotFound(f"There is no item {item[:100]} here.")
    return found[:1]


def _framed(tree: Tree, identifier: str, seen: Sight, folded: Folded) -> Json:
    """What the map says of an item, where it hangs, and what leads to it."""
    masteries = folded.masteries
    branch = document.rollup(roll_up(tree, masteries, seen.policy).get(identifier))
    about = document.described(tree, identifier) | {"uri": tree.framework.items[identifier].uri}
    told = document.one(
        about, identifier, folded, seen.policy, branch or document.no_rollup(tree, identifier)
    )
    steps = tree.framework.prerequisites.get(identifier, ())
    gaps = frontier.gaps(tree, masteries, [identifier])
    return {
        **told,
        "framework": {"id": tree.framework.id, "title": tree.framework.title},
        "prerequisites": [document.brief(each, tree, masteries) for each in steps],
        "gap": next((document.gap(each, tree, masteries) for each in gaps), None),
    }


def _other(seen: Sight, her: Learner, folded: Folded, only: str = "") -> list[Json]:
    """What she has shown that no framework has, under the names that statements use."""
    wanted = sorted(each for each in folded.masteries if each not in seen.alignment.items)
    wanted = [each for each in wanted if only in ("", each)]
    called = gathering.names(seen.view, her.ifis, folded, wanted)
    return [
        document.one(document.unframed(each, *called[each]), each, folded, seen.policy, None)
        | ({"framework": None, "prerequisites": [], "gap": None} if only else {})
        for each in wanted
    ]


def _frontier(tree: Tree, seen: Sight, folded: Folded, within: Sequence[str]) -> Json:
    masteries = folded.masteries
    rolled = roll_up(tree, masteries, seen.policy)
    return {
        "framework": tree.framework.id,
        "title": tree.framework.title,
        "version": tree.framework.version,
        "ready": [
            {
                "competency": document.brief(each.competency, tree, masteries),
                "begun": each.competency in masteries,
                "after": [document.brief(one, tree, masteries) for one in each.mastered],
            }
            for each in frontier.ready(tree, masteries, rolled, within)
        ],
    }


def _query(name: str, description: str) -> Json:
    schema = {"type": "string"}
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _schema(name: str) -> Json:
    found: Json = orjson.loads(_SCHEMAS.joinpath(f"{name}.json").read_bytes())
    return found


_NARROWING = (
    _query("framework", "Only this framework, by its identifier."),
    _query("item", "Only this item and what hangs under it, by its identifier."),
)

_PROVIDER = _query("provider", "Only what this provider has said.") | {"required": True}

RESOURCES = (
    Resource(
        "/learners/{learner}/competencies", "What she can do, by framework, and how sure that is.",
        "transcripts/read", PROJECTIONS, competencies, _NARROWING, _schema("competencies"),
    ),
    Resource(
        "/learners/{learner}/competencies/{item}", "One competency of hers, with every piece of evidence.",
        "transcripts/read", PROJECTIONS, competency, (), _schema("competency"),
    ),
    Resource(
        "/learners/{learner}/frontier", "What she is ready to learn next.",
        "transcripts/read", PROJECTIONS, ready, _NARROWING, _schema("frontier"),
    ),
    Resource(
        "/frameworks/{framework}/cohort", "How many learners of a provider are in which state.",
        "transcripts/read", PROJECTIONS, group, (_PROVIDER,), _schema("cohort"), learner="",
    ),
)  # fmt: skip
