"""Maps of 224 real statements, against a table that was made by reading them one by one.

Four learners go through three units of a competency. Questions name their unit as category, so do videos,
texts and recordings; a unit is also an object itself. What was recommended, launched, paused or started
shows nothing.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from lrs.xapi.vocabulary import Json
from projections.competencies import document
from projections.competencies.folding import Folded
from projections.competencies.mastery import Policy
from projections.competencies.rollup import roll_up
from projections.competencies.trees import Tree
from projections.frameworks.model import Framework, Item
from projections.testimony.moments import microseconds
from projections.testimony.parts import time
from tests.conftest import SHARED_DATA
from tests.projections.competencies.builders import all_of, evidence_of, identifier, made
from tests.projections.transcript.builders import PATHWAY, recorded

DATA = SHARED_DATA / "statements" / "dave_ds.json"
if not DATA.exists():
    pytest.skip("the statements are not here", allow_module_level=True)

SPACE = "https://xapinet.org/dave/activities"
UNITS = ("1/1", "1/2", "1/3")
ITEMS = {
    identifier(each): Item(
        identifier(each), f"{SPACE}/competency/{each}", each, f"Competency {each}", "", identifier("")
    )
    for each in ("1", *UNITS)
}
FRAMEWORK = Framework(
    identifier(""),
    "DAVE",
    1,
    ITEMS,
    {identifier(""): (identifier("1"),), identifier("1"): tuple(map(identifier, UNITS))},
    {},
)
# Before it all happened: every piece of evidence is fresh, and the confidence is n / (n + 2).
NOW = microseconds(time.parse("2018-12-01T00:00:00Z"))

# Answers in their order: y right, n wrong, . completed without a verdict: met, like what was completed
# besides. Refused: completed, says the verb, but its result says it was not.
#
#   1 1/1  yyn       1, 1, .35
#   1 1/2  n.y yy    0, .65, .8775, .9571
#   1 1/3  yy .yy    1
#   2 1/1  y.        1, of one
#   2 1/2  yyy nn    1, 1, 1, .35, .1225
#   2 1/3  nnn yyy y.  0, 0, 0, .65, .8775, .9571, .9850
#   4 1/1  yny n.    1, .35, .7725, .2704
#   4 1/2  nyy yy. ny y.  0, .65, .8775, .9571, .9850, .3447, .7707, .9197
#   4 1/3  yy        1, of two
#   5 1/1  yy nyy    1, 1, .35, .7725, .9204
#   5 1/2  yy yyy    1
#   5 1/3  yy yyy    1
TABLE = """
learner  unit  scored  estimate  state              met  refused
1        1/1   3       0.3500    developing         3    0
1        1/2   4       0.9571    mastered           3    1
1        1/3   4       1.0000    mastered           2    1
2        1/1   1       1.0000    insufficient data  2    2
2        1/2   5       0.1225    developing         1    1
2        1/3   7       0.9850    mastered           2    1
4        1/1   4       0.2704    developing         2    1
4        1/2   8       0.9197    mastered           3    1
4        1/3   2       1.0000    insufficient data  1    1
5        1/1   5       0.9204    mastered           4    0
5        1/2   5       1.0000    mastered           4    0
5        1/3   5       1.0000    mastered           2    0
"""


@cache
def statements() -> list[Json]:
    return [{**each, "authority": PATHWAY} for each in json.loads(DATA.read_text("utf-8"))]


def learners() -> list[str]:
    return sorted({each["actor"]["mbox"] for each in statements()})


def map_of(learner: str, **more: Any) -> Folded:
    events = [recorded(each, position) for position, each in enumerate(statements(), 1)]
    ifis = [f"mbox|mailto:learner.{learner}@dave.com"]
    return made(evidence_of(events, ifis=ifis), frameworks=all_of(FRAMEWORK), now=NOW, **more)


def row(learner: str, unit: str) -> str:
    """What a map says, as in the table."""
    folded = map_of(learner)
    found = folded.masteries[identifier(unit)]
    refused = sum(each.about == identifier(unit) for each in folded.refused)
    estimate = f"{found.estimate:.4f}"
    assert found.confidence == pytest.approx(len(found.scored) / (len(found.scored) + 2))
    return "  ".join(
        [
            learner.ljust(7), unit.ljust(4), str(len(found.scored)).ljust(6), estimate.ljust(8),
            found.state.ljust(17), str(len(found.exposed)).ljust(3), str(refused),
        ]
    )  # fmt: skip


@pytest.mark.parametrize("line", TABLE.strip().splitlines()[1:])
def test_the_maps_are_those_made_by_hand(line):
    learner, unit = line.split()[:2]
    assert row(learner, unit) == line


def test_nothing_else_is_on_the_maps():
    assert [each[15:16] for each in learners()] == ["1", "2", "4", "5"]
    for learner in "1245":
        folded = map_of(learner)
        assert sorted(folded.masteries) == sorted(map(identifier, UNITS))
        assert {each.reason for each in folded.refused} <= {"completed, but the result's completion is false"}


def test_the_competency_above_the_units_has_their_level_and_is_covered():
    tree, folded = Tree(FRAMEWORK), map_of("5")
    above = roll_up(tree, folded.masteries, Policy())[identifier("1")]
    # Of five scores each, so all weigh the same: (.9204 + 1 + 1) / 3
    assert document.rollup(above) == {"level": 0.9735, "state": "mastered", "assessed": 3, "leaves": 3}


def test_tests_count_once_the_catalogue_aligns_them():
    aligned = {
        f"{SPACE}/assessment/{unit}/{version}": [f"{SPACE}/competency/{unit}"]
        for unit in UNITS
        for version in "ab"
    }
    folded = map_of("2", activities=aligned)
    scored = {unit: len(folded.masteries[identifier(unit)].scored) for unit in UNITS}
    # Unit 1 failed; unit 2 passed, failed; unit 3 failed, passed, failed.
    assert scored == {"1/1": 2, "1/2": 7, "1/3": 10}
    # 1 for the answer, then nothing for the test: its scaled score is 0, where raw was 1 of 2.
    assert folded.masteries[identifier("1/1")].estimate == pytest.approx(0.35)
