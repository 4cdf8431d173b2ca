"""A group is told by numbers: each learner once, and nobody by herself."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from lrs.log.events import IdentifierLinked
from lrs.xapi import actor
from projections.competencies import cohort
from tests.projections.competencies.builders import answers, claimed, identifier
from tests.projections.competencies.maps import COHORT, Maps
from tests.projections.competencies.test_read import OFFICE
from tests.projections.transcript.builders import LEARNER, SCHOOL


def somebody(number: int) -> Any:
    return {"mbox": f"mailto:learner{number}@mail.example"}


def states(found: Any, code: str) -> Any:
    (told,) = [each["states"] for each in found["items"] if each["competency"]["code"] == code]
    return list(told.values())


def test_a_group_is_told_by_numbers_none_of_which_is_small(database, monkeypatch):
    monkeypatch.setenv("LRS_SMALLEST_GROUP", "3")
    maps = Maps(database).take(*OFFICE)
    asked = {"framework": identifier(""), "provider": "pathway"}
    for number in range(2):
        maps.take(*answers("yyy", "add", actor=somebody(number)))
    few = maps.ask(COHORT, **asked)
    assert (few["learners"], few["items"]) == (None, [])
    for number in range(2, 10):
        maps.take(*answers("yyy" if number < 6 else "nnn", "add", actor=somebody(number)))
    maps.take(*answers("yyy", "compare", actor=somebody(0)))
    found = maps.ask(COHORT, **asked)
    assert found["learners"] == 10
    assert states(found, "add") == [6, 0, 4, 0]
    assert states(found, "compare") == [None, 0, 0, None]
    assert states(found, "area") == [0, 0, 0, 10]
    assert maps.ask(COHORT, framework=identifier(""), provider="school")["learners"] is None


def test_a_learner_with_several_identifiers_is_one_of_the_group(database, monkeypatch):
    monkeypatch.setenv("LRS_SMALLEST_GROUP", "1")
    maps = Maps(database).take(*OFFICE)
    for ifi in (str(actor.ifi(somebody(0))), str(actor.ifi(somebody(1)))):
        maps.take(IdentifierLinked(LEARNER, ifi, "office", "hers"))
    maps.take(
        *answers("yy", "add", actor=somebody(0)), *answers("y", "add", actor=somebody(1), day="2026-05-01")
    )
    maps.take(claimed("achieved", "area", by=SCHOOL, actor=somebody(0)))
    found = maps.ask(COHORT, framework=identifier(""), provider="pathway")
    assert (found["learners"], states(found, "add")) == (1, [1, 0, 0, 0])
    assert states(found, "area") == [0, 0, 0, 1]


def test_who_has_only_a_goal_has_shown_nothing(database, monkeypatch):
    monkeypatch.setenv("LRS_SMALLEST_GROUP", "1")
    maps = Maps(database).take(*OFFICE, *answers("y", "add", actor=somebody(0)))
    maps.take(claimed("planned", "area", actor=somebody(1)), claimed("achieved", "area", actor=somebody(2)))
    found = maps.ask(COHORT, framework=identifier(""), provider="pathway")
    assert (found["learners"], states(found, "area")) == (2, [1, 0, 0, 1])


def test_a_group_is_looked_at_some_at_once_and_the_numbers_are_the_same(database, monkeypatch):
    monkeypatch.setenv("LRS_SMALLEST_GROUP", "1")
    maps = Maps(database).take(*OFFICE)
    for number in range(5):
        maps.take(*answers("yyy" * (1 + number % 3), "add", actor=somebody(number)))
    asked = {"framework": identifier(""), "provider": "pathway"}
    whole = maps.ask(COHORT, **asked)
    assert (whole["learners"], states(whole, "add")) == (5, [5, 0, 0, 0])
    for learners, pieces in ((2, 1000), (200, 7), (200, 1)):
        monkeypatch.setattr(cohort, "MOST_LEARNERS", learners)
        monkeypatch.setattr(cohort, "MOST_PIECES", pieces)
        assert maps.ask(COHORT, **asked) == whole


@pytest.mark.parametrize(
    ("sizes", "batches"),
    [
        ([1, 1, 1, 1, 1], [3, 2]),
        ([4, 4, 2, 9, 11, 1], [3, 1, 1, 1]),
        ([10, 30, 10], [1, 1, 1]),
        ([], []),
    ],
)
def test_at_once_are_as_many_as_there_is_room_for(monkeypatch, sizes, batches):
    monkeypatch.setattr(cohort, "MOST_LEARNERS", 3)
    monkeypatch.setattr(cohort, "MOST_PIECES", 10)
    learners = {uuid4(): size for size in sizes}
    found = list(cohort._batches(learners, learners))
    assert list(map(len, found)) == batches
    assert [each for batch in found for each in batch] == list(learners)
