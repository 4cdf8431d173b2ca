"""What does a diligent learner practise? A framework of 2,000 items, and questions about its skills."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson

from lrs.xapi.vocabulary import Json

PLATFORM = "https://practice.example"
CASE = "https://case.example/uri"
COMPETENCY = "https://w3id.org/xapi/tla/activity-types/competency"
DOMAINS, CLUSTERS, SKILLS = 20, 10, 9  # with the domains and the clusters themselves 2,020 items
WHEN = "2026-01-01T00:00:00+00:00"
# Odd, so that no two ids are the same; they are as scattered as those of clients.
_SCATTER = 0x9E3779B97F4A7C15F39CC0605CEDC835
BEGAN = datetime(2025, 9, 1, 8, tzinfo=UTC)


def identifier(number: int) -> str:
    """Of an item; 0 is the framework itself."""
    return str(UUID(int=(0xCA5E << 112) + number, version=4))


def items() -> tuple[list[tuple[int, str, int]], list[int]]:
    """Number, code and parent of each item; and which of them are skills."""
    found, skills, number = [], [], 0
    for domain in range(1, DOMAINS + 1):
        number += 1
        of_domain = number
        found.append((number, f"D{domain}", 0))
        for cluster in range(1, CLUSTERS + 1):
            number += 1
            of_cluster = number
            found.append((number, f"D{domain}.C{cluster}", of_domain))
            for skill in range(1, SKILLS + 1):
                number += 1
                skills.append(number)
                found.append((number, f"D{domain}.C{cluster}.{skill}", of_cluster))
    return found, skills


def package() -> Json:
    """The CFPackage: a tree, and of every cluster each skill comes before the next."""
    found, skills = items()
    codes = {number: code for number, code, _ in found}
    links = [("isChildOf", number, parent) for number, _, parent in found]
    links += [("precedes", one, one + 1) for one in skills if one + 1 in codes and codes[one][-1] != "9"]

    def node(number: int) -> Json:
        name = identifier(number)
        return {"title": codes.get(number, "all"), "identifier": name, "uri": f"{CASE}/{name}"}

    associations = [
        {"associationType": kind, "originNodeURI": node(one), "destinationNodeURI": node(other)}
        for kind, one, other in links
    ]
    return {
        "CFDocument": _dated(0, title="Practice", creator="benchmarks", CFPackageURI=node(0)),
        "CFItems": [
            _dated(number, humanCodingScheme=code, fullStatement=f"Can do {code}, at length and well." * 3)
            for number, code, _ in found
        ],
        "CFAssociations": [_dated(10_000 + at, **each) for at, each in enumerate(associations)],
    }


def _dated(number: int, **members: object) -> Json:
    name = identifier(number)
    return {"identifier": name, "uri": f"{CASE}/{name}", **members, "lastChangeDateTime": WHEN}


@dataclass(frozen=True, slots=True)
class Practice:
    """So many learners who answer so many questions each, on so many of the skills."""

    learners: int
    answers: int
    spread: Sequence[int]

    @property
    def count(self) -> int:
        """How many answers in all."""
        return self.learners * self.answers

    def agent(self, learner: int) -> Json:
        """A learner, by number."""
        return {"account": {"homePage": PLATFORM, "name": f"learner-{learner}"}}

    def texts(self) -> Iterator[bytes]:
        """All answers, of all learners in turn."""
        _, skills = items()
        chance = random.Random(1)  # noqa: S311
        for number in range(self.count):
            learner = number % self.learners
            own = skills[: self.spread[learner % len(self.spread)]]
            yield orjson.dumps(self.answer(number, learner, chance.choice(own), chance.random() < 0.7))

    def answer(self, number: int, learner: int, skill: int, right: bool) -> Json:
        """One answer of a learner."""
        name = identifier(skill)
        competency = {
            "id": f"{CASE}/{name}",
            "definition": {"type": COMPETENCY, "name": {"en": f"Skill {skill}"}},
        }
        return {
            "id": str(UUID(int=number * _SCATTER % 2**128, version=4)),
            "actor": {"objectType": "Agent", "name": f"Learner {learner}", **self.agent(learner)},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"en": "answered"}},
            "object": {
                "id": f"{PLATFORM}/questions/{skill}/{number}",
                "definition": {
                    "type": "http://adlnet.gov/expapi/activities/question",
                    "name": {"en": "A question"},
                },
            },
            "result": {"success": right, "duration": "PT75S"},
            "context": {
                "contextActivities": {
                    "parent": [{"id": f"{PLATFORM}/lessons/{skill}"}],
                    "grouping": [{"id": f"{PLATFORM}/courses/{skill // 100}"}, competency],
                }
            },
            "timestamp": (BEGAN + timedelta(minutes=number)).isoformat(),
        }


@dataclass(frozen=True, slots=True)
class OneMore:
    """One answer more of a learner, when all have been given; `number` is how many came before it."""

    learning: Practice
    number: int
    learner: int
    count: int = 1

    def texts(self) -> Iterator[bytes]:
        """The answer."""
        skill = items()[1][self.number % self.learning.spread[0]]
        yield orjson.dumps(self.learning.answer(self.number, self.learner, skill, True))
