"""What holds for every map, whatever was said, and in whichever order."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from lrs.xapi.vocabulary import Json
from projections.competencies import document
from projections.competencies.alignment import Alignment
from projections.competencies.claiming import EXPIRES
from projections.competencies.estimators import METHODS
from projections.competencies.folding import Folded, fold_on
from projections.competencies.mastery import Policy
from projections.competencies.rollup import roll_up
from projections.competencies.shown import NOTHING_SHOWN
from projections.testimony.sources import Sources
from tests.projections.competencies.builders import NOW, all_of, claimed, evidence_of, made, shown, the_tree
from tests.projections.transcript.builders import (
    FAMILY,
    OFFICE,
    PATHWAY,
    SCHOOL,
    a_catalogue,
    about_statement,
    recorded,
    void,
)

MOST = 12
# A machine that is busy with other things makes no property false.
holds = settings(deadline=None)
TREE = the_tree()

names = st.sampled_from(["x", *(f"s{number}" for number in range(MOST))])
# Few days, so that many statements have the same timestamp.
days = st.sampled_from(["2025-10-01", "2026-03-01", "2026-05-01"])
sources = st.sampled_from([PATHWAY, PATHWAY, SCHOOL, OFFICE, FAMILY])
items = st.sampled_from(["compare", "add", "units", "area", "fractions"])
policies = st.builds(
    Policy, st.sampled_from(sorted(METHODS)), st.just({}), st.sampled_from([0.5, 0.8]), st.integers(1, 3)
)


@st.composite
def statements(draw: Any, name: str) -> Json:
    common = {"by": draw(sources), "day": draw(days), "name": name}
    kind = draw(st.sampled_from(["shown", "shown", "shown", "claimed", "verified", "void"]))
    if kind == "verified":
        verb = draw(st.sampled_from(["verified", "https://w3id.org/xapi/tla/verbs/deselected"]))
        return about_statement(verb, draw(names), **common)
    if kind == "void":
        return void(draw(names), **common)
    if kind == "claimed":
        verb = draw(st.sampled_from(["achieved", "revoked", "asserted", "planned", "deselected"]))
        return claimed(verb, draw(items), extensions=draw(extensions), **common)
    return shown(
        draw(items),
        verb=draw(st.sampled_from(["answered", "completed", "passed", "failed"])),
        score=draw(st.sampled_from([None, None, 0.3, 0.7, 0.9, -1])),
        result=draw(results),
        **common,
    )


results = st.fixed_dictionaries({}, optional={"success": st.booleans(), "completion": st.booleans()})
extensions = st.sampled_from([{}, {"confidence": 0.8}, {EXPIRES: "2026-04-01T00:00:00Z"}])


@st.composite
def all_said(draw: Any) -> list[Json]:
    return [draw(statements(f"s{number}")) for number in range(draw(st.integers(0, MOST)))]


def map_of(said: list[Json], policy: Policy) -> Any:
    """The document, as it goes out."""
    events = [recorded(each, position) for position, each in enumerate(said, 1)]
    return told(made(evidence_of(events), policy=policy), policy)


def told(folded: Folded, policy: Policy) -> Any:
    """What a map says, as it goes out."""
    rolled = roll_up(TREE, folded.masteries, policy)
    framework = document.framework(TREE, folded, policy, TREE.order, rolled)
    return orjson.loads(orjson.dumps([framework, document.refused(folded)]))


@holds
@given(all_said(), policies, st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_map(said, policy, random):
    assert map_of(said, policy) == map_of(random.sample(said, len(said)), policy)


@holds
@given(all_said(), policies, st.randoms(use_true_random=False))
def test_what_comes_twice_counts_once(said, policy, random):
    events = [recorded(each, position) for position, each in enumerate(said, 1)]
    again = [each for each in events if random.random() < 0.5]
    once, twice = (made(evidence_of(each), policy=policy) for each in (events, [*events, *again]))
    assert once.masteries == twice.masteries


@st.composite
def later(draw: Any) -> list[Json]:
    """Scored or met, after all else, and nobody speaks of it."""
    scores = st.sampled_from([None, 0.3, 0.7, 0.9])
    return [
        shown(draw(items), score=draw(scores), by=draw(sources), name=f"n{number}", day=day)
        for number, day in enumerate(sorted(draw(st.lists(st.sampled_from(["2026-05-20", "2026-05-21"])))))
    ]


@holds
@given(all_said(), later(), policies)
def test_what_comes_later_is_folded_on(said, news, policy):
    events = [recorded(each, position) for position, each in enumerate([*said, *news], 1)]
    before, after = events[: len(said)], events[len(said) :]
    whole = made(evidence_of(events), policy=policy)
    followed = fold_on(
        made(evidence_of(before), policy=policy), evidence_of(after).shown,
        Alignment(all_of(), {}), Sources(a_catalogue()), policy, now=NOW,
    )  # fmt: skip
    assert told(followed, policy) == told(whole, policy)
    assert followed.numbers == whole.numbers
    assert followed.shown == whole.shown.then(NOTHING_SHOWN)


@holds
@given(all_said(), policies, items, st.booleans(), st.integers(0, MOST))
def test_to_say_and_to_void_is_not_to_have_said(said, policy, item, before, at):
    extra = shown(item, score=0.6, name="x", by=PATHWAY)
    pair = [void("x", by=PATHWAY, name="v"), extra] if before else [extra, void("x", by=PATHWAY, name="v")]
    with_both = [*said[:at], pair[0], *said[at:], pair[1]]
    assert map_of(with_both, policy) == map_of(said, policy)


@holds
@given(all_said(), policies)
def test_nobody_masters_anything_by_their_own_word(said, policy):
    (told, _) = map_of([each | {"authority": FAMILY} for each in said], policy)
    assert {each["state"] for each in told["items"]} == {"insufficient data"}
    assert {each.get("estimate") for each in told["items"]} == {None}


@holds
@given(all_said(), policies)
def test_every_statement_stands_once_with_an_item(said, policy):
    (told, refused) = map_of(said, policy)
    for item in (each for each in told["items"] if "evidence" in each):
        claims = [each["statement"] for each in item["claims"] if each["kind"] != "judged"]
        counted = item["evidence"] + item["exposures"] + item["unverified"] + claims
        assert len(set(counted)) == len(counted)
        contradicting = {each["statement"] for each in refused if each["about"] == item["competency"]["id"]}
        assert not contradicting & set(counted)
        assert item["state"] != "mastered" or item["held"] or len(item["evidence"]) >= policy.needed
        assert 0 <= item["confidence"] < 1
