"""The alternate request syntax is a second way in to every header and method: it leads no further."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.client import Client, a_statement
from tests.conftest import a_key

MANY = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    database=None,
)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
VERSION = b"X-Experience-API-Version=1.0.3"
PATHS = [
    "/statements",
    "/activities/state",
    "/activities/profile",
    "/agents/profile",
    "/agents",
    "/activities",
    "/about",
]


@pytest.fixture
def lrs(target, database, tenant):
    with Client(target.url, *a_key(database, tenant), version="1.0.3") as client:
        yield client


BROKEN = {
    "nothing": b"",
    "no UTF-8": b"content=%ff",
    "a surrogate": b"content=%ed%a0%80",
    "a broken escape": b"content=%zz",
    "content twice": b"content=%5B%5D&content=%5B%5D",
    "a version twice": VERSION + b"&" + VERSION + b"&content=%5B%5D",
    "a line in a header": b"Content-Type=application%2Fjson%0D%0AX-A%3A%20b&content=%5B%5D",
    "a NUL in a header": b"Authorization=Basic%20%00&content=%5B%5D",
    "nobody": b"Authorization=Basic%20YTpi&content=%5B%5D",
    "a version that is none": b"X-Experience-API-Version=%C3%A4&content=%5B%5D",
    "another version": b"X-Experience-API-Version=2.0.0&content=%5B%5D",
    "a length that is none": b"Content-Length=-1&content=%7B",
    "many fields": b"&".join([b"a=b"] * 200),
    "signs": b"&=&=&&==",
    "a parameter that is unknown": b"foo=bar&content=%5B%5D",
    "another type": b"Content-Type=text%2Fplain&content=%5B%5D",
    "multipart": b"Content-Type=multipart%2Fmixed%3B%20boundary%3Da&content=--a--",
    "broken JSON": b"content=%7B",
}


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_broken_form_stores_nothing(lrs, stored, body, method):
    with stored.unchanged():
        answer = lrs.http.post("/statements", params={"method": method}, content=body, headers=FORM)
        assert answer.status_code in {400, 401}, answer.text


@pytest.mark.parametrize(
    "query",
    [
        "method=",
        "method=post",
        "method=PATCH",
        "method=POST&method=PUT",
        "method=POST&a=b",
        "method=%00",
        "method=%ff",
    ],
)
def test_a_method_that_is_none_is_400(lrs, stored, query):
    body = b"content=" + json.dumps(a_statement()).encode()
    with stored.unchanged():
        assert lrs.http.post(f"/statements?{query}", content=body, headers=FORM).status_code == 400


def test_the_form_of_somebody_else_is_somebody_else(lrs, stored):
    body = {"Authorization": "Basic YTpi", "content": json.dumps(a_statement())}
    with stored.unchanged():
        assert lrs.http.post("/statements?method=POST", data=body).status_code == 401


NAMES = [
    "content", "Content-Type", "If-Match", "If-None-Match", "X-Experience-API-Version", "statementId",
    "agent", "activityId", "stateId", "profileId", "since", "limit", "method",
]  # fmt: skip
VALUES = ['{"mbox":"mailto:a@b.co"}', "http://a", "application/json", "*", "1.0.3", "2.0.0", "{}", "[]"]
FIELDS = st.dictionaries(
    st.sampled_from(NAMES) | st.text(max_size=5),
    st.sampled_from(VALUES) | st.text(max_size=10),
    max_size=6,
)


@settings(MANY, max_examples=300)
@given(st.sampled_from(PATHS), st.sampled_from(["GET", "HEAD", "PUT", "POST", "DELETE"]), FIELDS)
def test_any_form_is_answered(lrs, path, method, fields):
    answer = lrs.http.post(path, params={"method": method}, data=fields)
    assert answer.status_code in {200, 204, 304, 400, 404, 405, 409, 412}, answer.text


@settings(MANY, max_examples=200)
@given(st.binary(max_size=60))
def test_any_bytes_are_answered(lrs, stored, body):
    with stored.unchanged():
        assert lrs.http.post("/statements?method=POST", content=body, headers=FORM).status_code in {200, 400}
