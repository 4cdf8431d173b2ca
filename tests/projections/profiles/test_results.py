"""What profiles say of one statement and one registration: real profiles, and the rules of our own."""

from __future__ import annotations

import gzip
from collections import Counter
from itertools import islice
from typing import Any
from uuid import uuid4

import orjson
import pytest

from lrs.errors import BadRequest, NotFound
from tests.cmi5.statements import REGISTRATION, Session, the_id
from tests.projections.profiles.builders import REPORT, SCORED, Store, bad, good
from tests.xapi_profiles.builders import (
    PLACED,
    PROFILE,
    SHARED,
    VERSION,
    Json,
    a_pattern,
    a_profile,
    a_statement,
    a_template,
    declaring,
    needs_shared_data,
    pattern,
    template,
)
from xapi_profiles import PUBLISHED, check, load
from xapi_profiles.registrations import SUBREGISTRATION

STATEMENT, OF_REGISTRATION = "/profiles/statements", "/profiles/registrations"
CMI5 = "https://w3id.org/xapi/cmi5"
ONE, OTHER = str(uuid4()), str(uuid4())


def shared(name: str) -> Json:
    return orjson.loads((SHARED / "profiles" / name).read_bytes())  # type: ignore[no-any-return]


def a_race() -> Json:
    """A profile in which first one begins, and then ends."""
    return a_profile(
        templates=[a_template(name, verb=verb(name)) for name in ("begun", "ended")],
        patterns=[a_pattern("race", "sequence", "begun", "ended", primary=True)],
    )


def verb(name: str) -> str:
    return f"{PROFILE}/verbs/{name}"


def said(name: str, day: int, **context: Any) -> Json:
    context = {"registration": REGISTRATION, **context}
    return a_statement(verb={"id": verb(name)}, timestamp=f"2026-02-{day:02}T10:00:00Z", context=context)


def cmi5(store: Store, at: int | None = None) -> Json:
    told = store.ask(OF_REGISTRATION, registration=REGISTRATION, at=at)["profiles"]
    ((found,),) = [each["groups"] for each in told if each["profile"] == CMI5]
    return found  # type: ignore[no-any-return]


def group(store: Store, at: int | None = None) -> Json:
    (profile,) = store.ask(OF_REGISTRATION, registration=REGISTRATION, at=at)["profiles"]
    (found,) = profile["groups"]
    return found  # type: ignore[no-any-return]


def test_each_profile_says_what_a_statement_matches_and_breaks(store: Store) -> None:
    right, wrong = good(), bad()
    then = store.say(right, wrong)
    added = store.add(a_profile(templates=[a_template("placing", SCORED, verb=PLACED)]))
    store.follow()
    (told,) = store.ask(STATEMENT, statementId=right["id"])["profiles"]
    assert (told["profile"], told["version"], told["added"]) == (PROFILE, VERSION, added)
    assert (told["outcome"], told["declared"]) == ("valid", False)
    found = store.ask(STATEMENT, statementId=wrong["id"])
    (told,) = found["profiles"]
    (match,) = told["templates"]
    assert (told["outcome"], match["template"], match["followed"]) == ("invalid", template("placing"), False)
    assert [each["rule"] for each in match["broken"]] == ["/templates/0/rules/0"]
    assert store.ask(STATEMENT, statementId=wrong["id"], at=then)["profiles"] == []
    store.void(wrong["id"])
    store.follow()
    assert store.ask(STATEMENT, statementId=wrong["id"])["voided"]
    assert not found["voided"]


def test_what_is_not_there_is_not_found(store: Store) -> None:
    store.say(a_statement())
    store.follow()
    for path, asked in ((STATEMENT, {"statementId": ONE}), (OF_REGISTRATION, {"registration": ONE})):
        with pytest.raises(NotFound):
            store.ask(path, **asked)
        with pytest.raises(BadRequest):
            store.ask(path, **dict.fromkeys(asked, "x"))


def test_a_registration_goes_by_timestamps_and_says_since_when(store: Store) -> None:
    store.add(a_race())
    late, early = said("ended", 2), said("begun", 1)
    first = store.say(late)
    store.say(early)
    store.follow()
    found = group(store, at=first)
    assert (found["status"], found["since"]["statement"]) == ("rejected", late["id"])
    (one,) = found["patterns"]
    assert (one["pattern"], one["expected"]) == (pattern("race"), [template("begun")])
    assert template("ended") in one["reason"]
    found = group(store)
    assert (found["status"], found["statements"]) == ("accepted", 2)
    assert found["since"] == {"statement": late["id"], "timestamp": "2026-02-02T10:00:00Z"}


def test_patterns_pass_over_what_is_voided(store: Store) -> None:
    store.add(a_race())
    begun, again, ended = said("begun", 1), said("begun", 2), said("ended", 3)
    then = store.say(begun, again, ended)
    store.void(again["id"])
    store.follow()
    assert group(store, at=then)["since"]["statement"] == again["id"]
    found = store.ask(OF_REGISTRATION, registration=REGISTRATION)
    assert (found["statements"], found["voided_count"], found["voided"]) == (3, 1, [again["id"]])
    assert group(store)["status"] == "accepted"


def test_subregistrations_are_followed_apart(store: Store) -> None:
    store.add(a_race())
    for day, (name, of) in enumerate([("begun", ONE), ("ended", ONE), ("ended", OTHER)], 1):
        divided = {SUBREGISTRATION: [{"profile": VERSION, "subregistration": of}]}
        store.say(said(name, day, extensions=divided, **declaring(VERSION)))
    store.follow()
    (profile,) = store.ask(OF_REGISTRATION, registration=REGISTRATION)["profiles"]
    assert {each["subregistration"]: each["status"] for each in profile["groups"]} == {
        ONE: "accepted",
        OTHER: "rejected",
    }


def test_a_course_of_ours_is_in_progress_and_then_accepted(store: Store) -> None:
    store.add(orjson.loads(PUBLISHED["open-education"].read_bytes()))
    course = {
        "id": "https://pathway.example/fractions",
        "definition": {"type": "http://adlnet.gov/expapi/activities/course"},
    }
    for day, name in enumerate(("registered", "passed"), 1):
        iri = {"id": f"http://adlnet.gov/expapi/verbs/{name}"}
        store.say(said(name, day) | {"verb": iri, "object": course})
        store.follow()
        assert group(store)["status"] == ("in progress", "accepted")[day - 1]


@needs_shared_data
def test_a_session_of_cmi5_follows_the_profile_of_cmi5(store: Store) -> None:
    store.add(shared("cmi5.jsonld"))
    store.add(shared("scorm.jsonld"))
    said = Session().all("completed", "passed", mastery=0.5)
    said[0]["context"]["extensions"][f"{CMI5}/context/extensions/launchparameters"] = ""
    store.say(*said[:-1])
    then = store.say(*said[-1:]) - 1
    store.follow()
    assert cmi5(store, at=then)["status"] == "in progress"
    assert cmi5(store)["status"] == "accepted"
    told = store.ask(STATEMENT, statementId=the_id("s1 passed"))["profiles"]
    assert [(each["profile"], each["outcome"], each["declared"]) for each in told] == [
        (CMI5, "valid", True),
        ("https://w3id.org/xapi/scorm", "invalid", False),  # it has a template for every statement
    ]


@needs_shared_data
def test_who_launches_without_parameters_breaks_the_pattern_at_once(store: Store) -> None:
    store.add(shared("cmi5.jsonld"))
    store.say(*Session().all("passed"))
    store.follow()
    found = cmi5(store)
    assert (found["status"], found["since"]["statement"]) == ("rejected", the_id("s1 launched"))
    assert "launchparameters" in found["patterns"][0]["reason"]


@needs_shared_data
def test_real_statements_are_reported_as_they_are_checked(store: Store) -> None:
    with gzip.open(SHARED / "statements" / "ralph_funmooc_video_22000.jsonl.gz") as file:
        real = [orjson.loads(line) | {"id": str(uuid4())} for line in islice(file, 3000)]
    store.say(*real)
    video = shared("video.jsonld")
    profiles, checked = load(video), Counter[tuple[str, str]]()
    broken = Counter[tuple[str, str | None]]()
    for each in real:
        verdict = check(each, profiles)
        checked[each["verb"]["id"], verdict.outcome] += 1
        (found,) = verdict.profiles
        broken.update({(match.template, one.rule) for match in found.matches for one in match.broken})
        broken.update({(one.concept, None) for one in found.misuses if one.binding})
    store.add(video)
    store.follow()
    told = store.ask(REPORT, profile=video["id"], by="verb")
    assert {
        (row["verb"], outcome): row[outcome]
        for row in told["rows"]
        for outcome in ("valid", "invalid", "unmatched")
        if row[outcome]
    } == checked
    faults = [each for row in told["rows"] for each in row["faults"]]
    assert faults
    assert all(broken[each["id"], each["rule"]] >= each["count"] > 0 for each in faults)
