"""A page ends by count or by bytes, and `more` goes on after it (Communication 2.1.3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as configured
from hypothesis import strategies as st

from lrs.database.pool import Database
from tests.client import Client, a_statement
from tests.conftest import a_key
from tests.multiparts import MULTIPART, a_body, a_part, a_statement_with, read_answer

Json = dict[str, Any]
PAGE = 20_000
LIMITS = {"max_page_bytes": PAGE}
BESIDE = len(b'{"statements":[],"more":""}') + 500
LARGE = "http://example.com/activities/large"
FORMATS = ["exact", "ids", "canonical"]


def padded(size: int, **members: Any) -> Json:
    """A statement of about so many bytes."""
    return a_statement(result={"response": "x" * size}, **members)


def pages(lrs: Client, **parameters: Any) -> Iterator[tuple[int, list[str]]]:
    """The bytes and the ids of each page, as `more` says."""
    answer = lrs.http.get("/statements", params=parameters).raise_for_status()
    yield len(answer.content), ids_in(answer.json())
    server = str(lrs.http.base_url).removesuffix("/xapi/")
    while more := answer.json()["more"]:
        answer = lrs.http.get(server + more).raise_for_status()
        yield len(answer.content), ids_in(answer.json())


def ids_in(answer: Json) -> list[str]:
    return [each["id"] for each in answer["statements"]]


def check(found: list[tuple[int, list[str]]], wanted: list[str], limit: int) -> None:
    """All in order, and each page with at least one statement, or no more than it may have."""
    assert [each for _, ids in found for each in ids] == wanted
    for size, ids in found:
        assert 0 < len(ids) <= limit
        assert len(ids) == 1 or size <= PAGE + BESIDE


@pytest.mark.parametrize("format", FORMATS)
def test_large_statements_are_fewer_on_a_page(small: Client, format: str) -> None:
    ids = small.post([padded(9_000) for _ in range(6)])
    found = list(pages(small, format=format, ascending="true"))
    assert [each for _, each in found] == [ids[:2], ids[2:4], ids[4:]]


def test_what_is_larger_than_a_page_has_one_for_itself(small: Client) -> None:
    ids = [small.post(padded(size))[0] for size in (10, 30_000, 40_000, 10, 10)]
    found = [each for _, each in pages(small, ascending="true")]
    assert found == [ids[:1], ids[1:2], ids[2:3], ids[3:]]
    found = [each for _, each in pages(small)]
    assert found == [[ids[4], ids[3]], [ids[2]], [ids[1]], [ids[0]]]


@configured(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(
        st.sampled_from([0, 0, 1_500, 3_000, 9_000, 19_000, 21_000, 50_000]), min_size=1, max_size=12
    ),
    limit=st.integers(1, 12),
    ascending=st.booleans(),
    related=st.booleans(),
    format=st.sampled_from(FORMATS),
)
def test_whatever_the_sizes_pages_lead_to_all_of_them(
    small: Client, sizes: list[int], limit: int, ascending: bool, related: bool, format: str
) -> None:
    verb = f"http://example.com/verbs/{uuid4()}"
    ids = small.post([padded(size, verb={"id": verb}) for size in sizes])
    asked = {"verb": verb, "limit": limit, "format": format, "ascending": json.dumps(ascending)}
    if related:
        asked |= {"activity": "http://example.com/activities/fractions", "related_activities": "true"}
    check(list(pages(small, **asked)), ids if ascending else ids[::-1], limit)


DID = {"id": "http://example.com/verbs/did"}


def naming(*activities: str) -> Json:
    """A statement that names activities without a word about them."""
    others = [{"id": each} for each in activities]
    return a_statement(verb=DID, context={"contextActivities": {"other": others}})


def defining(activity: str, text: str) -> Json:
    return a_statement(object={"id": activity, "definition": {"description": {"en": text}}})


def canonical(lrs: Client) -> list[tuple[int, list[str]]]:
    return list(pages(lrs, verb=DID["id"], format="canonical", ascending="true"))


def test_definitions_that_the_store_knows_count_in_the_format_canonical(small: Client) -> None:
    small.post(defining(LARGE, "x" * 4_000))
    ids = small.post([naming(LARGE) for _ in range(10)])
    found = canonical(small)
    check(found, ids, limit=500)
    assert [len(each) for _, each in found] == [4, 4, 2]
    assert len(list(pages(small, verb=DID["id"]))) == 1


def test_definitions_count_as_they_are_merged_however_often_they_were_given(small: Client) -> None:
    small.post([defining(LARGE, str(number) * 4_000) for number in range(10)])
    ids = small.post([naming(LARGE) for _ in range(10)])
    found = canonical(small)
    check(found, ids, limit=500)
    assert [len(each) for _, each in found] == [4, 4, 2]


def test_many_large_definitions_are_on_a_page_each(small: Client) -> None:
    activities = [f"{LARGE}/{number}" for number in range(5)]
    small.post([defining(each, "x" * 18_000) for each in activities])
    ids = small.post([naming(each) for each in activities])
    found = canonical(small)
    check(found, ids, limit=500)
    assert [each for _, each in found] == [[each] for each in ids]


def test_a_statement_that_would_be_larger_than_a_page_keeps_its_own_words(small: Client) -> None:
    small.post(defining(LARGE, "x" * 4_000))
    ids = small.post([naming(*[LARGE] * 100), naming(LARGE)])
    (_, [first]), (_, [second]) = canonical(small)
    assert [first, second] == ids
    told = [
        small.http.get("/statements", params={"statementId": each, "format": "canonical"}) for each in ids
    ]
    assert [b"xxx" in each.content for each in told] == [False, True]


def test_who_reads_only_their_own_learns_no_definition_and_needs_no_room_for_any(
    small_url: str, small: Client, database: Database, tenant: str
) -> None:
    small.post(defining(LARGE, "x" * 4_000))
    with Client(small_url, *a_key(database, tenant, "statements/write", "statements/read/mine")) as mine:
        ids = mine.post([naming(LARGE) for _ in range(10)])
        assert [each for _, each in canonical(mine)] == [ids]


def test_attachments_come_with_the_statements_of_their_page(small: Client) -> None:
    contents = [str(number).encode() for number in range(3)]
    statements = [{**a_statement_with(each), "result": {"response": "x" * 9_000}} for each in contents]
    body = a_body(json.dumps(statements).encode(), *map(a_part, contents))
    small.http.post("/statements", content=body, headers=MULTIPART).raise_for_status()
    answer = small.http.get("/statements", params={"attachments": "true", "ascending": "true"})
    _, *attachments = read_answer(answer.headers["content-type"], answer.content)
    assert [each.content for each in attachments] == contents[:2]
