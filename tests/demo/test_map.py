"""Mira's map of the demo is the one reckoned by hand: fractions are mastered, and measurement is not."""

from __future__ import annotations

import json
import random
from functools import cache
from typing import Any, cast

import orjson
import pytest

from demo import maths, office
from demo.__main__ import summary
from lrs.registrar import frameworks
from lrs.xapi import actor
from projections.competencies import document, frontier
from projections.competencies.folding import Folded
from projections.competencies.mastery import Policy
from projections.competencies.rollup import roll_up
from projections.competencies.trees import Tree
from projections.frameworks import model
from projections.frameworks.model import Framework
from tests.conftest import SHARED_DATA
from tests.demo.test_transcripts import EVERYTHING, FIRST_HALF, catalogue
from tests.projections.competencies.builders import evidence_of, made
from tests.projections.transcript.builders import recorded

PACKAGE = json.loads(office.FRAMEWORK.read_text("utf-8"))
FRAMEWORK = model.framework(PACKAGE, 1)
BY_CODE = {each.code: each.identifier for each in FRAMEWORK.items.values()}
TREE = Tree(FRAMEWORK)

# A lesson's answers count, then its score, and where all were right that the platform calls it mastered.
STATES = """
4.NF      -                 mastered     4 of 4
4.NF.A.1  mastered          mastered     1 of 1
4.NF.A.2  mastered          mastered     1 of 1
4.NF.B.3  mastered          mastered     1 of 1
4.NF.B.4  mastered          mastered     1 of 1
4.MD      -                 developing   5 of 5
4.MD.A    -                 developing   3 of 3
4.MD.A.1  developing        developing   1 of 1
4.MD.A.2  developing        developing   1 of 1
4.MD.A.3  approaching       approaching  1 of 1
4.MD.C.5  mastered          mastered     1 of 1
4.MD.C.6  approaching       approaching  1 of 1
5.NF.A.1  mastered          mastered     1 of 1
"""


@cache
def folded() -> Folded:
    return of(EVERYTHING)


def of(said: Any, framework: Framework = FRAMEWORK) -> Folded:
    (ifis,) = [[actor.ifi(who) for who, _ in known] for one, _, known in office.PEOPLE if one == office.MIRA]
    events = [recorded(each, position) for position, each in enumerate(said, 1)]
    evidence = evidence_of(events, ifis=cast(list[str], ifis))
    return made(evidence, frameworks=model.frameworks([framework]), catalogue=catalogue())


@pytest.mark.parametrize("line", STATES.strip().splitlines())
def test_states_of_competencies_and_branches(line):
    code, found = line.split()[0], folded()
    mastery = found.masteries.get(BY_CODE[code])
    rolled = roll_up(TREE, found.masteries, Policy())[BY_CODE[code]]
    told = (code, mastery.state if mastery else "-", rolled.state, f"{rolled.assessed} of {rolled.leaves}")
    assert "{:<10}{:<18}{:<13}{}".format(*told) == line


def test_an_estimate_is_the_one_reckoned_by_hand():
    average = None
    for _, skill, answers in maths.SESSIONS:
        if maths.SKILLS[skill][1] != "4.MD.A.2":
            continue
        for score in [*(float(each == "y") for each in answers), answers.count("y") / len(answers)]:
            average = score if average is None else 0.35 * average + 0.65 * score
    assert folded().masteries[BY_CODE["4.MD.A.2"]].estimate == pytest.approx(average)


def gaps(found: Folded) -> dict[str, str]:
    told = [
        document.gap(each, TREE, found.masteries) for each in frontier.gaps(TREE, found.masteries, TREE.order)
    ]
    return {FRAMEWORK.items[each["competency"]].code: each["text"] for each in told}


def test_the_gap_is_explained():
    found = gaps(folded())
    assert found["4.MD.A.2"] == (
        "4.MD.A.2 is developing (0.35). It begins with what comes before it: 4.MD.A.1, developing (0.34)."
    )
    assert found["4.MD.A.1"].endswith("Nothing that comes before it is weak.")
    assert not any(".NF." in code for code in found)


def test_what_is_next():
    masteries = folded().masteries
    found = frontier.ready(TREE, masteries, roll_up(TREE, masteries, Policy()), TREE.order)
    assert {FRAMEWORK.items[each.competency].code for each in found} == {"4.MD.C.6", "4.MD.A.1"}


def test_in_the_middle_of_the_year_angles_were_unknown():
    found = of(FIRST_HALF).masteries
    assert BY_CODE["4.MD.C.5"] not in found
    assert found[BY_CODE["5.NF.A.1"]].state == "mastered"


def test_it_is_the_same_in_any_order_of_arrival():
    shuffled = random.Random(1).sample(EVERYTHING, len(EVERYTHING))  # noqa: S311
    assert of(shuffled).masteries == folded().masteries


def test_the_framework_breaks_no_rule_and_has_the_identifiers_of_the_standards():
    assert frameworks.checked(PACKAGE).notices == []
    assert {code: BY_CODE[code] for code in maths.COMPETENCIES} == maths.COMPETENCIES
    theirs = {each["identifier"]: each for each in standards()["CFItems"]}
    for item in FRAMEWORK.items.values():
        assert theirs[item.identifier]["uri"] == item.uri
        assert theirs[item.identifier].get("humanCodingScheme") in (item.code, None)
        assert theirs[item.identifier]["fullStatement"] != item.statement


def standards() -> Any:
    package = SHARED_DATA / "case" / "ccss-math-2010.json"
    if not package.exists():
        pytest.skip("the package of the standards is not here")
    return json.loads(package.read_text("utf-8"))


def test_on_all_of_the_standards_the_levels_are_the_same_and_the_coverage_is_not():
    whole = model.framework(standards(), 1)
    tree, found = Tree(whole), of(EVERYTHING, whole)
    rolled = roll_up(tree, found.masteries, Policy())
    fractions, measurement = rolled[BY_CODE["4.NF"]], rolled[BY_CODE["4.MD"]]
    assert (fractions.state, measurement.state) == ("mastered", "developing")
    # Leaves: 4.NF.A.1 and 2, B.3a to d, B.4a to c, C.5 to 7. What is said of B.3 is said of no part of it.
    assert (fractions.assessed, fractions.leaves) == (2, 12)
    assert (measurement.assessed, measurement.leaves) == (4, 8)  # of A.1 to 3, B.4, C.5a and b, C.6 and 7


def test_the_demo_sums_it_up():
    told = document.framework(
        TREE, folded(), Policy(), TREE.order, roll_up(TREE, folded().masteries, Policy())
    )
    lines = list(summary({"frameworks": [orjson.loads(orjson.dumps(told))]}))
    assert lines[0] == "  4.NF Fractions            mastered    1.00, 4 of 4 competencies assessed"
    assert lines[1] == "  4.MD Measurement and data developing  0.58, 5 of 5 competencies assessed"
    assert lines[-1].startswith("  4.MD.A.3 is approaching (0.64). It begins with")
