"""The transcripts of the demo are those that were reckoned by hand, in whichever order everything arrives."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

import orjson
import pytest

from demo import coop, home, maths, office, school, tutor, year
from demo.statements import Json
from lrs.log.event_log import Recorded
from lrs.log.events import RegistrarDecided, to_stored
from lrs.registrar.catalogue_file import CatalogueFile
from lrs.registrar.entries import split
from lrs.xapi import actor
from projections.catalogue import model, project
from projections.catalogue.model import Catalogue
from tests.conftest import SHARED_DATA
from tests.demo import expected
from tests.projections.transcript.builders import document, evidence, recorded

README = Path(__file__).parents[2] / "README.md"
(LEARNER,) = [known for learner, known, _ in office.PEOPLE if learner == office.MIRA]

FIRST_HALF, SECOND_HALF = (
    [{**each, "authority": place.authority} for place, said in half.items() for each in said]
    for half in (year.first_half(), year.second_half())
)
EVERYTHING = [*FIRST_HALF, *SECOND_HALF]
DECISION = RegistrarDecided(office.WAIVED, office.MIRA, values={}, by=office.REGISTRAR, **office.DECISION)
DECIDED = recorded(DECISION, 500)


@cache
def catalogue() -> Catalogue:
    """What the demo's file says, as the projection of its events reads it."""
    offered = CatalogueFile(office.CATALOGUE.read_text("utf-8")).content
    entries = []
    for number, entry in enumerate(split(offered), 1):
        event = to_stored(entry.event(office.REGISTRAR), entry.stream, 1)
        happened = Recorded(number, DECIDED.stored, event.topic, entry.stream, 1, event.state)
        for _, (kind, name, position, body) in project.fold(happened):
            entries.append(model.Entry(kind, name, position, orjson.loads(body)))
    return model.catalogue(entries)


def transcript(learner: str, said: Sequence[Json], *decided: Recorded) -> Json:
    """The transcript of a learner after these statements, in this order."""
    (ifis,) = [[actor.ifi(who) for who, _ in known] for one, _, known in office.PEOPLE if one == learner]
    events = [recorded(each, position) for position, each in enumerate(said, 1)]
    return document(evidence([*events, *decided], ifis=cast(list[str], ifis)), catalogue())


def line(found: Json, course: str, term: str | None = None) -> Json:
    (only,) = [each for each in found["lines"] if (each["course"], each["term"]) == (course, term)]
    return cast(Json, only)


@pytest.mark.parametrize(
    ("learner", "said", "decided", "wanted"),
    [
        (office.MIRA, EVERYTHING, [DECIDED], expected.MIRA),
        (office.MIRA, FIRST_HALF, [], expected.MIRA_IN_THE_MIDDLE),
        (office.INES_SANTOS, EVERYTHING, [], expected.INES),
        (office.INES_SANTOS, FIRST_HALF, [], expected.INES_IN_THE_MIDDLE),
    ],
    ids=["Mira", "Mira in the middle", "Ines", "Ines in the middle"],
)
def test_a_transcript_is_the_one_reckoned_by_hand(learner, said, decided, wanted):
    found = expected.transcript(transcript(learner, said, *decided))
    assert found.lines == wanted.lines
    assert found == wanted


def test_every_line_shows_what_stands_behind_it():
    found = transcript(office.MIRA, EVERYTHING, DECIDED)
    fractions = line(found, "fractions")
    # 20 lessons completed, 9 of them without a mistake and so mastered, and 3 tests.
    assert len(fractions["basis"]["statements"]) == 32
    best = next(each for each in maths.statements() if each["timestamp"].startswith("2025-12-12"))
    assert [each["statements"] for each in fractions["attempts"] if each["counts"]] == [[best["id"]]]
    tests = [each["id"] for each in coop.statements() if each["actor"]["objectType"] == "Group"]
    assert line(found, "bridge", "2025-26")["basis"]["as_member"] == tests
    history = line(found, "local-history", "2025-26")["basis"]
    assert (history["statements"], history["verified_by"]) == (
        [home.LOCAL_HISTORY["id"]],
        [tutor.VERIFIED["id"]],
    )
    assert line(found, "physical-education", "2025-26")["basis"]["decisions"] == [office.WAIVED]


def test_the_readme_shows_a_part_of_it():
    (excerpt,) = re.findall(r"^```json\n(.*?)^```$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert within(json.loads(excerpt), transcript(office.MIRA, EVERYTHING, DECIDED) | {"learner": LEARNER})


def within(part: Any, whole: Any) -> bool:
    """Whether all of a part is so in the whole."""
    if isinstance(part, dict):
        return all(name in whole and within(value, whole[name]) for name, value in part.items())
    if isinstance(part, list):
        return all(any(within(each, other) for other in whole) for each in part)
    return bool(part == whole)


def test_what_counts_for_nothing_is_shown():
    found = transcript(office.MIRA, EVERYTHING, DECIDED)
    assert [each["activity"] for each in found["unmapped"]] == ["https://pathway.example/typing"]
    (contradiction,) = found["quarantined"]
    assert contradiction["reason"] == "passed, but the result's success is false"
    assert [each["reason"] for each in found["decisions"]] == [office.DECISION["reason"]]


def test_a_void_gives_the_right_grade_its_place():
    until = [each for each in EVERYTHING if each["id"] != school.VOID["id"]]
    both = line(transcript(office.MIRA, until), "band", "2025-26 Fall")
    assert [each["grade"] for each in both["attempts"]] == ["F", "B+"]
    one = line(transcript(office.MIRA, EVERYTHING), "band", "2025-26 Fall")
    assert [each["grade"] for each in one["attempts"]] == ["B+"]
    assert school.WRONG["id"] not in one["basis"]["statements"]


def test_a_claim_counts_from_its_verification_on():
    before = [each for each in EVERYTHING if each["id"] != tutor.VERIFIED["id"]]
    found = transcript(office.MIRA, before, DECIDED)
    claim = line(found, "local-history", "2025-26")
    assert (claim["credits"]["earned"], claim["note"]) == ("0.00", expected.NOTES["unverified"])
    # Without local history: 3.50 - 0.25 attempted, 3.00 - 0.25 earned; (9.5850 - 0.9175) / 2.50 = 3.467.
    assert found["totals"]["Carnegie"] == {"attempted": "3.25", "earned": "2.75", "in_progress": "0.50"}
    assert found["gpa"]["unweighted"] == "3.47"


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_same_in_any_order_of_arrival(seed):
    shuffled = random.Random(seed).sample(EVERYTHING, len(EVERYTHING))  # noqa: S311
    assert same(transcript(office.MIRA, shuffled, DECIDED)) == same(
        transcript(office.MIRA, EVERYTHING, DECIDED)
    )


def test_what_is_sent_twice_counts_once():
    twice = [each for each in EVERYTHING for _ in range(2)]
    assert same(transcript(office.MIRA, twice, DECIDED)) == same(transcript(office.MIRA, EVERYTHING, DECIDED))


def test_fractions_are_mastered_and_measurement_is_not():
    """By the decaying average of the answers, with 0.65 for the newest and 0.80 to master it."""
    averages: dict[str, float] = {}
    for _, skill, answers in maths.SESSIONS:
        code = maths.SKILLS[skill][1]
        for answer in answers:
            right = float(answer == "y")
            averages[code] = 0.35 * averages.get(code, right) + 0.65 * right
    assert set(averages) == set(maths.COMPETENCIES)
    assert min(average for code, average in averages.items() if ".NF." in code) >= 0.8
    assert max(average for code, average in averages.items() if ".MD.A." in code) < 0.5


def test_competencies_have_the_addresses_that_the_standards_gave_them():
    package = SHARED_DATA / "case" / "ccss-math-2010.json"
    if not package.exists():
        pytest.skip("the package of the standards is not here")
    items = json.loads(package.read_text("utf-8"))["CFItems"]
    by_code = {each.get("humanCodingScheme"): each["uri"] for each in items}
    for code in maths.COMPETENCIES:
        assert maths.competency(code)["id"] == by_code[code]


def same(found: Json) -> Any:
    """All but when it was read."""
    return {name: value for name, value in found.items() if name not in ("position", "as_of")}
