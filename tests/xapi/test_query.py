"""What a GET of statements asks for, and which questions are refused."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.errors import BadRequest
from lrs.xapi import query

ID = "5f2a53f5-5a21-4f5e-9d0b-3d9a0f5f7e11"
ANN = json.dumps({"mbox": "mailto:ann@example.com"})
VERSIONS = ["1.0.3", "2.0.0"]
NAMES = ["statementId", "agent", "verb", "registration", "since", "limit", "format", "ascending", "cursor"]


def parse(*params: tuple[str, str], version: Any = "2.0.0", **named: str) -> query.StatementQuery:
    return query.parse([*params, *named.items()], version, max_limit=100)


def faults(*params: tuple[str, str], **named: str) -> list[str]:
    with pytest.raises(BadRequest) as refused:
        parse(*params, **named)
    return [fault.pointer for fault in refused.value.faults]


def test_no_parameter_asks_for_everything():
    assert parse() == query.StatementQuery(limit=100)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_filter_together(version):
    asked = parse(
        version=version,
        agent=ANN,
        verb="http://example.com/read",
        activity="http://example.com/book",
        registration=ID.upper(),
        related_agents="true",
        related_activities="false",
        since="2026-01-01T00:00:00Z",
        until="2026-01-02T02:00:00.5+02:00",
        limit="7",
        format="ids",
        attachments="true",
        ascending="true",
        cursor="0",
    )
    assert asked == query.StatementQuery(
        agent="mbox|mailto:ann@example.com",
        agent_json=ANN,
        verb="http://example.com/read",
        activity="http://example.com/book",
        registration=ID,
        related_agents=True,
        related_activities=False,
        since=datetime(2026, 1, 1, tzinfo=UTC),
        until=datetime(2026, 1, 2, 0, 0, 0, 500_000, tzinfo=UTC),
        limit=7,
        format="ids",
        attachments=True,
        ascending=True,
        cursor=0,
    )


@pytest.mark.parametrize(
    ("limit", "meant"), [("0", 100), ("1", 1), ("100", 100), ("101", 100), ("007", 7), ("9" * 18, 100)]
)
def test_the_limit_is_at_most_the_servers(limit, meant):
    assert parse(limit=limit).limit == meant


@pytest.mark.parametrize("name", ["statementId", "voidedStatementId"])
def test_one_statement_is_asked_for_by_its_id(name):
    asked = parse((name, ID.upper()), format="canonical", attachments="false")
    assert ID in {asked.statement_id, asked.voided_statement_id}


@pytest.mark.parametrize("name", ["statementId", "voidedStatementId"])
@pytest.mark.parametrize(
    ("other", "value"),
    [
        ("agent", ANN),
        ("verb", "http://example.com/read"),
        ("activity", "http://example.com/book"),
        ("registration", ID),
        ("related_agents", "true"),
        ("related_activities", "false"),
        ("since", "2026-01-01T00:00:00Z"),
        ("until", "2026-01-01T00:00:00Z"),
        ("limit", "1"),
        ("ascending", "true"),
        ("cursor", "1"),
    ],
)
def test_an_id_and_a_filter_are_not_asked_for_together(name, other, value):
    assert faults((name, ID), (other, value)) == [other]
    assert faults((other, value), (name, ID)) == [other]


def test_both_ids_are_not_asked_for_together():
    assert faults(statementId=ID, voidedStatementId=ID) == ["voidedStatementId"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("statementId", ""),
        ("statementId", ID + "0"),
        ("statementId", ID[:-1]),
        ("statementId", ID.replace("-", "")),
        ("statementId", ID + "\n"),
        ("registration", "1"),
        ("verb", "read"),
        ("verb", ""),
        ("verb", "http://example.com/a b"),
        ("activity", "book"),
        ("since", "yesterday"),
        ("since", "2026-02-30T00:00:00Z"),
        ("until", ""),
        ("until", "0001-01-01T00:00:00+10:00"),
        ("limit", "-1"),
        ("limit", "1.0"),
        ("limit", "1e3"),
        ("limit", " 1"),
        ("limit", "٣"),
        ("limit", "9" * 5000),
        ("cursor", "x"),
        ("format", "Exact"),
        ("format", ""),
        ("attachments", "True"),
        ("ascending", "1"),
        ("related_agents", ""),
        ("related_activities", "yes"),
        ("verb", "http://example.com/\0"),
        ("agent", '{"account":{"homePage":"http://example.com","name":"\0"}}'),
        ("verb", "http://example.com/\ud800"),
        ("StatementId", ID),
        ("Limit", "1"),
        ("statement_id", ID),
        ("agent_json", ANN),
        ("", ""),
    ],
)
def test_a_bad_value_or_name_is_refused(name, value):
    assert faults((name, value)) == [name]


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "ann",
        "{",
        "[]",
        "null",
        '"mailto:ann@example.com"',
        "{}",
        '{"name":"Ann"}',
        '{"mbox":"ann@example.com"}',
        '{"mbox":"mailto:ann@example.com","mbox":"mailto:bob@example.com"}',
        '{"mbox":"mailto:ann@example.com","openid":"http://example.com/ann"}',
        '{"objectType":"Group","member":[{"mbox":"mailto:ann@example.com"}]}',
        '{"objectType":"Activity","mbox":"mailto:ann@example.com"}',
        "[" * 100_000,
    ],
)
def test_an_agent_without_one_identifier_is_refused(agent):
    for pointer in faults(agent=agent):
        assert pointer.split("/")[0] == "agent"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_group_can_be_looked_for_by_its_identifier(version):
    club = '{"objectType":"Group","account":{"homePage":"http://example.com","name":"Club"}}'
    assert parse(version=version, agent=club).agent == "account|http://example.com|Club"


def test_every_fault_is_told():
    params = [("limit", "-1"), ("limit", "x"), ("Verb", "x"), ("agent", "{"), ("statementId", "x")]
    assert sorted(faults(*params)) == [
        "Verb",
        "agent",
        "agent",
        "limit",
        "limit",
        "limit",
        "limit",
        "statementId",
    ]


def test_a_misspelled_parameter_is_told_its_spelling():
    with pytest.raises(BadRequest, match="statementid: is spelled statementId"):
        parse(statementid=ID)


def test_a_repeated_parameter_is_refused():
    assert faults(("verb", "x:y"), ("verb", "x:y")) == ["verb"]


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)
accounts = texts.map(
    lambda name: json.dumps(
        {"account": {"homePage": "http://example.com/é?a=b&c=d", "name": name}}, ensure_ascii=False
    )
)
iris = st.from_regex(r"[a-z]{1,3}:[^\s\x00-\x20\x7f-\x9f]*", fullmatch=True).filter(
    lambda iri: iri.isprintable()
)
moments = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.isoformat().replace("+00:00", "Z"))
booleans = st.sampled_from(["true", "false"])
filters = st.fixed_dictionaries(
    {},
    optional={
        "agent": accounts,
        "verb": iris,
        "activity": iris,
        "registration": st.uuids().map(str),
        "related_agents": booleans,
        "related_activities": booleans,
        "since": moments,
        "until": moments,
        "limit": st.integers(0, 200).map(str),
        "format": st.sampled_from(["ids", "exact", "canonical"]),
        "attachments": booleans,
        "ascending": booleans,
        "cursor": st.integers(0, 10**18 - 1).map(str),
    },
)


@given(filters, st.sampled_from(VERSIONS))
def test_a_query_survives_being_written_and_read(params, version):
    asked = parse(version=version, **params)
    again = parse(*parse_qsl(query.to_params(asked), keep_blank_values=True), version=version)
    assert again == asked


@given(filters, st.integers(0, 10**18 - 1))
def test_more_is_the_same_query_at_another_place(params, position):
    asked = parse(**params)
    more = parse(*parse_qsl(query.to_params(asked, cursor=position)))
    assert more.cursor == position
    assert {**params, "cursor": str(position)}.keys() <= {*params, "cursor"}
    assert parse(*parse_qsl(query.to_params(more, cursor=asked.cursor or 0))).limit == asked.limit


def test_more_holds_only_characters_of_a_uri():
    written = query.to_params(parse(agent='{"mbox":"mailto:ä+b@example.com"}', verb="x:ü&a=b+c"), cursor=5)
    assert set(written) <= set(urlencode({"a": "é +"}) + "".join(map(chr, range(48, 123))) + "%=&.-_~")
    assert "cursor=5" in written


@given(st.lists(st.tuples(st.sampled_from([*NAMES, "x"]), st.text()), max_size=4))
def test_no_parameters_break_the_parser(params):
    with suppress(BadRequest):
        query.parse(params, "2.0.0", max_limit=10)
