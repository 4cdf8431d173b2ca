"""What becomes of a registration: every criterion, and every rule that can be broken (cmi5 9)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from lrs.cmi5 import registration, said, words
from lrs.cmi5.registration import Registration
from tests.cmi5.samples import COURSE, a_block, an_au
from tests.cmi5.statements import MIRA, Session, a_tree, satisfied, the_id

Json = dict[str, Any]
ROCKS, SEA, DEEP = f"{COURSE}/rocks", f"{COURSE}/sea", f"{COURSE}/deep"


def fold(statements: Sequence[Json], *children: str) -> Registration:
    """In a course of these, or else of a block with rocks and of sea, both by Passed."""
    found = [said.of(each, position) for position, each in enumerate(statements, 1)]
    return registration.fold([each for each in found if each], [a_tree(*children)])


def broken(statements: Sequence[Json], *children: str) -> dict[str, list[str]]:
    """The broken rules, but for those that a launching system owes, and the statements."""
    found = fold(statements, *children).violations
    return {each.name: list(each.statements) for each in found if each.name != "satisfied-missing"}


def ids(*names: str) -> list[str]:
    return [the_id(name) for name in names]


@pytest.mark.parametrize(
    ("move_on", "verbs", "met"),
    [
        ("NotApplicable", [], True),
        ("Passed", ["passed"], True),
        ("Passed", ["completed"], False),
        ("Passed", ["failed"], False),
        ("Completed", ["completed"], True),
        ("Completed", ["passed"], False),
        ("CompletedAndPassed", ["completed"], False),
        ("CompletedAndPassed", ["passed"], False),
        ("CompletedAndPassed", ["completed", "passed"], True),
        ("CompletedOrPassed", ["completed"], True),
        ("CompletedOrPassed", ["passed"], True),
        ("CompletedOrPassed", ["failed"], False),
    ],
)
def test_a_unit_is_satisfied_by_the_criterion_of_launched(move_on: str, verbs: list[str], met: bool) -> None:
    # Whatever the course structure says.
    structure = "Completed" if move_on == "Passed" else "Passed"
    folded = fold(Session().all(*verbs, move_on=move_on), an_au(moveOn=structure))
    unit = folded.units[ROCKS]
    assert (unit.satisfied is not None) is met
    assert (COURSE in folded.satisfied) is met
    assert unit.move_on == move_on
    if unit.satisfied:
        deciding = [f"s1 {verb}" for verb in ["launched", *verbs]]
        assert list(unit.satisfied.statements) == ids(*deciding)
    assert [each.name for each in folded.violations] == (["satisfied-missing"] if met else [])


def test_what_is_not_applicable_is_satisfied_at_registration():
    folded = fold(Session().all("passed"), an_au(moveOn="Passed"), an_au("sea"))
    assert folded.units[SEA].satisfied
    assert folded.satisfied[COURSE].at == "2026-03-01T10:00:03.000000Z"


def test_blocks_and_the_course_are_satisfied_by_all_of_their_children():
    first = Session().all("passed", mastery=0.8)
    folded = fold(first)
    assert list(folded.satisfied) == [DEEP]
    folded = fold([*first, *Session("s2", "sea", begins=60).all("passed")])
    assert set(folded.satisfied) == {DEEP, COURSE}
    assert folded.satisfied[COURSE].session == "s2"
    assert list(folded.satisfied[COURSE].statements) == ids(
        "s1 launched", "s1 passed", "s2 launched", "s2 passed"
    )


def test_several_sessions_satisfy_a_unit_together():
    both = {"move_on": "CompletedAndPassed"}
    first = Session().all("completed", **both)
    again = Session("s2", begins=60).all("passed", **both)
    assert fold(first, an_au()).units[ROCKS].satisfied is None
    folded = fold([*first, *again], an_au())
    assert folded.units[ROCKS].satisfied
    assert [each.id for each in folded.sessions] == ["s1", "s2"]
    assert broken([*first, *again], an_au()) == {}


def test_the_newest_launch_says_which_criterion_holds():
    first = Session().all("completed", move_on="Passed")
    assert fold([*first, *Session("s2", begins=60).all(move_on="Completed")], an_au()).satisfied


def test_a_waived_unit_is_satisfied():
    folded = fold([Session("w").says("waived")], an_au(moveOn="Passed"))
    assert list(folded.units[ROCKS].satisfied.statements) == ids("w waived")  # type: ignore[union-attr]
    assert [each.name for each in folded.violations] == ["satisfied-missing"]


def test_what_is_only_allowed_counts_for_nothing():
    session = Session()
    statements = session.all("passed")
    for each in statements[1:]:
        each["context"]["contextActivities"]["category"] = []
    assert fold(statements, an_au()).units[ROCKS].satisfied is None


def test_any_order_of_arrival_gives_the_same():
    one, two = Session(), Session("s2", "sea", begins=60)
    statements = [*one.all("passed", "http://x.example/saw", mastery=0.8), *two.all("failed", "completed")]
    statements.append(satisfied(one, "deep", "block"))
    known = [each for each in map(said.of, statements) if each]
    first = registration.fold(known, [a_tree()])
    for seed in range(20):
        random.Random(seed).shuffle(known)  # noqa: S311
        assert registration.fold(known, [a_tree()]) == first


def test_a_course_that_is_not_imported_still_has_sessions_and_units():
    found = [each for each in map(said.of, Session().all("passed")) if each]
    folded = registration.fold(found, [])
    assert folded.course is None
    assert [each.satisfied is not None for each in folded.units.values()] == [True]


def test_units_of_other_launching_systems_are_known_by_the_publishers_id():
    session = Session()
    session.activity = "https://other.example/activities/1"
    assert COURSE in fold(session.all("passed"), an_au()).satisfied


def during(change: Any) -> list[Json]:
    """A whole session with a passed between, changed."""
    session = Session()
    statements = [session.launched(mastery=0.8), session.says("initialized")]
    statements += change(session.says)
    return [*statements, session.says("terminated")]


@pytest.mark.parametrize(
    ("name", "change", "statements", "counts"),
    [
        ("repeated-verb", lambda s: [s("failed"), s("failed", name="b")], ["s1 failed", "b"], None),
        ("passed-and-failed", lambda s: [s("failed"), s("passed")], ["s1 passed", "s1 failed"], None),
        ("mastery-score", lambda s: [s("passed", result={"score": {"scaled": 0.79}})], ["s1 passed"], False),
        ("mastery-score", lambda s: [s("failed", result={"score": {"scaled": 0.8}})], ["s1 failed"], False),
        ("score", lambda s: [s("completed", result={"score": {"scaled": 0.9}})], ["s1 completed"], None),
        ("score", lambda s: [s("passed", result={"score": {"scaled": 0.9, "raw": 9}})], ["s1 passed"], True),
        ("score", lambda s: [s("failed", result={"score": {"scaled": -0.1}})], ["s1 failed"], None),
        ("success", lambda s: [s("passed", result={"success": False})], ["s1 passed"], False),
        ("success", lambda s: [s("completed", result={"success": True})], ["s1 completed"], None),
        ("completion", lambda s: [s("completed", result={"completion": False})], ["s1 completed"], None),
        ("completion", lambda s: [s("passed", result={"completion": True})], ["s1 passed"], False),
        ("duration", lambda s: [s("passed", result={"duration": None})], ["s1 passed"], True),
        ("duration", lambda s: [s("completed", result={"duration": None})], ["s1 completed"], None),
        ("duration", lambda s: [s("failed", result={"duration": None})], ["s1 failed"], None),
        ("other-object", lambda s: [s("passed", object={"id": "x:y"})], ["s1 passed"], False),
    ],
)  # fmt: skip
def test_rules_within_a_session(name: str, change: Any, statements: list[str], counts: bool | None) -> None:
    told = broken(during(change))
    assert told[name] == ids(*statements)
    assert set(told) <= {name, "score"}
    if counts is not None:
        assert (fold(during(change)).units[ROCKS].satisfied is not None) is counts


def test_initialized_comes_first_and_terminated_last():
    session = Session()
    early, launched = session.says("http://x.example/saw"), session.launched()
    told = broken([launched, early, session.says("initialized"), session.says("terminated")])
    assert told == {"initialized-first": ids("s1 http://x.example/saw")}
    session = Session()
    statements = [*session.all(), session.says("passed")]
    assert broken(statements) == {"terminated-last": ids("s1 passed")}
    session = Session()
    assert broken([session.launched(), session.says("passed")]) == {"initialized-first": ids("s1 passed")}


def test_statements_of_the_same_moment_are_in_order():
    statements = Session().all("passed")
    for each in statements:
        each["timestamp"] = "2026-03-01T10:00:00Z"
    assert broken(statements[::-1]) == {}


def test_nothing_follows_abandoned():
    session = Session()
    statements = [
        session.launched(),
        session.says("initialized"),
        session.says("abandoned"),
        session.says("passed"),
    ]
    assert broken(statements)["after-abandoned"] == ids("s1 passed")
    assert fold(statements).units[ROCKS].satisfied is None
    # Also where it claims to be older than it is, but was recorded later.
    statements[2]["timestamp"], statements[3]["timestamp"] = (
        statements[3]["timestamp"],
        statements[2]["timestamp"],
    )
    assert broken(statements)["after-abandoned"] == ids("s1 passed")


def test_abandoned_needs_its_duration():
    session = Session()
    statements = [session.launched(), session.says("abandoned", result={"duration": None})]
    assert broken(statements) == {"duration": ids("s1 abandoned")}


def test_terminated_needs_its_duration():
    session = Session()
    statements = [
        session.launched(),
        session.says("initialized"),
        session.says("terminated", result={"duration": None}),
    ]
    assert broken(statements) == {"duration": ids("s1 terminated")}


def test_a_session_begins_with_launched():
    assert broken(Session().all("passed")[1:])["launched"] == ids(
        "s1 initialized", "s1 passed", "s1 terminated"
    )


def test_rules_within_a_registration():
    one, two = Session().all("completed", "passed"), Session("s2", begins=60).all("completed", "failed")
    assert broken([*one, *two]) == {
        "completed-again": ids("s1 completed", "s2 completed"),
        "failed-after-passed": ids("s1 passed", "s2 failed"),
    }
    again = Session("s3", begins=120).all("passed")
    assert broken([*one, *again]) == {"passed-again": ids("s1 passed", "s3 passed")}


def test_nothing_is_judged_while_one_browses():
    statements = Session().all("passed", mode="Browse")
    assert broken(statements) == {"launch-mode": ids("s1 passed")}
    assert fold(statements).units[ROCKS].satisfied is None


def test_waived_needs_a_reason_and_is_said_once():
    bare = Session("w").says("waived", result={"extensions": None})
    assert broken([bare]) == {"reason": ids("w waived")}
    twice = [Session("w").says("waived"), Session("v", begins=60).says("waived")]
    assert broken(twice) == {"waived-again": ids("w waived", "v waived")}


def test_the_category_of_judgements_comes_with_them_and_only_with_them():
    statements = Session().all("passed")
    statements[2]["context"]["contextActivities"]["category"].pop()
    statements[1]["context"]["contextActivities"]["category"].append({"id": words.MOVE_ON_CATEGORY})
    found = [each for each in fold(statements).violations if each.name == "move-on-category"]
    assert [list(each.statements) for each in found] == [ids("s1 initialized"), ids("s1 passed")]


def test_the_actor_is_the_learner_with_her_account():
    bob = MIRA | {"account": {"homePage": "https://lms.example", "name": "bob"}}
    statements = Session().all()
    other = Session(begins=30).says("passed", actor=bob)
    assert broken([*statements, other]) == {"other-actor": ids("s1 passed")}
    assert fold([*statements, other]).units[ROCKS].satisfied is None
    by_mail = Session(actor={"mbox": "mailto:mira@mail.example"}).all()
    assert set(broken(by_mail)) == {"actor"}


def test_defined_statements_have_their_session_and_the_publishers_id():
    statements = Session().all("passed")
    del statements[2]["context"]["extensions"]
    statements[3]["context"]["contextActivities"]["grouping"] = []
    told = broken(statements)
    assert (told["session"], told["grouping"]) == (ids("s1 passed"), ids("s1 terminated"))
    session = Session()
    session.activity = ROCKS
    assert set(broken(session.all())) == {"publisher-id"}


def test_satisfied_is_owed_for_each_node_that_is():
    one = Session()
    statements = [*one.all("passed"), *Session("s2", "sea", begins=60).all("passed")]
    owed = [each for each in fold(statements).violations if each.name == "satisfied-missing"]
    assert [each.rule for each in owed] == [f"satisfied must be said of {node}" for node in (DEEP, COURSE)]
    sent = [satisfied(one, "deep", "block"), satisfied(one, "", "course")]
    folded = fold([*statements, *sent])
    assert folded.violations == []
    assert [(each.node.id, [one.statement for one in each.sent]) for each in folded.expected] == [
        (DEEP, ids("s1 satisfied deep")),
        (COURSE, ids("s1 satisfied ")),
    ]


def test_satisfied_is_said_of_what_is_and_once():
    one = Session()
    statements = [*one.all("failed"), satisfied(one, "deep", "block")]
    assert broken(statements) == {"satisfied-underivable": ids("s1 satisfied deep")}
    passed = Session().all("passed")
    twice = [satisfied(one, "deep", "block"), satisfied(Session("t", begins=99), "deep", "block")]
    assert broken([*passed, *twice]) == {"satisfied-again": ids("s1 satisfied deep", "t satisfied deep")}
    elsewhere = satisfied(one, "deep", "block", object={"id": "x:y"})
    elsewhere["context"]["contextActivities"]["grouping"] = [{"id": "x:z"}]
    assert set(broken([*passed, elsewhere])) == {"satisfied-unknown", "grouping"}


def test_a_large_course_is_folded_at_once():
    units = [an_au(f"n{number}", moveOn="Passed") for number in range(1000)]
    tree = a_tree(a_block("all", *units))
    statements = [
        each
        for number in range(1000)
        for each in Session(f"s{number}", f"n{number}", begins=number).all("passed")
    ]
    folded = registration.fold([each for each in map(said.of, statements) if each], [tree])
    assert len(folded.satisfied) == 2
    assert {each.name for each in folded.violations} == {"satisfied-missing"}
