"""The history over HTTP: who did what when, in words, narrowed in every way, page by page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any
from uuid import uuid4

import httpx
import jsonschema
import pytest

from lrs.auth import tenants
from lrs.auth.keys import Keys, key_authority
from lrs.auth.scopes import SCOPES
from lrs.database.pool import Database
from lrs.log.event_log import EventLog
from lrs.registrar import catalogue, decisions, learners
from lrs.xapi import actor
from projections import found
from projections.rebuild import rebuild
from tests.client import Client, a_statement
from tests.conftest import a_key
from tests.projections.audit.conftest import Story
from tests.registrar.samples import a_catalogue

Json = dict[str, Any]
MIRA = "6f1e7e0c-2f5b-4d0e-9a53-0d6f0b6a1c11"
MIRAS = {"mbox": "mailto:mira@mail.example"}
ADA = {"mbox": "mailto:ada@example.com"}
REGISTRAR = "registrar-key"
VOIDED = {"id": "http://adlnet.gov/expapi/verbs/voided", "display": {"en": "voided"}}
READS = {"all", "all/read", "registrar", "history/read"}


class School:
    """A tenant in which something of everything has happened."""

    def __init__(self, server_url: str, database: Database) -> None:
        self.url, self.database = server_url, database
        tenants.create(database, name := f"t{uuid4().hex[:12]}")
        self.tenant = name
        self.maths, self.science = (a_key(database, name, "all") for _ in range(2))
        self.reader = a_key(database, name, "history/read")
        self.statements: list[Json] = []
        self._happen()
        self.follow()

    def follow(self) -> int:
        for each in ("history", "learners", "profiles"):
            rebuild(self.database, self.tenant, found.projection(each), progress=lambda *_: None)
        return EventLog(self.database, self.tenant).head().position

    def tell(self, key: tuple[str, str], *statements: Json) -> None:
        self.statements += statements
        with Client(self.url, *key) as lrs:
            lrs.post(list(statements))

    def _happen(self) -> None:
        database, name = self.database, self.tenant
        learners.register(database, name, MIRA, {"name": "Mira Kaya"}, by=REGISTRAR)
        self.tell(self.maths, *[a_statement(actor=MIRAS) for _ in range(4)], a_statement())
        learners.link(database, name, MIRA, {"identifier": MIRAS, "reason": "told"}, by=REGISTRAR)
        catalogue.adopt(database, name, a_catalogue(), by=REGISTRAR)
        team = {"objectType": "Group", "member": [MIRAS, ADA]}
        self.tell(
            self.science,
            a_statement(actor=team),
            a_statement(actor=MIRAS, object={"objectType": "Agent", **ADA}),
        )
        voided = {"objectType": "StatementRef", "id": self.statements[0]["id"]}
        self.tell(self.science, a_statement(actor=ADA, verb=VOIDED, object=voided))
        with Client(self.url, *self.maths) as lrs:
            where = {"activityId": "http://example.com/a", "agent": json.dumps(MIRAS), "stateId": "s"}
            lrs.http.put("/activities/state", params=where, content=b"x").raise_for_status()
        body = {"kind": "waive", "course": "math-7", "reason": "her log-book was seen"}
        decisions.decide(database, name, str(uuid4()), MIRA, body, by=REGISTRAR)
        Keys(database).revoke(name, self.science[0], reason="lost")


@pytest.fixture(scope="module")
def school(server_url: str, database: Database) -> School:
    return School(server_url, database)


Ask = Callable[..., Json]


@pytest.fixture
def ask(school: School) -> Iterator[Ask]:
    with httpx.Client(base_url=school.url, auth=school.reader) as http:

        def get(**asked: Any) -> Json:
            answer = http.get("/audit/history", params=asked)
            assert answer.status_code == 200, answer.text
            told: Json = answer.json()
            return told

        yield get


def everything(ask: Ask, **asked: Any) -> list[Json]:
    """All pages."""
    page = ask(**asked)
    entries: list[Json] = page["entries"]
    while page["more"]:
        page = ask(**asked | {"from": page["more"]})
        entries += page["entries"]
    return entries


def test_it_tells_all_that_happened_newest_first(school: School, ask: Ask) -> None:
    told = ask()
    jsonschema.validate(told, httpx.get(f"{school.url}/schemas/history.json").json())
    head = EventLog(school.database, school.tenant).head().position
    assert [each["position"] for each in told["entries"]] == list(range(head, 0, -1))
    assert told["more"] is None
    topics = {each["topic"] for each in told["entries"]}
    assert topics >= {"statement-stored", "document-stored", "key-issued", "key-revoked", "course-defined"}


def test_a_statement_is_told_in_the_words_of_the_standard(school: School, ask: Ask) -> None:
    (entry,) = ask(statement=school.statements[1]["id"])["entries"]
    assert entry["what"] == "completed http://example.com/activities/fractions"
    assert entry["said"]["verb"] == {"id": school.statements[1]["verb"]["id"], "name": "completed"}
    assert entry["authority"]["account"]["name"] == school.maths[0]
    assert entry["concerns"] == [{"learner": MIRA, "identifier": MIRAS}]
    assert (entry["by"], entry["erased"]) == (None, False)


def test_an_event_is_told_with_who_did_it_and_without_secrets(school: School, ask: Ask) -> None:
    (decided,) = ask(topic="registrar-decided")["entries"]
    assert (decided["by"], decided["what"]) == (REGISTRAR, "decided about the course math-7 (waive)")
    assert decided["concerns"] == [{"learner": MIRA, "identifier": None}]
    assert decided["said"]["reason"] == "her log-book was seen"
    for issued in ask(topic="key-issued")["entries"]:
        assert set(issued["said"]) == {"key", "scopes", "authority", "label", "learner"}
    (revoked,) = ask(topic="key-revoked")["entries"]
    assert revoked["what"] == f"the key {school.science[0]} was revoked"


def test_what_refers_to_a_statement_is_told_with_it(school: School, ask: Ask) -> None:
    voided, stored = ask(statement=school.statements[0]["id"].upper())["entries"]
    assert (stored["statement"], voided["said"]["verb"]["name"]) == (school.statements[0]["id"], "voided")
    assert voided["said"]["object"]["id"] == stored["statement"]


def of(learner: str) -> Callable[[Json], bool]:
    return lambda entry: learner in {each["learner"] for each in entry["concerns"]}


def by(school: School, key: str) -> Callable[[Json], bool]:
    """What the key did, and what was done to it."""
    ifi = actor.ifi(key_authority("http://localhost", key))
    return lambda entry: (
        key in (entry["by"], entry["said"].get("key"))
        or (entry["authority"] is not None and actor.ifi(entry["authority"]) == ifi)
    )


def test_every_narrowing_is_what_the_whole_says_page_by_page(school: School, ask: Ask) -> None:
    """Each combination against the whole history, in pages of every size, in both orders."""
    whole = everything(ask)
    ada, middle = str(actor.own_learner(actor.ifi(ADA) or "")), len(whole) // 2
    statement = school.statements[0]["id"]
    learners_ = [({}, None), ({"learner": MIRA}, of(MIRA)), ({"learner": ada}, of(ada))]
    doers = [({}, None), *(({"by": key}, by(school, key)) for key, _ in (school.maths, school.science))]
    doers.append(({"by": REGISTRAR}, lambda entry: entry["by"] == REGISTRAR))
    kinds = [
        ({}, None),
        ({"topic": "statement-stored"}, lambda entry: entry["topic"] == "statement-stored"),
        ({"topic": "key-issued,document-stored"}, lambda e: e["topic"] in ("key-issued", "document-stored")),
    ]
    named = [({}, None), ({"statement": statement}, lambda entry: statement in str(entry))]
    spans = [({}, None), ({"since": middle}, lambda entry: entry["position"] > middle)]
    spans.append(({"until": whole[middle]["stored"]}, lambda e: e["position"] <= whole[middle]["position"]))
    for number, several in enumerate(product(learners_, doers, kinds, named, spans)):
        asked = {name: value for one, _ in several for name, value in one.items()}
        kept = [each for each in whole if all(keep(each) for _, keep in several if keep)]
        if number % 2:
            asked |= {"ascending": "true"}
            kept.reverse()
        assert everything(ask, limit=1 + number % 5, **asked) == kept, asked


def test_pages_go_on_with_what_was_known_at_the_first(school: School, ask: Ask) -> None:
    first = ask(learner=MIRA, limit=2)
    before = everything(ask, learner=MIRA)
    school.tell(school.maths, a_statement(actor=MIRAS), a_statement(actor=ADA))
    learners.link(school.database, school.tenant, MIRA, {"identifier": ADA, "reason": "hers"}, by=REGISTRAR)
    school.follow()
    rest = everything(ask, learner=MIRA, limit=2, **{"from": first["more"]})
    assert first["entries"] + rest == before
    assert len(everything(ask, learner=MIRA)) > len(before)
    as_it_was = ask(learner=MIRA, as_of=before[0]["position"])
    assert [each["position"] for each in as_it_was["entries"]] == [each["position"] for each in before]
    body = {"identifier": ADA, "reason": "not hers"}
    learners.unlink(school.database, school.tenant, MIRA, body, by=REGISTRAR)
    school.follow()


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"learner": "x"}, "learner"), ({"by": "{}"}, "by"), ({"by": '{"mbox": 1, "account": 2}'}, None),
        ({"by": '{"account": 2}'}, "by"), ({"by": "{"}, "by"), ({"statement": "x"}, "statement"),
        ({"topic": "x"}, "topic"), ({"since": "yesterday"}, "since"), ({"until": "-1"}, "until"),
        ({"ascending": "yes"}, "ascending"), ({"limit": 0}, "limit"), ({"from": "1"}, "from"),
        ({"from": "a.b"}, "from"), ({"kind": "x"}, "kind"),
    ],
)  # fmt: skip
def test_what_is_no_question_is_named(school: School, asked: Json, named: str | None) -> None:
    answer = httpx.get(f"{school.url}/audit/history", params=asked, auth=school.reader)
    if named is None:
        assert answer.json()["entries"] == []
    else:
        assert [each["pointer"] for each in answer.json()["faults"]] == [named]


def test_nobody_is_told_as_such(school: School) -> None:
    answer = httpx.get(f"{school.url}/audit/history", params={"learner": str(uuid4())}, auth=school.reader)
    assert answer.status_code == 404


def test_it_needs_a_scope_and_is_for_nobody_who_is_bound_to_a_learner(school: School) -> None:
    authority = key_authority("http://localhost", "k")
    scope: Any = ["transcripts/read"]
    bound = Keys(school.database).issue(school.tenant, scopes=scope, authority=authority, learner=MIRA)
    asked = {"learner": MIRA}
    for scope in SCOPES:
        key = a_key(school.database, school.tenant, scope)
        answer = httpx.get(f"{school.url}/audit/history", params=asked, auth=key)
        assert answer.status_code == (200 if scope in READS else 403), scope
    assert httpx.get(f"{school.url}/audit/history", params=asked, auth=bound).status_code == 403


def test_what_is_erased_is_told_as_erased(server_url: str, database: Database, tenant: str) -> None:
    with Client(server_url, *(key := a_key(database, tenant))) as lrs:
        (gone,) = lrs.post(a_statement())
    for each in ("history", "learners", "profiles"):
        rebuild(database, tenant, found.projection(each), progress=lambda *_: None)
    head = EventLog(database, tenant).head().position
    Story(database, tenant).erase(head, bytes(32))
    (entry,) = httpx.get(f"{server_url}/audit/history", params={"statement": gone}, auth=key).json()[
        "entries"
    ]
    assert (entry["position"], entry["what"], entry["erased"]) == (head, "erased", True)
    assert (entry["authority"], entry["concerns"], entry["said"]) == (None, [], {})
