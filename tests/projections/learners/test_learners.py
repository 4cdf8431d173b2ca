"""Who is who as of any position: registered learners, identifiers of their own, links, and suggestions."""

from __future__ import annotations

import random
from hashlib import sha1
from typing import Any
from uuid import uuid4

import orjson
import pytest
from eventsourcing.persistence import StoredEvent

from lrs.database.pool import Database
from lrs.errors import BadRequest, NotFound
from lrs.log.event_log import EventLog
from lrs.log.events import STATEMENT_STORED
from lrs.registrar import learners
from lrs.xapi import actor
from projections.learners import alike
from projections.learners.project import LEARNERS
from projections.learners.resources import RESOURCES
from tests.projections.built import Built

Json = dict[str, Any]
HOME = {"mbox": "mailto:Mira@mail.example"}
SCHOOL = {"account": {"homePage": "https://school.example", "name": "m7"}}
OTHER = {"mbox": "mailto:ada@mail.example"}


class Story:
    """A log that is told of a family, and what is known of it."""

    def __init__(self, database: Database, tenant: str) -> None:
        self.database = database
        self.tenant = tenant
        self.built = Built(database, tenant, LEARNERS)

    def says(self, who: Json, name: str = "", by: str = "maths") -> int:
        """A provider says something of somebody."""
        statement = {
            "id": str(uuid4()),
            "actor": {**who, **({"name": name} if name else {})},
            "authority": {"account": {"homePage": "https://lrs.example", "name": by}},
        }
        log = EventLog(self.database, self.tenant)
        with log.locked() as connection:
            log.append(connection, [StoredEvent(uuid4(), 1, STATEMENT_STORED, orjson.dumps(statement))])
        return self.built.follow().reached

    def registers(self, name: str) -> str:
        learner = str(uuid4())
        learners.register(self.database, self.tenant, learner, {"name": name}, by="registrar")
        self.built.follow()
        return learner

    def links(self, learner: str, who: Json, *, link: bool = True) -> int:
        change = learners.link if link else learners.unlink
        body = {"identifier": who, "reason": "a test"}
        position = change(self.database, self.tenant, learner, body, by="registrar")
        self.built.follow()
        return position

    def ask(self, path: str, *, at: int | None = None, **asked: str) -> Json:
        return self.built.ask(RESOURCES, path, at=at, **asked)

    def agents(self, learner: str, at: int | None = None) -> list[Json]:
        found = self.ask("/learners/{learner}", at=at, learner=learner)["identifiers"]
        return [each["identifier"] for each in found]

    def pairs(self) -> set[tuple[str, str, str]]:
        found = self.ask("/learners/suggestions")["suggestions"]
        return {
            (each["identifier"]["learner"], each["learner"]["learner"], "+".join(each["because"]))
            for each in found
        }


@pytest.fixture
def story(database: Database, tenant: str) -> Story:
    return Story(database, tenant)


def own(who: Json) -> str:
    return str(actor.own_learner(actor.ifi(who) or ""))


def test_who_is_only_seen_is_a_learner_of_her_own(story: Story) -> None:
    story.says(HOME)
    story.says(HOME, "Mira")
    assert story.ask("/learners/{learner}", learner=own(HOME)) == {
        "learner": own(HOME), "registered": False, "name": "Mira", "born": None, "number": None,
        "identifiers": [{"identifier": HOME, "since": 1}],
    }  # fmt: skip


def test_what_is_linked_is_hers_from_then_on(story: Story) -> None:
    story.says(HOME)
    mira = story.registers("Mira")
    position = story.links(mira, HOME)
    assert story.agents(mira) == [HOME]
    assert story.agents(mira, position - 1) == []
    assert story.agents(own(HOME), position - 1) == [HOME]
    with pytest.raises(NotFound, match=f"is linked to learner {mira}"):
        story.agents(own(HOME))


def test_what_is_unlinked_is_a_learner_of_its_own_again(story: Story) -> None:
    story.says(HOME)
    mira = story.registers("Mira")
    linked = story.links(mira, HOME)
    story.links(mira, HOME, link=False)
    assert (story.agents(mira), story.agents(own(HOME))) == ([], [HOME])
    assert story.agents(mira, linked) == [HOME]


def test_an_identifier_can_move_from_one_learner_to_another(story: Story) -> None:
    mira, ada = story.registers("Mira"), story.registers("Ada")
    story.links(ada, SCHOOL)
    story.links(ada, SCHOOL, link=False)
    story.links(mira, SCHOOL)
    assert (story.agents(mira), story.agents(ada)) == ([SCHOOL], [])


def test_a_learner_is_known_as_she_was(story: Story) -> None:
    mira = story.registers("Mira")
    body = {"name": "Mira K.", "born": "2015-03-09", "number": "7"}
    position = learners.revise(story.database, story.tenant, mira, body, by="registrar")
    story.built.follow()
    now = story.ask("/learners/{learner}", learner=mira)
    assert (now["name"], now["born"], now["number"]) == ("Mira K.", "2015-03-09", "7")
    assert story.ask("/learners/{learner}", at=position - 1, learner=mira)["name"] == "Mira"
    with pytest.raises(NotFound):
        story.ask("/learners/{learner}", at=position - 2, learner=mira)


def test_names_say_by_whom(story: Story) -> None:
    story.says(HOME, "Mira")
    story.says(HOME, "Mira", by="school")
    story.says(HOME, "Mira")
    (found,) = story.ask("/learners/{learner}/identifiers", learner=own(HOME))["identifiers"]
    assert [(each["name"], each["authority"], each["since"]) for each in found["names"]] == [
        ("Mira", "account|https://lrs.example|maths", 1),
        ("Mira", "account|https://lrs.example|school", 2),
    ]


def test_of_many_names_the_last_that_came_up_are_told(story: Story) -> None:
    for number in range(102):
        story.says(HOME, f"Mira {number}")
    (found,) = story.ask("/learners/{learner}/identifiers", learner=own(HOME))["identifiers"]
    assert [each["name"] for each in found["names"]] == [f"Mira {number}" for number in range(2, 102)]
    assert story.ask("/learners/{learner}", learner=own(HOME))["name"] == "Mira 101"


def test_members_of_a_group_are_seen_too(story: Story) -> None:
    story.says({"objectType": "Group", "member": [{**HOME, "name": "Mira"}, OTHER]})
    assert [each["learner"] for each in story.ask("/learners")["learners"]] == sorted([own(HOME), own(OTHER)])


def test_everybody_is_listed_once_page_by_page(story: Story) -> None:
    story.says(HOME)
    story.says(SCHOOL)
    mira = story.registers("Mira")
    story.says(OTHER)
    story.links(mira, HOME)
    expected, found = [own(SCHOOL), mira, own(OTHER)], []
    start: dict[str, str] = {}
    while True:
        page = story.ask("/learners", at=None, limit="1", **start)
        found += [each["learner"] for each in page["learners"]]
        if page["more"] is None:
            break
        start = {"from": page["more"]}
    assert found == expected
    assert [each["learner"] for each in story.ask("/learners", at=2)["learners"]] == [own(HOME), own(SCHOOL)]


@pytest.mark.parametrize("asked", [{"limit": "0"}, {"limit": "x"}, {"from": "x"}, {"from": "1.x"}])
def test_pages_that_there_are_not_are_told(story: Story, asked: dict[str, str]) -> None:
    for path in ("/learners", "/learners/suggestions"):
        with pytest.raises(BadRequest):
            story.built.ask(RESOURCES, path, at=None, **asked)


def test_the_same_mail_or_name_is_a_suggestion(story: Story) -> None:
    mira = story.registers("Mira Kaya")
    story.says(HOME, "Mira")
    story.links(mira, HOME)
    platform = {"account": {"homePage": "https://maths.example", "name": "mira@mail.example"}}
    story.says(platform, "m.", by="school")
    story.says(SCHOOL, "MIRA  kaya", by="school")
    story.says(OTHER, "Ada")
    assert story.pairs() == {(own(platform), mira, "mail"), (own(SCHOOL), mira, "name")}


def test_what_many_share_suggests_nothing(story: Story) -> None:
    def student(number: int) -> Json:
        return {"account": {"homePage": "https://maths.example", "name": f"s{number}"}}

    mira = story.registers("Student")
    for number in range(20):
        story.says(student(number), "Student")
    assert {(own(student(0)), mira, "name"), (own(student(19)), mira, "name")} < story.pairs()
    story.says(student(20), "Student")
    assert story.pairs() == set()


def test_two_who_are_nobody_yet_are_suggested_once(story: Story) -> None:
    story.says(HOME, "Mira")
    story.says(SCHOOL, "Mira", by="school")
    ((one, other, why),) = story.pairs()
    assert ({one, other}, why) == ({own(HOME), own(SCHOOL)}, "name")


def test_what_was_unlinked_is_not_suggested_again(story: Story) -> None:
    mira = story.registers("Mira")
    story.says(SCHOOL, "Mira")
    assert len(story.pairs()) == 1
    story.links(mira, SCHOOL)
    assert story.pairs() == set()
    story.links(mira, SCHOOL, link=False)
    assert story.pairs() == set()


def test_a_sum_is_that_of_the_address() -> None:
    known = "mbox_sha1sum|" + sha1(b"mailto:mira@mail.example").hexdigest()  # noqa: S324
    assert alike.mail(known) != alike.mail("mbox|mailto:ada@mail.example")
    assert alike.mail(known) == alike.mail("mbox|mailto:MIRA@mail.example")
    assert alike.mail("openid|https://id.example/a@b") is None
    assert alike.mail("account|https://a.example|mira") is None


def test_names_with_nul_are_kept(story: Story) -> None:
    story.says({"account": {"homePage": "https://a.example", "name": "a\0b"}}, "Mi\0ra")
    (found,) = story.ask("/learners")["learners"]
    assert (found["name"], found["identifiers"][0]["identifier"]["account"]["name"]) == ("Mi\0ra", "a\0b")


def test_the_order_of_taking_events_changes_nothing(story: Story) -> None:
    mira = story.registers("Mira")
    for number in range(20):
        story.says((HOME, SCHOOL, OTHER)[number % 3], ("Mira", "M.")[number % 2], by=f"p{number % 2}")
    story.links(mira, HOME)
    shuffled = Built(story.database, story.tenant, LEARNERS, build=2)
    events = list(story.built.log.read())
    random.Random(7).shuffle(events)  # noqa: S311
    shuffled.take(events)
    assert shuffled.rows() == story.built.rows()
