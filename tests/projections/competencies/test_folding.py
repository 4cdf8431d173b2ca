"""What a competency comes to: the scores that count, and what is said directly."""

from __future__ import annotations

from typing import Any

import pytest

from lrs.xapi import actor
from projections.competencies import mastery
from projections.competencies.mastery import Mastery, Policy
from tests.projections.competencies.builders import (
    NOW,
    answers,
    claimed,
    evidence_of,
    identifier,
    made,
    map_of,
    recorded,
    shown,
)
from tests.projections.transcript.builders import (
    FAMILY,
    MIRA,
    OFFICE,
    PATHWAY,
    SCHOOL,
    TUTOR,
    about_statement,
    said,
)

ANN = {"mbox": "mailto:ann@mail.example"}
ADD = identifier("add")


def add_of(*statements: Any, **more: Any) -> Mastery:
    return map_of(*statements, **more).masteries[ADD]


def test_the_newest_answers_count_most():
    found = add_of(*answers("nyy"))
    # 0, then 0.65, then 0.35 * 0.65 + 0.65
    assert found.estimate == pytest.approx(0.8775)
    assert found.state == "mastered"


@pytest.mark.parametrize(
    ("pattern", "state"),
    [
        ("yy", "insufficient data"),
        ("yyy", "mastered"),
        ("yny", "approaching"),  # 1, 0.35, 0.7725
        ("yyn", "developing"),  # 1, 1, 0.35
        ("nnn", "developing"),
    ],
)
def test_states(pattern, state):
    assert add_of(*answers(pattern)).state == state


@pytest.mark.parametrize(
    ("method", "score", "count", "state"),
    [
        ("decaying-average", 0.6, 3, "approaching"),  # three quarters of 0.8 as a float is more than 0.6
        ("mean", 0.8, 43, "mastered"),  # of 43 times 0.8 as floats it is less
        ("n-mastery", 0.8, 43, "mastered"),
        ("mean", 0.79, 43, "approaching"),
        ("mean", 0.59, 43, "developing"),
    ],
)
def test_who_always_scores_a_mark_has_reached_it(method, score, count, state):
    said = [shown(score=score, name=f"q{each}") for each in range(count)]
    assert add_of(*said, policy=Policy(method)).state == state


def test_of_fewer_scores_than_n_mastery_takes_nothing_is_said():
    policy = Policy("n-mastery", {"n": 5}, needed=3)
    assert [add_of(*answers(each), policy=policy).state for each in ("yyyy", "yyyyy", "yyyyn")] == [
        "insufficient data",
        "mastered",
        "developing",
    ]


def test_who_has_only_completed_has_met_it():
    found = add_of(*(shown(verb="completed", day=f"2026-05-0{n}") for n in range(1, 6)))
    assert (found.state, found.estimate) == ("insufficient data", None)
    assert len(found.exposed) == 5
    assert found.confidence == 0


def test_a_score_is_worth_more_than_success_and_never_less_than_nothing():
    assert add_of(shown(score=0.4, result={"success": True})).estimate == 0.4
    assert add_of(shown(score={"raw": 26.1, "min": 0, "max": 30})).estimate == 0.87
    assert add_of(shown(score=-1)).estimate == 0


def test_what_nobody_trusts_is_shown_and_does_not_count():
    found = add_of(*answers("yyy", by=FAMILY))
    assert (found.state, found.estimate, len(found.unverified)) == ("insufficient data", None, 3)


def test_what_somebody_trusted_has_verified_counts():
    claim = shown(score=0.9, by=FAMILY, name="add")
    reference = {"objectType": "StatementRef", "id": claim["id"]}
    assert add_of(claim, said("verified", by=SCHOOL, object=reference)).estimate == 0.9
    assert add_of(claim, said("verified", by=FAMILY, object=reference)).estimate is None


def test_a_void_takes_back_what_its_authority_has_said():
    first, second, third, wrong = answers("yyyn")
    reference = {"objectType": "StatementRef", "id": wrong["id"]}
    taken_back = said("voided", by=PATHWAY, object=reference)
    assert add_of(first, second, third, wrong, taken_back).estimate == 1
    assert add_of(taken_back, wrong, third, second, first).estimate == 1
    by_the_family = map_of(first, second, third, wrong, said("voided", by=FAMILY, object=reference))
    assert by_the_family.masteries[ADD].estimate == 0.35
    assert [each.verb for each in by_the_family.refused] == ["voided"]


def test_a_contradiction_counts_for_nothing_and_is_shown():
    found = map_of(*answers("yyy"), shown(verb="passed", result={"success": False}))
    assert found.masteries[ADD].estimate == 1
    assert [(each.about, each.verb) for each in found.refused] == [(ADD, "passed")]


def test_a_statement_that_names_her_twice_counts_once():
    group = {"objectType": "Group", "member": [MIRA, ANN]}
    events = [recorded(shown(score=0.5, actor=group), 1)]
    ifis = [str(actor.ifi(each)) for each in (MIRA, ANN)]
    assert len(made(evidence_of(events, ifis=ifis)).masteries[ADD].scored) == 1


def test_evidence_fades():
    halved = 180 * 24 * 60 * 60 * 1_000_000
    (one,) = answers("y")
    fresh, old = (
        made(evidence_of([recorded(one, 1)]), now=now).masteries[ADD].confidence
        for now in (NOW - halved, NOW - 12 * 60 * 60 * 1_000_000 + halved)
    )
    # One piece of full weight, and one of half: 1 / 3 and 0.5 / 2.5.
    assert fresh == pytest.approx(1 / 3)
    assert old == pytest.approx(0.2)
    assert mastery.faded(mastery.grown(NOW), NOW) == pytest.approx(1)
    ahead = made(evidence_of([recorded(one, 1)]), now=NOW - 30 * mastery.DAY).masteries[ADD]
    assert ahead.confidence == pytest.approx(1 / 3)


def test_what_is_conferred_is_held_until_it_expires():
    expires = {"https://w3id.org/xapi/comp/contextextensions/expires": "2026-07-01T00:00:00Z"}
    grant = claimed("achieved", extensions=expires, by=SCHOOL, day="2026-05-01")
    assert (add_of(grant).state, add_of(grant).held) == ("mastered", True)
    later = NOW + 60 * mastery.DAY
    assert (add_of(grant, now=later).state, add_of(grant, now=later).held) == ("insufficient data", False)


def test_what_is_conferred_for_a_while_shortens_nothing_that_is_held():
    gain = claimed("achieved", by=SCHOOL, day="2026-04-01")
    expires = {"https://w3id.org/xapi/comp/contextextensions/expires": "2026-05-20T00:00:00Z"}
    for_a_while = claimed("conferred", extensions=expires, by=SCHOOL, day="2026-05-01")
    assert add_of(gain, for_a_while).held
    assert not add_of(gain, for_a_while, claimed("revoked", by=SCHOOL, day="2026-05-25")).held


@pytest.mark.parametrize("verb", ["achieved", "conferred", "verified", "revoked", "forfeited", "expired"])
def test_what_did_not_succeed_is_neither_gained_nor_lost(verb):
    gain = claimed("achieved", by=SCHOOL, day="2026-04-01", name="gain")
    failed = claimed(verb, by=SCHOOL, result={"success": False})
    assert add_of(gain, failed).held
    found = map_of(failed)
    assert found.masteries == {}
    assert [each.reason for each in found.refused] == [f"{verb}, but the result's success is false"]


def test_what_is_lost_sets_all_before_it_aside():
    before = answers("yyy", day="2026-04-01")
    loss = claimed("revoked", by=SCHOOL, day="2026-05-01")
    gain = claimed("achieved", by=SCHOOL, day="2026-03-01")
    found = add_of(gain, *before, loss)
    assert (found.state, found.held, found.estimate) == ("insufficient data", False, None)
    after = answers("yyy", day="2026-05-20")
    assert add_of(gain, *before, loss, *after).state == "mastered"


def test_what_somebody_has_said_who_is_trusted_more_is_not_lost():
    gain = claimed("achieved", by=OFFICE, day="2026-03-01")
    judged = claimed("asserted", extensions={"confidence": 1}, by=OFFICE, day="2026-03-02")
    later = claimed("conferred", by=TUTOR, day="2026-03-03")
    loss = claimed("revoked", by=TUTOR, day="2026-05-01")
    scored = answers("nn", day="2026-04-01", by=PATHWAY)
    found = add_of(gain, judged, later, *scored, loss)
    assert (found.held, len(found.scored)) == (True, 3)
    # The school is trusted as much as the platform, and less than the office.
    found = add_of(gain, judged, later, *scored, loss, claimed("revoked", by=SCHOOL, day="2026-05-02"))
    assert (found.held, len(found.scored)) == (True, 1)
    found = add_of(gain, judged, later, *scored, claimed("revoked", by=OFFICE, day="2026-05-03"))
    assert (found.held, found.scored) == (False, [])


def test_whoever_says_how_sure_they_are_gives_a_score():
    found = add_of(claimed("asserted", extensions={"confidence": 0.6}, by=SCHOOL))
    assert found.estimate == 0.8
    assert add_of(claimed("asserted", extensions={"confidence": 7}, by=SCHOOL)).estimate is None


def test_whoever_judges_without_saying_how_sure_they_are_says_it_by_the_score():
    assert add_of(claimed("assessed", score=0.9, by=SCHOOL)).estimate == 0.9
    assert add_of(claimed("validated", result={"success": False}, by=SCHOOL)).estimate == 0
    assert add_of(claimed("assessed", score=0.9, extensions={"confidence": 0}, by=SCHOOL)).estimate == 0.5
    assert add_of(claimed("asserted", by=SCHOOL)).estimate is None
    assert add_of(claimed("assessed", score=0.9, by=FAMILY)).estimate is None
    assert add_of(claimed("planned", score=0.9, by=SCHOOL)).estimate is None


def test_a_family_holds_nothing_by_its_own_word():
    found = map_of(claimed("achieved", by=FAMILY))
    assert (found.masteries[ADD].state, found.masteries[ADD].held) == ("insufficient data", False)
    assert [each.accepted for each in found.claims[ADD]] == [False]


def test_who_confers_names_the_learner():
    to_her = claimed("conferred", actor=ANN, object={"objectType": "Agent", **MIRA}, by=SCHOOL)
    to_her["context"] = {"contextActivities": {"grouping": [{"id": f"https://case.example/uri/{ADD}"}]}}
    assert add_of(to_her).held
    by_ann = claimed("validated", actor=ANN, extensions={"confidence": 1, "learner": MIRA}, by=TUTOR)
    assert add_of(by_ann).estimate == 1
    of_nobody = claimed("validated", actor=MIRA, extensions={"confidence": 1, "learner": ["?"]}, by=TUTOR)
    assert map_of(of_nobody).masteries == {}


def test_a_goal_stands_until_it_is_dropped_or_achieved():
    goal = claimed("planned", by=FAMILY, day="2026-05-01")
    reference = {"objectType": "StatementRef", "id": goal["id"]}
    dropped = claimed("deselected", by=FAMILY, day="2026-05-02")
    achieved = said("https://w3id.org/xapi/tla/verbs/achieved", by=FAMILY, day="2026-05-03", object=reference)
    for statements, stands in (
        ([goal], True),
        ([goal, dropped], False),
        ([dropped, goal], False),
        ([goal, achieved], False),
    ):
        assert map_of(*statements).claimed[ADD].goal is stands


def test_a_verification_of_another_statement_needs_somebody_who_is_trusted():
    gain = claimed("achieved", by=FAMILY, name="add")
    proof = about_statement("verified", "x", by=OFFICE)
    proof["object"]["id"] = gain["id"]
    assert add_of(gain, proof).held


def test_the_policy_decides():
    statements = answers("nyyyyn")
    for method, expected in (("latest", 0), ("highest", 1), ("mean", 4 / 6), ("n-mastery", 1)):
        found = add_of(*statements, policy=Policy(method, {}, 0.5, 3))
        assert found.estimate == pytest.approx(expected)
    assert add_of(*answers("yyy"), policy=Policy(needed=4)).state == "insufficient data"
    assert add_of(*answers("yyn"), policy=Policy(cut=0.3)).state == "mastered"


def test_the_formula_tells_the_parameters_that_hold():
    assert Policy("n-mastery", {"n": 4.0}, 0.7).formulas[9] == (
        "mean of those of 9 scores that reach 0.7, if 4 do"
    )
    assert "0.65" in Policy().formulas[3]
