"""Query strings that no client should send: 400 with a reason, and never a mistake of ours."""

from __future__ import annotations

import json
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.hostile import wire
from tests.hostile.wire import basic, request

MANY = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    database=None,
)
HOST = b"Host: localhost"
ID = b"6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
AGENT = b"%7B%22mbox%22%3A%22mailto%3Aa%40b.co%22%7D"
PATHS = [
    b"/xapi/statements",
    b"/xapi/activities/state",
    b"/xapi/activities/profile",
    b"/xapi/agents/profile",
    b"/xapi/agents",
    b"/xapi/activities",
    b"/xapi/about",
]
WRONG = {
    "a broken escape": b"statementId=%zz",
    "half an escape": b"verb=%",
    "a NUL": b"verb=http%3A%2F%2Fa%00b",
    "a NUL in a name": b"verb%00=http%3A%2F%2Fa",
    "no UTF-8": b"verb=http%3A%2F%2Fa%2F%ff%fe",
    "half a character": b"verb=http%3A%2F%2Fa%2F%c3",
    "a surrogate": b"verb=http%3A%2F%2Fa%2F%ed%a0%80",
    "no IRI": b"verb=verb",
    "an empty IRI": b"activity=",
    "a script": b"verb=%3Cscript%3E",
    "a line": b"verb=http%3A%2F%2Fa%0D%0ASet-Cookie%3A%20a",
    "an unknown name": b"foo=bar",
    "another case": b"StatementID=" + ID,
    "no name": b"=a",
    "only a name": b"statementId",
    "only signs": b"&&==&;",
    "twice": b"verb=http%3A%2F%2Fa&verb=http%3A%2F%2Fa",
    "many times": b"&".join([b"limit=1"] * 2000),
    "many names": b"&".join([b"a%d=1" % number for number in range(2000)]),
    "both ids": b"statementId=" + ID + b"&voidedStatementId=" + ID,
    "an id and a filter": b"statementId=" + ID + b"&limit=1",
    "an id that is none": b"statementId=" + ID + b"a",
    "an id in braces": b"statementId=%7B" + ID + b"%7D",
    "an id of other digits": b"statementId=" + b"%D9%A1" * 32,
    "a negative limit": b"limit=-1",
    "a broken limit": b"limit=1.0",
    "an exponent": b"limit=1e3",
    "a huge limit": b"limit=" + b"9" * 5000,
    "other digits": b"limit=%EF%BC%91",
    "a blank": b"limit=%201",
    "a boolean that is none": b"ascending=True",
    "a number for a boolean": b"attachments=1",
    "a format that is none": b"format=EXACT",
    "a time that is none": b"since=yesterday",
    "a day that is none": b"since=2026-02-30T00%3A00%3A00Z",
    "a time of no offset": b"since=2026-01-01T00%3A00%3A00-00%3A00",
    "a time before all": b"since=0000-01-01T00%3A00%3A00Z",
    "a time before all, in UTC": b"since=0001-01-01T00%3A00%3A00%2B14%3A00",
    "a time after all, in UTC": b"until=9999-12-31T23%3A59%3A59-14%3A00",
    "a long year": b"until=12026-01-01T00%3A00%3A00Z",
    "a cursor that is none": b"cursor=-1",
    "a cursor without end": b"cursor=" + b"9" * 100,
    "an agent that is none": b"agent=Ada",
    "an empty agent": b"agent=",
    "an agent of brackets": b"agent=" + b"%5B" * 5000,
    "an agent with a key twice": b"agent=%7B%22openid%22%3A%22a%3Ab%22%2C%22openid%22%3A%22a%3Ab%22%7D",
    "an anonymous group": b"agent=%7B%22objectType%22%3A%22Group%22%2C%22member%22%3A%5B%5D%7D",
    "an array of agents": b"agent=%5B" + AGENT + b"%5D",
    "half a surrogate in an agent": b"agent=%7B%22openid%22%3A%22http%3A%2F%2Fa%2F%5Cud800%22%7D",
    "a registration that is none": b"registration=1",
}


@pytest.mark.parametrize("query", WRONG.values(), ids=WRONG)
def test_a_query_that_means_nothing_is_400(target, lrs, query):
    answer = get(target, lrs, b"/xapi/statements", query)
    assert answer.status == 400
    assert json.loads(answer.body)["faults"]


ODD = {
    "nothing": b"",
    "an ampersand": b"&",
    "a zero": b"limit=0",
    "leading zeros": b"limit=00000000000000001",
    "the largest number": b"limit=" + b"9" * 18,
    "the last cursor": b"cursor=" + b"9" * 18,
    "the first cursor": b"cursor=0&ascending=true",
    "the first day": b"since=0001-01-01T00%3A00%3A00Z&limit=1",
    "the last moment": b"until=9999-12-31T23%3A59%3A59.999999999Z&limit=1",
    "a leap second": b"since=2016-12-31T23%3A59%3A60Z",
    "a long fraction": b"since=2026-01-01T00%3A00%3A00." + b"9" * 5000 + b"Z",
    "escapes everywhere": b"%6C%69%6D%69%74=%31",
    "a long IRI": b"verb=http%3A%2F%2Fa%2F" + b"a" * 50_000,
    "an IRI in every script": b"verb=http%3A%2F%2Fa%2F%F0%9F%A7%91%E2%80%8D%D8%B9",
    "a replacement character": b"verb=http%3A%2F%2Fa%2F%EF%BF%BD",
    "a long agent": b"agent=%7B%22openid%22%3A%22http%3A%2F%2Fa%2F" + b"a" * 50_000 + b"%22%7D",
    "many filters": b"agent=" + AGENT + b"&verb=a%3Ab&activity=a%3Ab&registration=" + ID
    + b"&related_agents=true&related_activities=true"
    + b"&since=2020-01-01&until=2030-01-01&limit=1&ascending=true&attachments=true",
}  # fmt: skip


@pytest.mark.parametrize("query", ODD.values(), ids=ODD)
def test_a_query_that_only_looks_odd_is_answered(target, lrs, query):
    assert get(target, lrs, b"/xapi/statements", query).status == 200


DOCUMENT = {
    b"/xapi/activities/state": b"activityId=http%3A%2F%2Fa&agent=" + AGENT + b"&stateId=",
    b"/xapi/activities/profile": b"activityId=http%3A%2F%2Fa&profileId=",
    b"/xapi/agents/profile": b"agent=" + AGENT + b"&profileId=",
}
IDS = [b"", b"%00", b"a%00b", b"%ff", b"%ed%a0%80", b"a" * 2001, b"%C3%A4" * 1001, b"a&stateId=a&profileId=a"]


@pytest.mark.parametrize("value", IDS, ids=range(len(IDS)))
@pytest.mark.parametrize("path", DOCUMENT, ids=[path.decode() for path in DOCUMENT])
def test_a_document_cannot_have_such_an_id(target, lrs, stored, path, value):
    for method in (b"PUT", b"POST", b"GET", b"DELETE"):
        with stored.unchanged():
            answer = ask(target, lrs, method, path, DOCUMENT[path] + value, b"If-None-Match: *")
        assert answer.status == 400, method


ODD_IDS = [
    b"%20",
    b".",
    b"..%2F",
    b"%0D%0A",
    b"%EF%BF%BD",
    b"%F0%9F%A7%91",
    b"a" * 2000,
    b"'%20OR%201%3D1",
    b"%25",
]


@pytest.mark.parametrize("value", ODD_IDS, ids=range(len(ODD_IDS)))
@pytest.mark.parametrize("path", DOCUMENT, ids=[path.decode() for path in DOCUMENT])
def test_a_document_may_have_such_an_id(target, lrs, path, value):
    assert ask(target, lrs, b"PUT", path, DOCUMENT[path] + value, b"If-None-Match: *").status == 204
    assert get(target, lrs, path, DOCUMENT[path] + value).body == b"x"


NAMES = (
    b"statementId agent verb activity activityId stateId profileId since until limit cursor registration "
    b"format ascending method"
).split()
VALUES = [ID, b'{"mbox":"mailto:a@b.co"}', b"http://a", b"true", b"1", b"2026-01-01"]
PAIRS = st.lists(
    st.tuples(
        st.sampled_from(NAMES) | st.binary(max_size=4),
        st.sampled_from(VALUES) | st.binary(),
    ),
    max_size=6,
)


@settings(MANY, max_examples=300)
@given(
    st.sampled_from(PATHS),
    st.sampled_from([b"GET", b"HEAD", b"DELETE", b"PUT", b"POST"]),
    PAIRS,
    st.booleans(),
)
def test_any_query_is_answered(target, lrs, path, method, pairs, escaped):
    pairs = [(quote_from_bytes(name).encode(), quote_from_bytes(value).encode()) for name, value in pairs]
    query = b"&".join(name + b"=" + value for name, value in pairs)
    answer = ask(target, lrs, method, path, query if escaped else query.replace(b"%", b"%25"))
    assert answer.status in {200, 204, 400, 404, 405, 409, 412}


def get(target, lrs, path, query):
    return ask(target, lrs, b"GET", path, query)


def ask(target, lrs, method, path, query, *headers):
    always = [HOST, b"X-Experience-API-Version: 2.0.0", basic(lrs), b"Content-Type: text/plain"]
    line = b"%b %b?%b HTTP/1.1" % (method, path, query)
    return wire.ask(target, request(line, *always, *headers, b"Content-Length: 1", body=b"x"))
