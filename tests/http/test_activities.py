"""An Activity out of what statements said of it (Communication 2.5)."""

from __future__ import annotations

import random
from typing import Any

import httpx
import pytest

from lrs.auth import scopes, tenants
from tests.client import Client, a_statement
from tests.conftest import a_key

ACTIVITY = "http://example.com/activities/fractions"
OLD = {"X-Experience-API-Version": "1.0.3"}


def get(lrs: Client, iri: str = ACTIVITY, **headers: str) -> httpx.Response:
    return lrs.http.get("/activities", params={"activityId": iri}, headers=headers)


def defined(definition: dict[str, Any]) -> dict[str, Any]:
    return a_statement(object={"objectType": "Activity", "id": ACTIVITY, "definition": definition})


@pytest.mark.parametrize("headers", [OLD, {}])
def test_an_unknown_activity_is_an_activity_too(lrs, headers):
    answer = get(lrs, **headers)
    assert answer.status_code == 200
    assert answer.json() == {"objectType": "Activity", "id": ACTIVITY}


def test_languages_add_up_and_the_last_word_counts(lrs):
    lrs.post(defined({"name": {"en": "Fractions", "fr": "Fractions"}, "type": "http://example.com/lesson"}))
    lrs.post(
        defined({"name": {"en": "More fractions", "de": "Brüche"}, "moreInfo": "http://example.com/more"})
    )
    assert get(lrs).json() == {
        "objectType": "Activity",
        "id": ACTIVITY,
        "definition": {
            "name": {"en": "More fractions", "fr": "Fractions", "de": "Brüche"},
            "type": "http://example.com/lesson",
            "moreInfo": "http://example.com/more",
        },
    }


A, B, C = ({"name": {"en": word}, "moreInfo": f"http://example.com/{word}"} for word in "abc")


@pytest.mark.parametrize(
    "batches",
    [
        [[A], [B], [A]],
        [[A], [B], [A], [A]],
        [[A], [A, B, A]],
        [[B], [A, B, A]],
        [[A, B], [B, A]],
        [[A, B], [C], [B, A]],
        [[A], [B], [C], [C, A]],
        [[A], [C, B], [A, B, C, A]],
    ],
)
def test_what_is_said_again_counts_more_than_what_was_said_between(lrs, batches):
    for batch in batches:
        lrs.post([defined(each) for each in batch])
    assert get(lrs).json()["definition"] == A


def test_what_is_said_again_beside_a_reference_counts_too(lrs):
    first, second, third = (defined(each) for each in (A, B, A))
    lrs.post(first)
    lrs.post(second)
    lrs.post([third, a_statement(object={"objectType": "StatementRef", "id": first["id"]})])
    assert get(lrs).json()["definition"] == A


def test_two_things_said_at_once_are_both_older_than_what_follows(lrs):
    at_once = defined(A)
    at_once["context"] = {"contextActivities": {"parent": [{"id": ACTIVITY, "definition": B}]}}
    for last in (A, B):
        lrs.post({**at_once, "id": a_statement()["id"]})
        lrs.post(defined(last))
        assert get(lrs).json()["definition"] == last


def test_statements_stored_again_in_the_same_order_say_the_same(lrs, server_url, database, tenant):
    """As an index that is made again from the log."""
    dice = random.Random(7)  # noqa: S311
    said = [defined(dice.choice([A, B, C, {"name": {"de": "d"}}])) for _ in range(60)]
    for start in range(0, 60, 7):
        lrs.post(said[start : start + 7])
    tenants.create(database, again := f"{tenant}_again")
    with Client(server_url, *a_key(database, again)) as other:
        for each in said:
            other.post(each)
        assert get(other).json() == get(lrs).json()


def test_the_newest_hundred_definitions_are_merged(lrs):
    said = [defined({"extensions": {f"http://example.com/{number}": 0}}) for number in range(150)]
    lrs.post(said)
    lrs.post(said[0] | {"id": a_statement()["id"]})
    found = get(lrs).json()["definition"]["extensions"]
    assert list(found) == [f"http://example.com/{number}" for number in (*range(51, 150), 0)]


def test_no_more_definitions_are_merged_than_fit(lrs):
    for number in range(4):
        lrs.post(defined({"name": {f"x-{number}": "x" * 600 * 1024}}))
    assert list(get(lrs).json()["definition"]["name"]) == ["x-2", "x-3"]


def test_two_statements_of_one_batch_add_up(lrs):
    lrs.post([defined({"name": {"en": "meeting"}}), defined({"name": {"fr": "réunion"}})])
    assert get(lrs).json()["definition"]["name"] == {"en": "meeting", "fr": "réunion"}


def test_definitions_are_found_in_the_context_too(lrs):
    parent = {"id": "http://example.com/course", "definition": {"name": {"en": "Course"}}}
    lrs.post(a_statement(context={"contextActivities": {"parent": [parent]}}))
    assert get(lrs, "http://example.com/course").json()["definition"] == {"name": {"en": "Course"}}


def test_a_head_is_a_get_without_a_body(lrs):
    head = lrs.http.head("/activities", params={"activityId": ACTIVITY})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == get(lrs).headers["etag"]


@pytest.mark.parametrize("iri", ["", "true", "fractions", "http://a b", "{}"])
def test_what_is_no_iri_is_400(lrs, iri):
    answer = get(lrs, iri)
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["faults"]] == ["activityId"]


def test_an_activity_must_be_given_and_nothing_else(lrs):
    assert lrs.http.get("/activities").status_code == 400
    assert lrs.http.get("/activities", params={"activityId": ACTIVITY, "format": "ids"}).status_code == 400


@pytest.mark.parametrize("scope", scopes.SCOPES)
def test_who_may_not_read_statements_learns_nothing(lrs, server_url, database, tenant, scope):
    lrs.post(defined({"name": {"en": "Fractions"}}))
    with Client(server_url, *a_key(database, tenant, scope)) as reader:
        answer = get(reader)
    if scope in {"all", "all/read", "statements/read"}:
        assert answer.json()["definition"] == {"name": {"en": "Fractions"}}
    elif scope == "statements/read/mine":
        assert answer.json() == {"objectType": "Activity", "id": ACTIVITY}
    else:
        assert answer.status_code == 403


def test_nothing_crosses_tenants(lrs, server_url, database, tenant):
    lrs.post(defined({"name": {"en": "Fractions"}}))
    tenants.create(database, other := f"{tenant}_other")
    with Client(server_url, *a_key(database, other)) as stranger:
        assert "definition" not in get(stranger).json()
