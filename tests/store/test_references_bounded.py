"""References are followed both ways in whatever order they arrive, and nobody can make that take long."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import TooLarge
from lrs.log.writer import Entry
from lrs.store import chains, references
from lrs.store.statements import Authority, Statements, prepare
from lrs.xapi import query
from tests import naive
from tests.client import Client, a_statement

Json = dict[str, Any]
AUTHORITY = Authority({"mbox": "mailto:key@example.com"}, b'{"mbox":"mailto:key@example.com"}')
MANY = 5_000
# As long as so many plain statements take, that often; and a second, since the machine does other things too.
AS_LONG = 10
VOIDED = "http://adlnet.gov/expapi/verbs/voided"


@pytest.fixture
def store(database: Database) -> Iterator[Statements]:
    rooms = Statements(database, max_waiting=100_000)
    yield rooms
    rooms.close()


def entries(documents: list[Json]) -> list[Entry]:
    return [
        prepare(json.dumps(each).encode(), each, new_id=each["id"], authority=AUTHORITY, version="2.0.0")
        for each in documents
    ]


def seconds(store: Statements, tenant: str, documents: list[Json]) -> float:
    """How long it takes to store them in one request."""
    ready = entries(documents)
    began = time.perf_counter()
    asyncio.run(store.store(tenant, ready))
    return time.perf_counter() - began


def refused(store: Statements, tenant: str, documents: list[Json]) -> float:
    """How long it takes to refuse them."""
    ready = entries(documents)
    began = time.perf_counter()
    with pytest.raises(TooLarge, match="send fewer at once"):
        asyncio.run(store.store(tenant, ready))
    return time.perf_counter() - began


def found(store: Statements, tenant: str, **asked: str) -> list[str]:
    pairs = [*asked.items(), ("limit", "100000")]
    page = store.find(tenant, query.parse(pairs, "2.0.0", max_limit=100_000))
    return [json.loads(each.text)["id"] for each in page.statements]


def about(verb: object = "did", **members: Any) -> Json:
    return a_statement(verb={"id": f"http://example.com/verbs/{verb}"}, **members)


def referring(to: str, verb: object = "referred", **members: Any) -> Json:
    return about(verb, object={"objectType": "StatementRef", "id": to}, **members)


def with_activities(count: int) -> Json:
    return {"contextActivities": {"other": [{"id": f"http://a.b/{number}"} for number in range(count)]}}


@st.composite
def webs(draw: st.DrawFn) -> tuple[list[int | None], list[int]]:
    """To which statement each refers, in long chains, rings and trees; and the order in which they arrive."""
    size = draw(st.integers(1, 30))
    anywhere = st.one_of(st.none(), st.integers(0, size))  # the last is one that never comes
    following = [(number + 1) % size for number in range(size)]
    changes = draw(st.dictionaries(st.integers(0, size - 1), anywhere, max_size=6))
    return [changes.get(n, to) for n, to in enumerate(following)], draw(st.permutations(range(size)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(web=webs(), size=st.integers(1, 12))
def test_a_web_of_references_is_followed_in_whatever_order_it_arrives(
    store: Statements, tenant: str, web: tuple[list[int | None], list[int]], size: int
) -> None:
    targets, order = web
    ids = [str(uuid4()) for _ in range(len(targets) + 1)]
    made = [
        about(f"{ids[n]}", id=ids[n]) if to is None else referring(ids[to], ids[n], id=ids[n])
        for n, to in enumerate(targets)
    ]
    arriving = [made[number] for number in order]
    for start in range(0, len(arriving), size):
        seconds(store, tenant, arriving[start : start + size])
    for each in made:
        verb = each["verb"]["id"]
        assert found(store, tenant, verb=verb) == naive.find(arriving, verb=verb)


def test_references_to_one_about_much_are_refused_as_fast_as_others_are_stored(
    store: Statements, tenant: str
) -> None:
    target = about(context=with_activities(300))
    seconds(store, tenant, [target])
    plain = seconds(store, tenant, [about() for _ in range(MANY)])
    assert refused(store, tenant, [referring(target["id"]) for _ in range(MANY)]) < AS_LONG * plain + 1
    few = [referring(target["id"]) for _ in range(500)]
    assert seconds(store, tenant, few) < AS_LONG * plain + 1
    assert len(found(store, tenant, activity="http://a.b/7", related_activities="true")) == 501


def test_as_many_as_a_request_may_bring_can_be_voided(store: Statements, tenant: str) -> None:
    targets = [about(n, actor={"mbox": f"mailto:{n}@b.co"}, context=with_activities(8)) for n in range(MANY)]
    plain = seconds(store, tenant, targets)
    voiding = [about(object={"objectType": "StatementRef", "id": each["id"]}) for each in targets]
    took = seconds(store, tenant, [each | {"verb": {"id": VOIDED}} for each in voiding])
    assert took < AS_LONG * plain + 1
    assert found(store, tenant, verb="http://example.com/verbs/7") == [voiding[7]["id"]]


@pytest.mark.parametrize("ring", [False, True])
def test_a_chain_is_refused_as_fast_as_others_are_stored(store: Statements, tenant: str, ring: bool) -> None:
    plain = seconds(store, tenant, [about() for _ in range(MANY)])
    ids = [str(uuid4()) for _ in range(MANY)]
    chain = [referring(other, id=one) for one, other in pairwise(ids)]
    end = referring(ids[0], id=ids[-1]) if ring else about(id=ids[-1])
    assert refused(store, tenant, [*chain, end]) < AS_LONG * plain + 1
    for start in range(0, MANY, 1000):
        took = seconds(store, tenant, [*chain, end][start : start + 1000])
        assert took < AS_LONG * plain + 1


def test_who_was_awaited_by_some_is_soon_found_by_all(store: Statements, tenant: str) -> None:
    target = about("awaited")
    waiting = [referring(target["id"]) for _ in range(MANY // 2)]
    seconds(store, tenant, waiting)
    seconds(store, tenant, [target, *(about() for _ in range(10))])
    assert set(found(store, tenant, verb=target["verb"]["id"])) == {each["id"] for each in [*waiting, target]}


def test_who_was_awaited_by_too_many_is_stored_all_the_same(
    store: Statements, tenant: str, caplog: pytest.LogCaptureFixture
) -> None:
    target = about("awaited", context=with_activities(300))
    waiting = [referring(target["id"]) for _ in range(MANY)]
    plain = seconds(store, tenant, waiting)
    refused(store, tenant, [target, about()])
    with caplog.at_level(logging.WARNING):
        assert seconds(store, tenant, [target]) < AS_LONG * plain + 1
    few = chains.MOST_TAKEN_OVER // len(entries([target])[0].rows.terms)
    oldest = [each["id"] for each in waiting[:few]]
    assert found(store, tenant, verb=target["verb"]["id"]) == [target["id"], *oldest[::-1]]
    (record,) = [each for each in caplog.records if each.name == "lrs.references"]
    assert vars(record)["left_out"] == MANY - few


def test_what_is_too_large_to_be_read_can_be_referred_to(store: Statements, tenant: str) -> None:
    behind = about("behind")
    large = referring(behind["id"], "large", result={"response": "x" * references.LARGEST_READ})
    last = referring(large["id"])
    for each in (behind, large, last):
        seconds(store, tenant, [each])
    assert found(store, tenant, verb=large["verb"]["id"]) == [large["id"]]
    assert len(found(store, tenant, verb=behind["verb"]["id"])) == 3


def test_references_to_more_than_may_be_read_are_refused(store: Statements, tenant: str) -> None:
    large = [about(result={"response": "x" * (references.LARGEST_READ - 2000)}) for _ in range(33)]
    seconds(store, tenant, large)
    refused(store, tenant, [referring(each["id"]) for each in large])
    seconds(store, tenant, [referring(each["id"]) for each in large[1:]])


def test_a_client_learns_why_it_was_refused(lrs: Client) -> None:
    target = about(context=with_activities(1000))
    lrs.post(target)
    answer = lrs.http.post("/statements", json=[referring(target["id"]) for _ in range(300)])
    assert answer.status_code == 413
    assert "200,000 things to be found by; send fewer at once" in answer.json()["error"]
    assert len(lrs.find()) == 1


_FILL = """
    INSERT INTO {tenant}.log
    SELECT md5('s' || n)::uuid, 1, 'statement-stored', 'x', n, now() + n * interval '1 us', gen_random_uuid()
      FROM generate_series(1, 100000) AS n;
    INSERT INTO {tenant}.statement_ref
    SELECT n, md5('s' || n)::uuid, md5('s' || (n * 7919 % 100000))::uuid, n % 10 = 0
      FROM generate_series(1, 100000, 2) AS n;
    INSERT INTO {tenant}.voided SELECT md5('s' || n)::uuid FROM generate_series(1, 100000, 3) AS n;
    UPDATE {tenant}.head SET position = 100000, previous = 100000"""
_ASKED: dict[tuple[str, ...], tuple[str, str]] = {
    ("older", "who"): ("uuid[], integer, integer", "{ids}, 20, 100001"),
    ("in_passing",): ("uuid[], uuid[], integer[]", "{ids}, ARRAY[md5('t')::uuid], ARRAY[501]"),
    ("reached",): ("uuid[], integer, integer, integer", "{ids}, 20, 1000000, 32000000"),
    ("void",): ("uuid[]", "{ids}"),
    ("unvoid",): ("uuid[]", "{ids}"),
}


def test_a_plan_made_for_empty_tables_is_as_good_for_large_ones(database: Database, tenant: str) -> None:
    """A connection keeps its plans, and nobody may have told the planner that the tables have grown."""
    with psycopg.connect(database.conninfo, autocommit=True, prepare_threshold=None) as connection:
        connection.execute("SET plan_cache_mode = force_generic_plan")
        for table in ("log", "statement_ref", "voided", "statement_term"):
            connection.execute(
                f"ALTER TABLE {sql.schema(tenant)}.{table} SET (autovacuum_enabled = off)".encode()
            )
        for names, (types, values) in _ASKED.items():
            text = references.QUERIES(tenant, *names).decode()
            connection.execute(f"PREPARE {names[-1]} ({types}) AS {text}".encode())
            connection.execute(f"EXECUTE {names[-1]}({values.format(ids=_ids(0))})".encode())
        connection.execute(_FILL.replace("{tenant}", sql.schema(tenant)).encode())
        for names, (_, values) in _ASKED.items():
            explain = f"EXPLAIN EXECUTE {names[-1]}({values.format(ids=_ids(500))})"
            plan = [row[0] for row in connection.execute(explain.encode())]
            assert [line for line in plan if "Seq Scan" in line] == [], names


def _ids(count: int) -> str:
    return "ARRAY[" + ",".join(f"'{UUID(int=n)}'" for n in range(count)) + "]::uuid[]"
