"""Maps over tables: now and as of any position, of one learner and of a group."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from lrs.database.pool import Database
from lrs.errors import NotFound
from lrs.log.events import (
    ActivityAligned,
    IdentifierLinked,
    LearnerRegistered,
    MasteryPolicyAdopted,
    ProviderTrusted,
)
from lrs.xapi import actor
from projections.competencies import document, keeping
from projections.competencies.claiming import EXPIRES
from projections.competencies.evidence import COMPETENCY
from projections.competencies.mastery import Policy
from projections.competencies.rollup import roll_up
from tests.projections.competencies.builders import (
    QUESTION,
    answers,
    claimed,
    evidence_of,
    identifier,
    made,
    shown,
    the_tree,
    uri,
)
from tests.projections.competencies.maps import COHORT, MAP, NEXT, NOW, ONE, Maps, imported, package
from tests.projections.transcript.builders import (
    FAMILY,
    LEARNER,
    MIRA_IFI,
    PATHWAY,
    SCHOOL,
    recorded,
    said,
)

OTHER = {"account": {"homePage": "https://maths.example", "name": "m1ra"}}
OTHER_IFI = "account|https://maths.example|m1ra"
OWN = str(actor.own_learner(MIRA_IFI))
UNFRAMED = {
    "id": "https://pathway.example/estimating",
    "definition": {"type": COMPETENCY, "name": {"en": "E"}},
}


def trusted(provider: str, name: str, agent: Any) -> ProviderTrusted:
    return ProviderTrusted(provider, name, [str(actor.ifi(agent))], "approved", "office")


OFFICE = (trusted("pathway", "Pathway", PATHWAY), trusted("school", "Public School", SCHOOL), imported())
WRONG = shown("compare", result={"success": False}, name="wrong", day="2026-06-01T13:00:00Z")
CLAIMED = shown("units", score=0.9, by=FAMILY, name="mine")
EVERYTHING = (
    *OFFICE,
    *answers("yyy", "compare"),
    WRONG,
    said("voided", by=PATHWAY, object={"objectType": "StatementRef", "id": WRONG["id"]}),
    *answers("nyn", "add"),
    *answers("nn", "units"),
    CLAIMED,
    said("verified", by=SCHOOL, object={"objectType": "StatementRef", "id": CLAIMED["id"]}),
    claimed("achieved", "area", by=SCHOOL),
    claimed("planned", "area", by=FAMILY),
    shown("area", verb="completed", result={"completion": False}),
    said("answered", object=UNFRAMED, result={"success": True}),
    said("answered", "x:walk", result={"success": True}),
)


@pytest.fixture(scope="module")
def maps(database: Database) -> Maps:
    """Tables that nobody adds to."""
    return Maps(database).take(*EVERYTHING)


def items(found: Any) -> dict[str, Any]:
    return {each["competency"]["code"]: each for part in found["frameworks"] for each in part["items"]}


def apart(found: Any) -> Any:
    """Without how often the catalogue was changed."""
    return [{**each, "version": 0} for each in found["frameworks"]], found["quarantined"]


def test_what_is_read_is_what_the_events_make(maps):
    events = [recorded(each, number) for number, each in enumerate(EVERYTHING, 1)]
    folded = made(evidence_of(event for event in events if event.topic == "statement-stored"))
    tree = the_tree()
    told = document.framework(tree, folded, Policy(), tree.order, roll_up(tree, folded.masteries, Policy()))
    found = maps.ask(MAP, learner=OWN)
    assert items(found) == {each["competency"]["code"]: listed(each) for each in told["items"]}
    assert found["quarantined"] == document.refused(folded)


def listed(told: Any) -> Any:
    return {name: list(each) if isinstance(each, tuple) else each for name, each in told.items()}


def test_the_map_tells_states_and_what_they_are_made_of(maps):
    found = items(maps.ask(MAP, learner=OWN))
    states = {code: each["state"] for code, each in found.items()}
    assert states == {
        "number": "insufficient data",
        "fractions": "insufficient data",
        "compare": "mastered",
        "add": "developing",
        "measurement": "insufficient data",
        "units": "developing",  # 0, 0, then 0.65 * 0.9 by a claim that was verified
        "area": "mastered",  # held, for the school says so
    }
    assert WRONG["id"] not in found["compare"]["evidence"]
    assert CLAIMED["id"] in found["units"]["evidence"]
    assert (found["area"]["held"], found["area"]["goal"], found["area"]["estimate"]) == (True, True, None)
    assert found["fractions"]["rollup"]["assessed"] == 2


def test_as_of_any_position_is_what_was_known_there(maps, database):
    growing = Maps(database)
    for position, event in enumerate(EVERYTHING, 1):
        growing.take(event)
        if position > 2:
            try:
                then = apart(growing.ask(MAP, learner=OWN))
            except NotFound:
                with pytest.raises(NotFound):
                    maps.ask(MAP, learner=OWN, at=position)
            else:
                assert apart(maps.ask(MAP, learner=OWN, at=position)) == then


def test_built_anew_the_tables_are_the_same_and_so_in_another_order(maps, database):
    backwards = Maps(database)
    backwards.position = len(EVERYTHING)
    for position, event in reversed(list(enumerate(EVERYTHING, 1))):
        backwards.builds[0].take([recorded(event, position)])
    assert backwards.builds[0].rows() == maps.builds[0].rows()


def test_one_competency_is_told_with_every_piece(maps):
    found = maps.ask(ONE, learner=OWN, item=identifier("units").upper())
    pieces = {each["statement"]: each for each in found["pieces"]}
    assert (found["competency"]["code"], found["state"]) == ("units", "developing")
    assert found["formula"].startswith("decaying average of 3 scores")
    assert [each["counts"] for each in found["pieces"]] == [True, True, True]
    assert pieces[CLAIMED["id"]]["by"]["trust"] == "self"
    assert pieces[CLAIMED["id"]]["accepted"]
    assert {each["aligned_by"] for each in found["pieces"]} == {"context"}
    refused = maps.ask(ONE, learner=OWN, item=identifier("area"))["quarantined"]
    assert [each["reason"] for each in refused] == ["completed, but the result's completion is false"]


def test_a_competency_of_no_framework_is_told_by_what_statements_call_it(maps):
    (other,) = maps.ask(MAP, learner=OWN)["other"]
    assert (other["competency"]["uri"], other["competency"]["statement"]) == (UNFRAMED["id"], "E")
    found = maps.ask(ONE, learner=OWN, item=other["competency"]["id"])
    assert (found["framework"], len(found["pieces"])) == (None, 1)


def test_a_gap_is_explained(maps):
    found = maps.ask(ONE, learner=OWN, item=identifier("add"))["gap"]
    assert found["text"] == "add is developing (0.23). Nothing that comes before it is weak."
    assert maps.ask(ONE, learner=OWN, item=identifier("compare"))["gap"] is None


def test_a_framework_or_a_branch_may_be_asked_for(maps):
    assert len(items(maps.ask(MAP, learner=OWN, framework=identifier("")))) == 7
    branch = maps.ask(MAP, learner=OWN, item=identifier("fractions"))
    assert sorted(items(branch)) == ["add", "compare", "fractions"]
    assert branch["other"] == []
    ready = maps.ask(NEXT, learner=OWN, item=identifier("fractions"))["frameworks"][0]["ready"]
    assert [each["competency"]["code"] for each in ready] == ["add"]
    assert [each["code"] for each in ready[0]["after"]] == ["compare"]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        (MAP, {"learner": LEARNER}),
        (MAP, {"learner": OWN, "framework": LEARNER}),
        (MAP, {"learner": OWN, "item": "none"}),
        (NEXT, {"learner": OWN, "item": LEARNER}),
        (ONE, {"learner": OWN, "item": LEARNER}),
        (COHORT, {"framework": LEARNER, "provider": "pathway"}),
        (COHORT, {"framework": identifier(""), "provider": "nobody"}),
    ],
)
def test_what_is_not_there_is_not_found(maps, path, asked):
    with pytest.raises(NotFound):
        maps.ask(path, **asked)


def test_links_catalogue_and_new_versions_take_old_evidence_along(database):
    maps = Maps(database).take(OFFICE[0])
    untold = {"id": QUESTION}
    maps.take(*(said("answered", actor=OTHER, object=untold, score=each) for each in (0.9, 0.91, 0.92)))
    own = str(actor.own_learner(OTHER_IFI))
    assert maps.ask(MAP, learner=own)["frameworks"] == []
    maps.take(imported(), ActivityAligned(QUESTION, [uri("add")], "office"))
    assert items(maps.ask(MAP, learner=own))["add"]["state"] == "mastered"
    maps.take(MasteryPolicyAdopted("mean", {}, 0.95, 3, "office"))
    assert items(maps.ask(MAP, learner=own))["add"]["state"] == "approaching"
    maps.take(
        LearnerRegistered(LEARNER, "Mira", "2014-03-02", "", "office", "new"),
        IdentifierLinked(LEARNER, OTHER_IFI, "office", "hers"),
        IdentifierLinked(LEARNER, MIRA_IFI, "office", "hers"),
        said("answered", object={"id": QUESTION}, score=1),
    )
    assert len(items(maps.ask(MAP, learner=LEARNER))["add"]["evidence"]) == 4
    newer = package({"": ("add",)}, {})
    newer["CFItems"][0]["fullStatement"] = "Adds."
    maps.take(imported(newer))
    (told,) = maps.ask(MAP, learner=LEARNER)["frameworks"]
    assert [each["competency"]["statement"] for each in told["items"]] == ["Adds."]
    assert len(told["items"][0]["evidence"]) == 4


def test_a_map_that_is_kept_says_what_a_new_one_would(database):
    maps = Maps(database).take(*OFFICE, *answers("ynyy", "add"), *answers("yn", "units"), claimed("achieved"))
    days = [timedelta(days=each) for each in (0, 400, 30, -2)]
    keeping.forget()
    kept = [maps.ask(MAP, learner=OWN, now=NOW + each) for each in days]
    anew = [forgetting(maps, each) for each in days]
    assert kept == anew
    assert len({items(each)["add"]["confidence"] for each in kept}) == 4
    before = maps.position
    maps.take(*answers("n", "area"))
    assert items(maps.ask(MAP, learner=OWN))["area"]["estimate"] == 0
    assert items(maps.ask(MAP, learner=OWN, at=before))["area"].get("estimate") is None
    expires = {EXPIRES: "2026-07-01T00:00:00Z"}
    maps.take(claimed("achieved", "compare", extensions=expires, by=SCHOOL))
    held = [items(maps.ask(MAP, learner=OWN, now=NOW + each))["compare"]["held"] for each in days]
    assert held == [True, False, False, True]


@pytest.mark.parametrize("seed", range(4))
def test_a_map_that_grows_is_what_a_new_one_would_be(database, seed):
    chance, maps = random.Random(seed), Maps(database).take(*OFFICE)  # noqa: S311
    said_before: list[Any] = []
    keeping.forget()
    for _ in range(40):
        news = something(chance, said_before)
        said_before += news
        maps.take(*news)
        later = NOW + timedelta(days=chance.randrange(300))
        grown = maps.ask(MAP, learner=OWN, now=later)
        before = dict(keeping._kept)
        assert grown == forgetting(maps, later - NOW)
        keeping._kept.update(before)


def something(chance: random.Random, before: list[Any]) -> list[Any]:
    """Mostly an answer; sometimes an old one, a claim, or what somebody says of what was said before."""
    code = chance.choice(("add", "units", "area", "compare"))
    kind = chance.random()
    if kind < 0.1:
        return [claimed(chance.choice(("achieved", "revoked")), code)]
    if kind < 0.2 and before:
        about = {"objectType": "StatementRef", "id": chance.choice(before)["id"]}
        return [said(chance.choice(("voided", "verified")), by=SCHOOL, object=about)]
    by = FAMILY if kind < 0.3 else PATHWAY
    at = NOW - timedelta(days=chance.randrange(200), seconds=chance.randrange(80_000))
    return [shown(code, score=chance.random(), by=by, day=f"{at:%Y-%m-%dT%H:%M:%SZ}")]


def test_a_map_is_made_again_where_others_speak_of_her_statements_and_of_no_others(database):
    mine, other = shown("units", score=0.9, by=FAMILY), shown("units", score=0.9, actor=OTHER)
    maps = Maps(database).take(*OFFICE, mine, other)
    keeping.forget()

    def estimate() -> Any:
        return items(maps.ask(MAP, learner=OWN))["units"]["estimate"]

    def about(verb: str, statement: Any, by: Any) -> Any:
        return said(verb, by=by, object={"objectType": "StatementRef", "id": statement["id"]})

    assert estimate() is None
    (before,) = keeping._kept.values()
    maps.take(about("voided", other, PATHWAY), about("verified", other, SCHOOL))
    assert estimate() is None
    assert next(iter(keeping._kept.values())).map is before.map
    verified = about("verified", mine, SCHOOL)
    maps.take(verified)
    assert estimate() == 0.9
    maps.take(about("voided", verified, SCHOOL))
    assert estimate() is None
    maps.take(about("validated", mine, SCHOOL))
    assert estimate() == 0.9
    maps.take(about("voided", mine, SCHOOL))
    assert "estimate" not in items(maps.ask(MAP, learner=OWN))["units"]


def test_a_map_is_made_again_where_a_build_was_amended(database):
    maps = Maps(database).take(*OFFICE, *answers("yyyn", "add"))
    keeping.forget()
    assert len(items(maps.ask(MAP, learner=OWN))["add"]["evidence"]) == 4
    assert maps.ask(MAP, learner=OWN, item=identifier("add"))["frameworks"]
    assert len(items(maps.forget(maps.position).ask(MAP, learner=OWN))["add"]["evidence"]) == 3
    assert len(keeping._kept) == 1  # nothing that was forgotten lies about


def test_what_no_framework_has_is_kept_too(database):
    known, other = answers("yn", "add"), [shown("new", typed=True, score=0.9), shown("newer", typed=True)]
    maps = Maps(database).take(*OFFICE, *known, *other)
    days = [timedelta(days=each) for each in (0, 400)]
    keeping.forget()
    kept = [maps.ask(MAP, learner=OWN, now=NOW + each) for each in days]
    assert len(keeping._kept) == 1
    assert [each["other"][0]["confidence"] for each in kept] == [0.1637, 0.0403]
    assert kept == [forgetting(maps, each) for each in days]


def test_maps_of_which_nothing_is_known_are_not_kept_without_end(database, monkeypatch):
    maps = Maps(database).take(*OFFICE, LearnerRegistered(LEARNER, "Ann", "", "", "office", "new"))
    keeping.forget()
    monkeypatch.setattr(keeping, "MOST", 3 * keeping.A_MAP + keeping.A_MAP // 2)
    for code in ("number", "fractions", "measurement", "compare", "add", "units", "area"):
        assert maps.ask(MAP, learner=LEARNER, item=identifier(code))["frameworks"]
    assert len(keeping._kept) == 3


def test_a_map_is_kept_once_however_its_ids_are_written(maps):
    keeping.forget()
    for item in (identifier("add"), identifier("add").upper(), identifier("add").title()):
        maps.ask(MAP, learner=OWN, item=item)
    maps.ask(MAP, learner=OWN, item=identifier("add"), framework=identifier("").upper())
    assert len(keeping._kept) == 2


def forgetting(maps: Maps, later: timedelta) -> Any:
    keeping.forget()
    return maps.ask(MAP, learner=OWN, now=NOW + later)
