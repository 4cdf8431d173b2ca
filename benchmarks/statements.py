"""What do learners send? Statements as platforms write them, about 1.25 KB each, the same ones in every run.

A store that has seen more has more learners and more activities, so that the same question has about as many
answers in a large store as in a small one; a few learners and activities are busy, most are not, and some
have left or have not come yet.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from uuid import UUID

import orjson

from lrs.xapi.vocabulary import VOIDED, Json

VERBS = {
    "http://adlnet.gov/expapi/verbs/experienced": ("experienced", 400),
    "http://adlnet.gov/expapi/verbs/interacted": ("interacted", 220),
    "http://adlnet.gov/expapi/verbs/answered": ("answered", 170),
    "http://adlnet.gov/expapi/verbs/completed": ("completed", 90),
    "http://adlnet.gov/expapi/verbs/passed": ("passed", 60),
    "http://adlnet.gov/expapi/verbs/failed": ("failed", 30),
    "http://adlnet.gov/expapi/verbs/launched": ("launched", 28),
    "http://adlnet.gov/expapi/verbs/exempted": ("exempted", 2),
}
SUBJECTS = (
    "Fractions",
    "Photosynthesis",
    "The French Revolution",
    "Python lists",
    "Chemical bonds",
    "Sonnets",
)
KINDS = ("module", "lesson", "assessment", "simulation", "media")
FEWEST_LEARNERS, FEWEST_ACTIVITIES = 400, 200
STATEMENTS_A_LEARNER, STATEMENTS_AN_ACTIVITY, STATEMENTS_A_SESSION = 50, 100, 25
ACTIVITIES_A_COURSE = 10
# When in a run somebody is there, as shares of it: half always, a quarter until then, a quarter from then on.
PRESENCE = ((0.0, 1.0), (0.0, 0.3), (0.0, 1.0), (0.7, 1.0))
# Multiplying by it spreads small numbers over all UUIDs.
_ODD = 0x9E3779B97F4A7C15F39CC0605CEDC835
_DESCRIPTION = "Worked examples and exercises about {subject}."


@dataclass(frozen=True, slots=True)
class Regular:
    """A learner beside the crowd: whose share of the statements is how large, and until when in the run.

    Whatever is said of a regular is passed or failed, so that all of it counts.
    """

    share: float
    until: float = 1.0


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity of a course, as a statement's object and as a mention in its context."""

    id: str
    course: str
    document: orjson.Fragment


class World:
    """The learners and activities behind a number of statements."""

    def __init__(self, count: int, *, voiding_every: int = 0, regulars: Sequence[Regular] = ()) -> None:
        self.count = count
        self.voiding_every = voiding_every
        self.learners = [_learner(n) for n in range(max(FEWEST_LEARNERS, count // STATEMENTS_A_LEARNER))]
        self._regulars = regulars
        self.regulars = [_learner(len(self.learners) + n) for n in range(len(regulars))]
        number = max(FEWEST_ACTIVITIES, count // STATEMENTS_AN_ACTIVITY)
        self.activities = [_activity(n) for n in range(number)]

    def texts(self, *, seed: int = 0) -> Iterator[bytes]:
        """The statements, one JSON text each, with ids; another seed means other ids."""
        dice = random.Random(f"{self.count} {seed}")  # noqa: S311  the same statements in every run
        learners, activities = _Crowd(len(self.learners), dice), _Crowd(len(self.activities), dice)
        verbs = [orjson.Fragment(_verb(iri, name)) for iri, (name, _) in VERBS.items()]
        weights = list(accumulate(weight for _, weight in VERBS.values()))
        documents = [orjson.Fragment(orjson.dumps(each)) for each in self.learners]
        turns, regulars = _Turns(self._regulars, seed), [orjson.dumps(each) for each in self.regulars]
        previous = None
        for number in range(self.count):
            now = number / self.count
            new_id = str(UUID(int=dice.getrandbits(128), version=4))
            actor = documents[learners.one(now)]
            if previous and self.voiding_every and number % self.voiding_every == self.voiding_every - 1:
                yield orjson.dumps(_voiding(new_id, actor, previous))
                continue
            verb = verbs[dice.choices(range(len(verbs)), cum_weights=weights)[0]]
            activity = self.activities[activities.one(now)]
            statement = _statement(new_id, actor, verb, activity, number, dice)
            if (turn := turns.whose(now)) is not None:
                statement |= {"actor": orjson.Fragment(regulars[turn]), "verb": _verdict(statement)}
            yield orjson.dumps(statement)
            previous = new_id


class _Crowd:
    """Draws members of a crowd: the first is the busiest, and not everybody is always there."""

    def __init__(self, size: int, dice: random.Random) -> None:
        self.members = range(size)
        self.weights = list(accumulate(1 / (rank + 5) for rank in self.members))
        self.dice = dice

    def one(self, now: float) -> int:
        while True:
            (member,) = self.dice.choices(self.members, cum_weights=self.weights)
            first, last = PRESENCE[member % len(PRESENCE)]
            if first <= now <= last:
                return member


class _Turns:
    """Tells whose turn it is among regulars, if anybody's, with dice of its own."""

    def __init__(self, regulars: Sequence[Regular], seed: int) -> None:
        self.regulars = regulars
        self.dice = random.Random(f"regulars {seed}")  # noqa: S311  the same statements in every run

    def whose(self, now: float) -> int | None:
        if not self.regulars:
            return None
        thrown = self.dice.random()
        for number, regular in enumerate(self.regulars):
            if thrown < regular.share:
                return number if now < regular.until else None
            thrown -= regular.share
        return None


def _learner(number: int) -> Json:
    learner: Json = {"objectType": "Agent", "name": f"Learner {number:05} of the Example School"}
    if number % 5 == 0:
        return {**learner, "mbox": f"mailto:learner.{number:05}@students.example.edu"}
    home_page = "https://campus.example.edu/identity"
    return {**learner, "account": {"homePage": home_page, "name": f"learner-{number:05}"}}


def _activity(number: int) -> Activity:
    course = f"https://campus.example.edu/courses/{number // ACTIVITIES_A_COURSE:05}"
    subject, kind = SUBJECTS[number % len(SUBJECTS)], KINDS[number % len(KINDS)]
    activity_id = f"{course}/{kind}s/{number:06}"
    definition = {
        "type": f"http://adlnet.gov/expapi/activities/{kind}",
        "name": {"en-US": f"{subject}, part {number}", "de-DE": f"{subject}, Teil {number}"},
        "description": {"en-US": _DESCRIPTION.format(subject=subject)},
    }
    document = {"objectType": "Activity", "id": activity_id, "definition": definition}
    return Activity(activity_id, course, orjson.Fragment(orjson.dumps(document)))


def _verb(iri: str, name: str) -> bytes:
    return orjson.dumps({"id": iri, "display": {"en-US": name}})


def _verdict(statement: Json) -> Json:
    name = "passed" if statement["result"]["success"] else "failed"
    return {"id": f"http://adlnet.gov/expapi/verbs/{name}", "display": {"en-US": name}}


def _statement(
    new_id: str,
    actor: orjson.Fragment,
    verb: orjson.Fragment,
    activity: Activity,
    number: int,
    dice: random.Random,
) -> Json:
    raw = dice.randrange(0, 1001) / 10
    return {
        "id": new_id,
        "actor": actor,
        "verb": verb,
        "object": activity.document,
        "result": {
            "score": {"scaled": round(raw / 100, 3), "raw": raw, "min": 0, "max": 100},
            "success": raw >= 50,
            "completion": number % 3 == 0,
            "duration": f"PT{dice.randrange(60)}M{dice.randrange(6000) / 100}S",
            "extensions": {"https://campus.example.edu/xapi/progress": dice.randrange(10_000) / 10_000},
        },
        "context": _context(activity, number, dice),
        "timestamp": f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}T{number % 24:02}:{number % 60:02}:07Z",
    }


def _context(activity: Activity, number: int, dice: random.Random) -> Json:
    # Sessions of several learners go on at the same time.
    session = number // (STATEMENTS_A_SESSION * 8) * 8 + dice.randrange(8)
    instructor = int(activity.course[-5:]) % 40
    return {
        "registration": str(UUID(int=session * _ODD % 2**128, version=4)),
        "instructor": {"objectType": "Agent", "mbox": f"mailto:teacher.{instructor:02}@staff.example.edu"},
        "contextActivities": {
            "parent": [{"objectType": "Activity", "id": activity.course}],
            "category": [{"id": "https://w3id.org/xapi/cmi5/context/categories/cmi5"}],
        },
        "platform": "Example Campus",
        "language": "en-US",
        "extensions": {"https://campus.example.edu/xapi/session": f"{session:08x}-{number % 997:04}"},
    }


def _voiding(new_id: str, actor: orjson.Fragment, target: str) -> Json:
    verb = {"id": VOIDED, "display": {"en-US": "voided"}}
    return {
        "id": new_id,
        "actor": actor,
        "verb": verb,
        "object": {"objectType": "StatementRef", "id": target},
    }
