"""What single events mean for transcripts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
import pytest

from lrs.log.event_log import Recorded
from lrs.xapi import actor
from lrs.xapi.vocabulary import Json
from projections.projection import Insert
from projections.testimony import verbs
from projections.transcript import contribution
from projections.transcript.contribution import Contribution
from projections.transcript.project import TRANSCRIPT
from tests.projections.transcript.builders import (
    FAMILY,
    MATHS,
    MIRA,
    MIRA_IFI,
    PATHWAY,
    about_statement,
    decided,
    recorded,
    said,
    the_id,
    void,
)

ANN = {"mbox": "mailto:ann@mail.example"}


def rows(what: Any) -> list[Insert]:
    return list(TRANSCRIPT.fold(recorded(what, 7)))


def facts(statement: Json) -> Contribution:
    (insert,) = rows(statement)
    assert insert.table == "contribution"
    ifi, position, found, as_member, kept = insert.row
    assert ifi == actor.digest(MIRA_IFI)
    return Contribution(position, str(found), as_member, *orjson.loads(kept))


def test_a_statement_contributes_what_a_transcript_needs_and_no_more():
    statement = said(
        "passed",
        registration="autumn",
        parent="https://pathway.example/all",
        score=0.9,
        letter=" B+ ",
        progress=100,
        result={"success": True, "completion": True},
        object={"id": MATHS, "definition": {"name": {"de": "Mathe", "en": "Maths"}}},
        day="2025-10-01T14:00:00.5+02:00",
    )
    assert facts(statement) == Contribution(
        position=7,
        statement=statement["id"],
        as_member=False,
        verb="passed",
        at=1759320000_500000,
        authorities=["account|https://lrs.example|pathway"],
        object=MATHS,
        around=["https://pathway.example/all"],
        registration=the_id("autumn"),
        success=True,
        completion=True,
        score=0.9,
        grade="B+",
        progress=100,
        title="Maths",
    )


@pytest.mark.parametrize("iri", verbs.NAMES)
def test_every_verb_of_the_vocabulary_is_known_by_its_iri(iri):
    found = rows(said(iri)) or rows(about_statement(iri, "other", by=PATHWAY))
    assert len(found) == 1


@pytest.mark.parametrize("verb", ["terminated", "launched", "abandoned", "experienced", "x:passed"])
def test_other_verbs_contribute_nothing(verb):
    assert rows(said(verb)) == []


def test_what_is_about_no_activity_and_in_none_contributes_nothing():
    assert rows(said("passed", object={"objectType": "Agent", **ANN})) == []
    inner = {"objectType": "SubStatement", "actor": MIRA, "verb": {"id": "x:y"}, "object": {"id": MATHS}}
    assert rows(said("passed", object=inner)) == []


def test_what_is_about_a_person_may_be_part_of_a_course():
    found = facts(said("evaluated", object={"objectType": "Agent", **ANN}, parent=MATHS))
    assert (found.object, found.around) == ("", [MATHS])


def test_parents_come_before_groupings_and_other_contexts_do_not_count():
    activities = {
        "grouping": [{"id": "x:grouping"}],
        "parent": {"id": "x:parent"},  # as xAPI 1.0 lets a client write a single one
        "category": [{"id": "x:category"}],
        "other": [{"id": "x:other"}],
    }
    assert facts(said("passed", context={"contextActivities": activities})).around == [
        "x:parent",
        "x:grouping",
    ]


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        ({"scaled": 0.5, "raw": 9, "min": 0, "max": 10}, 0.5),
        ({"scaled": -0.5}, -0.5),
        ({"raw": 26.1, "min": 0, "max": 30}, 0.87),
        ({"raw": 15, "min": 10, "max": 20}, 0.5),
        ({"raw": 87, "max": 100}, 0.87),
        ({"raw": 0, "min": 0, "max": 0}, None),
        ({"raw": 3, "min": 3, "max": 3}, None),
        ({"raw": -5, "max": 10}, -0.5),
        ({"raw": -50, "max": 10}, None),
        ({"raw": 50, "max": 10}, None),
        ({"raw": 3}, None),
        ({"min": 0, "max": 10}, None),
        ({}, None),
    ],
)
def test_a_score_is_scaled_or_lies_between_min_and_max_or_is_none(score, expected):
    assert facts(said("scored", score=score)).score == expected


@pytest.mark.parametrize("progress", [-1, 101, "50", True, [50]])
def test_progress_that_is_no_percentage_is_none(progress):
    assert facts(said("progressed", progress=progress)).progress is None


@pytest.mark.parametrize("letter", [5, ["A"], {}, ""])
def test_a_letter_that_is_no_text_is_none(letter):
    assert facts(said("earned", letter=letter)).grade is None


def test_a_letter_may_be_said_as_our_profile_has_it():
    ours = {contribution.GRADE: "B+"}
    assert facts(said("evaluated", result={"extensions": ours})).grade == "B+"
    both = {contribution.GRADE: "B+", contribution.LETTER: "C"}
    assert facts(said("evaluated", result={"extensions": both})).grade == "B+"


def test_a_group_contributes_for_itself_and_for_each_member_once():
    group = {"objectType": "Group", "mbox": "mailto:club@mail.example", "member": [MIRA, ANN, MIRA]}
    *found, (table, shared) = rows(said("passed", actor=group))
    assert (table, shared[0], orjson.loads(shared[1])[0]) == ("shared", 7, "passed")
    assert [row[0:1] + row[3:] for _, row in found] == [
        (actor.digest("mbox|mailto:club@mail.example"), False, None),
        (actor.digest(MIRA_IFI), True, None),
        (actor.digest("mbox|mailto:ann@mail.example"), True, None),
    ]


def test_the_facts_of_many_members_do_not_grow_with_their_number():
    members = [{"mbox": f"mailto:{number}@mail.example"} for number in range(300)]
    around = [{"id": f"https://pathway.example/{number}"} for number in range(300)]
    statement = said(
        "passed",
        actor={"objectType": "Group", "member": members},
        context={"contextActivities": {"grouping": around}},
    )
    kept = sum(len(value) for _, row in rows(statement) for value in row if isinstance(value, bytes))
    assert kept < len(orjson.dumps(statement))


def test_members_of_an_anonymous_group_contribute():
    found = rows(said("passed", actor={"objectType": "Group", "member": [ANN]}))
    assert [row[0] for _, row in found] == [actor.digest("mbox|mailto:ann@mail.example")]


def test_an_authority_of_application_and_person_is_both():
    authority = {"objectType": "Group", "member": [PATHWAY, FAMILY]}
    assert facts(said("passed", by=authority)).authorities == [
        "account|https://lrs.example|pathway",
        "account|https://lrs.example|family",
    ]


def test_a_voiding_statement_makes_a_row_by_its_target():
    (insert,) = rows(void("wrong", by=FAMILY))
    assert insert.table == "voided"
    assert insert.row[:2] == (UUID(the_id("wrong")), 7)
    assert orjson.loads(insert.row[3]) == [["account|https://lrs.example|family"]]


@pytest.mark.parametrize("verb", sorted(verbs.VERIFYING))
def test_a_verifying_statement_makes_a_row_by_its_target(verb):
    iri = next(iri for iri, name in verbs.NAMES.items() if name == verb)
    (insert,) = rows(about_statement(iri, "claim", by=PATHWAY))
    assert insert.table == "reference"
    assert insert.row[:2] == (UUID(the_id("claim")), 7)


def test_verifying_an_activity_is_no_contribution():
    assert rows(said("verified")) == []


def test_a_number_too_large_for_a_double_is_read_all_the_same():
    statement = said("passed", registration="autumn")
    event = recorded(statement, 7)
    text = event.state[:-1] + b',"result":{"score":{"raw":1e400,"max":1e401},"success":true}}'
    (insert,) = contribution.fold(Recorded(7, event.stored, event.topic, event.originator_id, 1, text))
    assert Contribution(7, "", False, *orjson.loads(insert.row[4])).success is True


def test_what_a_registrar_does_makes_a_row_by_the_learner():
    (insert,) = rows(decided("waive"))
    assert insert.table == "decision"


def test_a_decision_about_credits_that_are_no_number_is_refused():
    with pytest.raises(ArithmeticError):
        rows(decided("transfer", credits="many"))
