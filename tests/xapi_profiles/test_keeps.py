"""The quick answer whether a statement keeps to profiles is the one that check explains."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from functools import cache
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.xapi_profiles.builders import (
    PLACED,
    PROFILE,
    REGISTRATION,
    SHARED,
    VERSION,
    Json,
    a_concept,
    a_profile,
    a_statement,
    a_template,
    declaring,
    loaded,
    needs_shared_data,
    template,
)
from tests.xapi_profiles.changed import anything, changed, places, without
from xapi_profiles import (
    PUBLISHED,
    InvalidProfile,
    NotAStatement,
    Profile,
    Profiles,
    check,
    jsonpath,
    keeps,
    load,
)

LANE, PLACE, TRACK, DASH = "urn:x:lane", "urn:x:place", "urn:x:track", "urn:x:100m"
EVENT = "urn:x:event"
SUBREGISTRATION = "https://w3id.org/xapi/profiles/extensions/subregistration"
CONFIRMED = "urn:x:confirmed"

RULES: list[Json] = [
    {"location": "$.id", "presence": "included"},
    {"location": "$.result.score", "presence": "excluded"},
    {"location": "$.result.success", "presence": "included", "all": [True]},
    {"location": "$.result.duration", "presence": "recommended"},
    {"location": "$.result.completion", "presence": "recommended", "any": [True, "yes"]},
    {"location": "$.object.definition.type", "any": [EVENT], "all": [EVENT, "urn:x:race"]},
    {"location": "$.object.definition.type", "none": ["urn:x:heat"]},
    {"location": "$.context.contextActivities.category[*].id", "presence": "included", "any": [VERSION]},
    {"location": "$.context.contextActivities.grouping[*]", "selector": "$.id", "presence": "included"},
    {"location": f"$.context.extensions['{LANE}']", "presence": "included", "none": [13]},
]
SPORTS = a_profile(
    concepts=[
        a_concept("ContextExtension", LANE, inlineSchema='{"type": "integer"}'),
        a_concept("ResultExtension", PLACE, inlineSchema={"type": "number", "maximum": 8}),
        a_concept("ActivityExtension", TRACK),
        a_concept("Activity", DASH, prefLabel=None, definition=None, activityDefinition={"type": EVENT}),
    ],
    templates=[
        a_template("placing", *RULES, verb=PLACED),
        a_template("grouped", RULES[1], contextGroupingActivityType=[EVENT]),
        a_template("confirming", verb=CONFIRMED, objectStatementRefTemplate=[template("placing")]),
    ],
)
GOOD = a_statement(
    object={"id": DASH, "definition": {"type": EVENT, "extensions": {TRACK: 1}}},
    result={"success": True, "completion": True, "extensions": {PLACE: 1.0}},
    context={
        "registration": REGISTRATION,
        "extensions": {LANE: 4, SUBREGISTRATION: [{"profile": VERSION, "subregistration": REGISTRATION}]},
        "contextActivities": {
            "category": [{"id": VERSION}],
            "grouping": [{"id": "urn:x:1", "definition": {"type": EVENT}}],
        },
    },
)
SUB = {"objectType": "SubStatement", "verb": {"id": PLACED}}
# What stands somewhere in a profile or in a statement, and what could be taken for something else.
_values = anything | st.sampled_from([
    True, 1, 1.0, False, 0, None, EVENT, "urn:x:heat", "yes", 13, LANE, VERSION, CONFIRMED,
    {LANE: "1"}, {LANE: 1.5}, {PLACE: 9}, {TRACK: None}, {SUBREGISTRATION: []},
    {"id": VERSION}, [{"id": VERSION}],
    {**SUB, "object": {"id": DASH, "definition": {"@context": 1}}},
    {**SUB, "object": {}, "result": {"extensions": {LANE: 1}}},
    {"objectType": "StatementRef", "id": GOOD["id"]}, {"objectType": "StatementRef", "id": "urn:x:bad"},
])  # fmt: skip


def answers(statement: Any, profiles: Profiles, **options: Any) -> tuple[bool | None, bool | None]:
    """What `check` says, and what `keeps` does; None where the statement is none."""

    def explained() -> bool:
        return check(statement, profiles, **options).outcome != "invalid"

    def quick() -> bool:
        return keeps(statement, profiles, **options)

    return _asked(explained), _asked(quick)


def _asked(ask: Callable[[], bool]) -> bool | None:
    try:
        return ask()
    except NotAStatement:
        return None


def agree(statement: Any, profiles: Profiles, **options: Any) -> bool:
    explained, quick = answers(statement, profiles, **options)
    return explained == quick


def seen_at_once(statement: Json, profile: Profile) -> bool:
    """Whether one look is enough to see that all is well."""
    return profile.templates.surely_followed(statement) and not profile.concepts.misused(statement)


def test_a_statement_that_is_well_is_seen_to_be_so_at_once() -> None:
    (profile,) = load(SPORTS)
    assert answers(GOOD, load(SPORTS)) == (True, True)
    assert seen_at_once(GOOD, profile)


@pytest.mark.parametrize(
    "wrong",
    [
        {"result": {"success": 1}},
        {"result": {"success": True, "extensions": {PLACE: 9}}},
        {"result": {"success": True, "score": {}}},
        {"object": {"id": DASH, "definition": {"type": EVENT, "@context": {}}}},
        {"context": {**GOOD["context"], "extensions": {LANE: True}}},
        {"context": {**GOOD["context"], "extensions": {LANE: 1, SUBREGISTRATION: []}}},
        {"context": {**declaring(VERSION), "extensions": {LANE: 1}}},
    ],
)
def test_a_statement_that_is_not_is_told_from_it(wrong: Json) -> None:
    assert answers({**GOOD, **wrong}, load(SPORTS)) == (False, False)


@pytest.mark.parametrize(
    "value", [{}, 7, {"verb": {"id": "v"}}, {"verb": "v", "object": 1}, {**GOOD, "verb": {}}]
)
def test_what_is_no_statement_is_refused_as_there(value: Any) -> None:
    assert answers(value, load(SPORTS)) == (None, None)


def test_only_what_it_names_is_asked_where_that_is_wanted() -> None:
    profiles = loaded(a_template("placing", {"location": "$.result", "presence": "included"}))
    assert keeps(a_statement(), profiles, only_declared=True)
    assert not keeps(a_statement(), profiles)
    assert not keeps(a_statement(context=declaring(PROFILE)), profiles, only_declared=True)


def test_what_a_statement_refers_to_is_looked_at() -> None:
    confirming = a_statement(verb={"id": CONFIRMED}, object={"objectType": "StatementRef", "id": "urn:x:1"})
    assert not keeps(confirming, load(SPORTS), find={"urn:x:1": a_statement()}.get)
    assert keeps(confirming, load(SPORTS), find={"urn:x:1": GOOD}.get)
    assert keeps(confirming, load(SPORTS), find={PLACED: GOOD}.get)


# --- whatever the statement, and whatever the profile ---

_changes = st.lists(
    st.tuples(st.integers(0, 999), st.none() | _values.map(lambda value: [value])), max_size=3
)


def altered(document: Any, changes: list[tuple[int, list[Any] | None]]) -> Any:
    """With another value in some places, and nothing in others."""
    for number, value in changes:
        found = places(document)
        place = found[number % len(found)]
        document = without(document, place) if value is None else changed(document, place, *value)
    return document


@cache
def sports() -> Profiles:
    return load(SPORTS)


@given(changes=_changes, declared=st.booleans())
@settings(max_examples=300)
def test_whatever_the_statement_both_say_the_same(changes: Any, declared: bool) -> None:
    found = {GOOD["id"]: GOOD, "urn:x:bad": a_statement()}.get
    assert agree(altered(GOOD, changes), sports(), only_declared=declared, find=found)


@given(changes=_changes)
def test_whatever_the_profile_both_say_the_same(changes: Any) -> None:
    try:
        profiles = load(json.dumps(altered(SPORTS, changes)).encode())
    except InvalidProfile:
        return
    assert agree(GOOD, profiles)


# --- real profiles ---

NAMES = ["acrossx.jsonld", "cmi5.jsonld", "scorm.jsonld", "tla-mom.jsonld", "video.jsonld"]
SAMPLES = {"number": 0.5, "integer": 1, "boolean": True, "string": REGISTRATION}


def following(profile: Profile, one: Json) -> Json:
    """A statement with what the rules of a template speak of, and of those for every statement."""
    statement = a_statement(verb={"id": one.get("verb", "urn:x:v")})
    if "objectActivityType" in one:
        put(statement, ["object", "definition", "type"], one["objectActivityType"])
    general = [each for each in profile.document["templates"] if "verb" not in each]
    for rule in [rule for each in (one, *general) for rule in each.get("rules", ())]:
        if rule.get("presence") != "excluded" and "none" not in rule:
            path = [step.keys[0] for step in jsonpath.parse(rule["location"])[0]]
            for number, value in enumerate(rule.get("any") or rule.get("all") or [a_value(profile, path)]):
                put(statement, [key if isinstance(key, str) else number for key in path], value)
    put(statement, ["context", "contextActivities", "category", 99, "id"], profile.version)
    return statement


def a_value(profile: Profile, path: list[Any]) -> Any:
    """What an extension may be, if it is one."""
    schemas = {one["id"]: one.get("inlineSchema", "{}") for one in profile.document.get("concepts", ())}
    return SAMPLES.get(json.loads(schemas.get(path[-1], "{}")).get("type"), {})


def put(inside: Any, path: list[str | int], value: Any) -> None:
    """Go down and make what is not there; what is there already stays."""
    key, *rest = path
    below = value if not rest else {} if isinstance(rest[0], str) else []
    if isinstance(inside, dict):
        below = inside.setdefault(key, below)
    elif isinstance(inside, list) and isinstance(key, int):
        inside[key:] = inside[key:] or [below]
        below = inside[min(key, len(inside) - 1)]
    if rest:
        put(below, rest, value)


@cache
def real() -> list[tuple[Json, Profiles]]:
    paths = [SHARED / "profiles" / name for name in NAMES] if SHARED.exists() else [*PUBLISHED.values()]
    profiles = load(*paths)
    return [
        (following(one, each), profiles) for one in profiles for each in one.document.get("templates", ())
    ]


def test_of_real_profiles_some_statements_are_well_and_others_are_not() -> None:
    found = [answers(statement, profiles, only_declared=True) for statement, profiles in real()]
    assert {(True, True), (False, False)} == {*found}


@given(number=st.integers(0, 999), changes=_changes, declared=st.booleans())
@settings(max_examples=300)
def test_of_real_profiles_both_say_the_same(number: int, changes: Any, declared: bool) -> None:
    statement, profiles = real()[number % len(real())]
    assert agree(altered(statement, changes), profiles, only_declared=declared)


@needs_shared_data
def test_of_real_statements_both_say_the_same() -> None:
    profiles = load(*(SHARED / "profiles" / f"{name}.jsonld" for name in ("cmi5", "video", "scorm")))
    with gzip.open(SHARED / "statements" / "ralph_funmooc_video_22000.jsonl.gz") as file:
        assert all(agree(json.loads(line), profiles, only_declared=True) for line in islice(file, 300))
