"""What the store adds to a statement, and whom and what it finds in it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.xapi import statement
from lrs.xapi.vocabulary import VOIDED, Json

NEW_ID = "5f2a53f5-5a21-4f5e-9d0b-3d9a0f5f7e11"
AUTHORITY = b'{"objectType":"Agent","account":{"homePage":"http://lrs.example","name":"key"}}'
ANN = {"mbox": "mailto:ann@example.com"}
BOB = {"objectType": "Agent", "mbox": "mailto:bob@example.com"}
EVE = {"openid": "http://example.com/eve"}
BOOK = {"id": "http://example.com/book"}
SHELF = {"id": "http://example.com/shelf", "objectType": "Activity"}


def a_statement(**changes: Any) -> Json:
    return {"actor": ANN, "verb": {"id": "http://example.com/read"}, "object": BOOK} | changes


def complete(sent: Json | bytes, version: Any = "2.0.0") -> statement.Completed:
    text = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    return statement.complete(text, json.loads(text), new_id=NEW_ID, authority=AUTHORITY, version=version)


def opened(sent: Json | bytes, version: Any = "2.0.0") -> Json:
    text = complete(sent, version).opened + b"}"
    assert len(json.loads(text, object_pairs_hook=list)) == len(json.loads(text)), "a key stands twice"
    found: Json = json.loads(text)
    return found


def test_a_statement_without_id_gets_the_new_one():
    completed = complete(a_statement())
    assert completed.id == NEW_ID
    assert opened(a_statement())["id"] == NEW_ID


def test_the_id_is_compared_in_lower_case_and_kept_as_it_was_sent():
    sent = a_statement(id=NEW_ID.upper())
    assert complete(sent).id == NEW_ID
    assert opened(sent)["id"] == NEW_ID.upper()


@pytest.mark.parametrize(
    ("version", "sent", "kept"),
    [
        ("1.0.3", {}, "1.0.0"),
        ("2.0.0", {}, "2.0.0"),
        ("1.0.3", {"version": "1.0.2"}, "1.0.2"),
        ("2.0.0", {"version": "1.0.9"}, "1.0.9"),
    ],
)
def test_the_version_is_kept_or_said(version, sent, kept):
    assert opened(a_statement(**sent), version)["version"] == kept


def test_only_the_store_sets_stored_and_authority():
    found = opened(a_statement(stored="2001-01-01T00:00:00Z", authority=BOB))
    assert "stored" not in found
    assert found["authority"] == json.loads(AUTHORITY)


def test_a_missing_timestamp_is_left_to_the_log():
    assert complete(a_statement()).timestamped is False
    assert complete(a_statement(timestamp="2026-01-01T00:00:00Z")).timestamped is True


def test_the_text_of_the_client_is_spliced_and_not_rebuilt():
    own = b'"id" : "%b",\n "actor":{"mbox":"mailto:a@b.c"},"verb":{"id":"x:y"},"object":{"id":"x:z"}' % (
        NEW_ID.encode()
    )
    assert complete(b" \r\n\t{ " + own + b" }\n").opened == b"{ " + own + b' ,"authority":' + AUTHORITY + (
        b',"version":"2.0.0"'
    )


NUMBERS = ["1.10", "1e400", "12345678901234567890123", "-0", "1E+2", "0.1000000000000000055511151231257827"]


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_stay_as_they_were_sent_even_when_the_text_is_rewritten(number):
    text = json.dumps(
        a_statement(
            stored="2001-01-01T00:00:00Z",
            timestamp="2026-01-01T00:00:00+01:00",
            result={"extensions": {"x:n": "NUMBER"}},
            context={"extensions": {"x:n": "NUMBER"}, "contextActivities": {"parent": BOOK}},
            object=a_statement(
                objectType="SubStatement", result={"extensions": {"x:n": "NUMBER"}}, context={"team": ANN}
            ),
        )
    ).replace('"NUMBER"', number)
    numbers = {"parse_float": str, "parse_int": str}
    found = json.loads(complete(text.encode()).opened + b"}", **numbers)
    assert found["result"]["extensions"] == {"x:n": number}
    assert found["context"]["extensions"] == {"x:n": number}
    assert found["object"]["result"]["extensions"] == {"x:n": number}


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_a_single_context_activity_becomes_a_list(version):
    single = {"contextActivities": {"parent": BOOK, "other": [SHELF]}}
    listed = {"contextActivities": {"parent": [BOOK], "other": [SHELF]}}
    assert opened(a_statement(context=single), version)["context"] == listed
    inner = a_statement(objectType="SubStatement", context=single)
    assert opened(a_statement(object=inner), version)["object"]["context"] == listed


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2023-05-04T12:00:00-05:00", "2023-05-04T17:00:00.000Z"),
        ("2023-05-04T12:00:00.123456789+05:30", "2023-05-04T06:30:00.123456789Z"),
        ("2023-05-04T12:00:00.5+01:00", "2023-05-04T11:00:00.500Z"),
        ("2023-12-31T23:30:00-01:00", "2024-01-01T00:30:00.000Z"),
        ("0999-05-04T12:00:00+01:00", "0999-05-04T11:00:00.000Z"),
        ("2023-05-04T12:00:00.1+00:00", "2023-05-04T12:00:00.1+00:00"),
        ("2023-05-04T12:00:00Z", "2023-05-04T12:00:00Z"),
    ],
)
def test_version_2_keeps_timestamps_in_utc(sent, kept):
    assert opened(a_statement(timestamp=sent))["timestamp"] == kept
    assert opened(a_statement(timestamp=sent), "1.0.3")["timestamp"] == sent
    inner = a_statement(objectType="SubStatement", timestamp=sent)
    assert opened(a_statement(object=inner))["object"]["timestamp"] == kept


def contexts() -> st.SearchStrategy[Json]:
    activities = st.sampled_from([BOOK, [BOOK], [BOOK, SHELF]])
    groups = st.dictionaries(st.sampled_from(["parent", "grouping", "category", "other"]), activities)
    return st.fixed_dictionaries({}, optional={"contextActivities": groups, "team": st.just(ANN)})


def statements() -> st.SearchStrategy[Json]:
    zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
    moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=zones)
    optional = {
        "timestamp": moments.map(lambda moment: moment.isoformat()).filter(lambda text: "-00:00" not in text),
        "context": contexts(),
        "result": st.just({"score": {"raw": 1.10}}),
    }
    inner = st.fixed_dictionaries({k: st.just(v) for k, v in a_statement().items()}, optional=optional)
    whole = {"object": st.one_of(st.just(BOOK), inner.map(lambda own: own | {"objectType": "SubStatement"}))}
    sent_by_some = {
        "id": st.just(NEW_ID),
        "stored": st.just("2001-01-01T00:00:00Z"),
        "authority": st.just(EVE),
        "version": st.just("1.0.1"),
    }
    required = {k: st.just(v) for k, v in a_statement().items()} | whole
    return st.fixed_dictionaries(required, optional=optional | sent_by_some)


@given(statements(), st.sampled_from(["1.0.3", "2.0.0"]), st.sampled_from([None, 1]))
def test_a_completed_statement_is_the_same_as_the_sent_one(sent, version, indent):
    found = opened(json.dumps(sent, indent=indent).encode(), version)
    assert statement.same(sent, found)


@given(statements())
def test_completing_twice_changes_nothing(sent):
    once = opened(sent)
    twice = opened({name: value for name, value in once.items() if name != "authority"})
    assert twice == once


def test_the_target_is_what_a_statement_ref_names():
    reference = {"objectType": "StatementRef", "id": NEW_ID.upper()}
    assert statement.target(a_statement(object=reference)) == NEW_ID
    assert statement.target(a_statement()) is None
    assert statement.target(a_statement(context={"statement": reference})) is None


def test_only_the_verb_voided_voids():
    assert statement.is_voiding(a_statement(verb={"id": VOIDED}))
    assert not statement.is_voiding(a_statement())


GROUP = {"objectType": "Group", "mbox": "mailto:g@example.com", "member": [ANN, EVE]}
ANONYMOUS = {"objectType": "Group", "member": [BOB]}
EVERYWHERE = a_statement(
    actor=GROUP,
    authority=EVE,
    context={
        "instructor": BOB,
        "team": ANONYMOUS,
        "contextAgents": [{"objectType": "contextAgent", "agent": ANN}],
        "contextGroups": [{"objectType": "contextGroup", "group": GROUP}],
        "contextActivities": {"parent": [BOOK], "other": SHELF},
    },
)


@pytest.mark.parametrize(
    ("found_in", "direct", "related"),
    [
        (a_statement(), [ANN], []),
        (a_statement(object=BOB), [ANN, BOB], []),
        (a_statement(object=ANONYMOUS), [ANN, ANONYMOUS, BOB], []),
        (EVERYWHERE, [GROUP, ANN, EVE], [EVE, BOB, ANONYMOUS, BOB, ANN, GROUP, ANN, EVE]),
        (
            a_statement(object=EVERYWHERE | {"objectType": "SubStatement"}),
            [ANN],
            [GROUP, ANN, EVE, EVE, BOB, ANONYMOUS, BOB, ANN, GROUP, ANN, EVE],
        ),
    ],
)
def test_agents_are_found_where_the_filters_look(found_in, direct, related):
    found = statement.mentioned(found_in)
    assert (found.agents, found.related_agents) == (direct, related)


@pytest.mark.parametrize(
    ("found_in", "direct", "related"),
    [
        (a_statement(), [BOOK], []),
        (a_statement(object=BOB), [], []),
        (a_statement(object={"objectType": "StatementRef", "id": NEW_ID}), [], []),
        (EVERYWHERE, [BOOK], [BOOK, SHELF]),
        (a_statement(object=EVERYWHERE | {"objectType": "SubStatement"}), [], [BOOK, BOOK, SHELF]),
    ],
)
def test_activities_are_found_where_the_filters_look(found_in, direct, related):
    found = statement.mentioned(found_in)
    assert (found.activities, found.related_activities) == (direct, related)
