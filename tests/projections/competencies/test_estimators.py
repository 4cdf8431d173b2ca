"""The estimators give the numbers of their sources, and stay within what was scored."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.registrar import mastery as registrar
from projections.catalogue.mastery import DEFAULT_MASTERY
from projections.competencies import estimators
from projections.competencies.estimators import METHODS, Rated
from projections.competencies.mastery import Policy

ONE_TO_FIVE = [1.0, 2.0, 3.0, 4.0, 5.0]
ORDER_FREE = ("n-mastery", "highest", "mean")

scores = st.lists(st.floats(0, 1), max_size=30)
methods = st.sampled_from(sorted(METHODS))


@pytest.mark.parametrize(
    ("estimator", "expected"),
    [
        (estimators.decaying_average, 4.4696),
        (estimators.weighted_average, 4.125),
        (estimators.latest, 5),
        (estimators.highest, 5),
        (estimators.mean, 3),
    ],
)
def test_averages_of_one_to_five(estimator, expected):
    assert round(estimator(ONE_TO_FIVE), 4) == expected


def test_knowledge_tracing_follows_every_answer():
    traced = [estimators.knowledge_tracing([1, 1, 0, 1][:n], known=0.4, learn=0.3) for n in (1, 2, 3, 4)]
    assert [round(each or 0, 4) for each in traced] == [0.825, 0.9685, 0.8554, 0.9747]


@pytest.mark.parametrize(
    ("given", "expected"),
    [([3, 5, 4], 4), ([3, 5, 4, 1], 4), ([3, 2.9, 4], None), ([], None), ([1, 3, 3, 5], 11 / 3)],
)
def test_n_mastery_takes_the_mean_of_what_reaches_the_cut(given, expected):
    assert estimators.n_mastery(given, cut=3, n=3) == expected


def test_an_elo_step_moves_learner_and_question_by_the_same():
    # P = 0.5 where both are alike, so a right answer gains K / 2, with K = 1 / (1 + 0.5 * 2).
    assert estimators.elo_step(Rated(0, 0), 1, before=2, a=1, b=0.5) == Rated(0.25, -0.25)


def test_elo_rises_with_right_answers_and_falls_with_wrong_ones():
    # 0.5 after nothing; theta = 0.5 after one right answer, whose P is 1 / (1 + e^-0.5).
    assert round(estimators.elo([1]) or 0, 4) == 0.6225
    assert round(estimators.elo([0]) or 0, 4) == 0.3775
    assert (estimators.elo([1] * 9) or 0) > (estimators.elo([1] * 8) or 0)


@pytest.mark.parametrize("logit", [-1e6, -1.0, 0.0, 1.0, 1e6])
def test_a_logit_is_a_probability(logit):
    assert 0 <= estimators.logistic(logit) <= 1
    assert estimators.logistic(logit) + estimators.logistic(-logit) == pytest.approx(1)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_of_nothing_nothing_follows(method):
    assert METHODS[method].function([]) is None


@given(methods, scores)
def test_an_estimate_is_between_0_and_1_and_the_same_each_time(method, given_):
    function, defaults, _ = METHODS[method]
    estimate = function(given_, **defaults)
    assert estimate is None or 0 <= estimate <= 1
    assert function(list(given_), **defaults) == estimate


@given(st.sampled_from([name for name in METHODS if name not in ("bkt", "elo")]), scores.filter(bool))
def test_averages_stay_between_the_lowest_and_the_highest_score(method, given_):
    function, defaults, _ = METHODS[method]
    estimate = function(given_, **defaults)
    assert estimate is None or min(given_) - 1e-9 <= estimate <= max(given_) + 1e-9


@given(st.sampled_from(ORDER_FREE), scores, st.randoms(use_true_random=False))
def test_some_do_not_look_at_the_order(method, given_, random):
    function, defaults, _ = METHODS[method]
    assert function(random.sample(given_, len(given_)), **defaults) == function(given_, **defaults)


@given(st.sampled_from(["decaying-average", "latest", "elo", "bkt"]), scores)
def test_others_believe_the_newest_more(method: Any, given_: list[float]):
    function, defaults, _ = METHODS[method]
    assert function([*given_, 1.0], **defaults) >= function([*given_, 0.0], **defaults)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_the_formula_names_its_parameters(method):
    _, defaults, formula = METHODS[method]
    text = formula.format(count=12, **defaults)
    assert all(str(value) in text for value in defaults.values())
    assert "12" in text


def test_a_policy_can_name_what_estimates_with_the_same_parameters():
    for name, method in METHODS.items():
        own = {key: value for key, value in method.defaults.items() if key != "cut"}
        assert own == {key: each.default for key, each in registrar.METHODS[name].items()}
    assert METHODS.keys() == registrar.METHODS.keys()
    usual, first = Policy(), DEFAULT_MASTERY
    assert (usual.method, usual.given, usual.cut, usual.needed) == (
        first.method,
        first.parameters,
        first.cut,
        first.needed,
    )
    assert (usual.cut, usual.needed) == (registrar.CUT, registrar.NEEDED)
