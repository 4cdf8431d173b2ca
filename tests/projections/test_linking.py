"""Two identifiers with long histories become one learner's, and it is told when that is so."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from lrs.database.pool import Database
from lrs.registrar import catalogue
from lrs.xapi import actor
from projections import found
from projections.runner import Runner
from tests.client import Client, a_statement
from tests.projections.stored import store

Json = dict[str, Any]

EACH = 10_000
AT_HOME: Json = {"account": {"homePage": "https://pathway.example", "name": "m1ra"}}
AT_SCHOOL: Json = {"mbox": "mailto:mira@school.example"}
AUTHORITY: Json = {"name": "Pathway", "account": {"homePage": "https://pathway.example", "name": "pathway"}}
MATHS, BAND = "https://pathway.example/maths", "https://pathway.example/band"
COURSE = {"credits": {"amount": "1.00", "unit": "Carnegie"}, "provider": "pathway", "scale": "letters"}
CATALOGUE = {
    "providers": {"pathway": {"name": "Pathway", "trust": "approved", "authorities": [AUTHORITY]}},
    "scales": {
        "letters": {
            "title": "Letters",
            "steps": [
                {"grade": "A", "min": 0.9, "points": "4.00"},
                {"grade": "B", "min": 0.8, "points": "3.00"},
                {"grade": "F", "min": 0, "points": "0.00", "passing": False},
            ],
        }
    },
    "courses": {"maths": {"title": "Maths", **COURSE}, "band": {"title": "Band", **COURSE}},
    "activities": {MATHS: "maths", BAND: "band"},
}


def taken(who: Json, activity: str, best: float, count: int) -> list[Json]:
    """So many tests, of which the last but one is the best; each has another score than the one before."""
    scores = [best if number == count - 2 else 0.5 + number % 2 / 10 for number in range(count)]
    return [
        a_statement(
            actor=who,
            verb={"id": f"http://adlnet.gov/expapi/verbs/{'passed' if score >= 0.8 else 'failed'}"},
            object={"id": activity},
            result={"score": {"scaled": score}, "success": score >= 0.8},
            timestamp=f"2026-03-01T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z",
        )
        for number, score in enumerate(scores)
    ]


@pytest.fixture
def histories(database: Database, tenant: str) -> Iterator[list[Json]]:
    """What either identifier has done; a runner follows."""
    catalogue.adopt(database, tenant, CATALOGUE, by="office")
    half = EACH // 2
    said = [
        *taken(AT_HOME, MATHS, 0.85, EACH),
        *taken(AT_SCHOOL, MATHS, 0.95, half),
        *taken(AT_SCHOOL, BAND, 0.8, half),
    ]
    store(database, tenant, [(AUTHORITY, said)])
    runner = Runner(database, found.projections(), lambda: [tenant])
    with ThreadPoolExecutor(1) as threads:
        following = threads.submit(runner.run)
        yield said
        runner.stop()
        following.result()


def graded(document: Json) -> dict[str, tuple[str, str, int]]:
    """Grade, score, and how many statements stand behind it, by course."""
    return {
        each["course"]: (each["grade"], each["score"], len(each["basis"]["statements"]))
        for each in document["lines"]
    }


@pytest.mark.long
def test_a_link_of_two_long_histories_gives_the_right_transcript_and_says_when(
    histories: list[Json], lrs: Client, server_url: str
):
    with httpx.Client(base_url=server_url, auth=(lrs.key, lrs.secret), timeout=120) as registrar:

        def transcript(learner: str, **asked: int) -> dict[str, tuple[str, str, int]]:
            answer = registrar.get(f"/learners/{learner}/transcript", params=asked).raise_for_status()
            assert answer.json()["position"] >= asked.get("after", 0)
            return graded(answer.json())

        own = str(actor.own_learner(str(actor.ifi(AT_HOME))))
        registered = registrar.post("/learners", json={"name": "Mira", "reason": "new"}).json()
        learner, position = registered["learner"], registered["position"]
        until(registrar, f"/learners/{own}/transcript", position)
        assert transcript(own, after=position) == {"maths": ("B", "0.85", EACH)}
        before = position
        for identifier in (AT_HOME, AT_SCHOOL):
            said = {"identifier": identifier, "reason": "her mother says so"}
            linked = registrar.post(f"/learners/{learner}/identifiers", json=said).raise_for_status().json()
            position = linked["position"]
        both = {"maths": ("A", "0.95", EACH + EACH // 2), "band": ("B", "0.8", EACH // 2)}
        assert transcript(learner, after=position) == both
        assert transcript(learner, as_of=position - 1) == {"maths": ("B", "0.85", EACH)}
        assert transcript(learner, as_of=before) == {}


def until(client: httpx.Client, path: str, position: int) -> None:
    """Twenty thousand statements take the runner longer than a request waits."""
    while client.get(path, params={"after": position}).status_code == 503:
        pass
