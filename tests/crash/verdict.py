"""After all kills: is everything there that was acknowledged, once, and nothing in halves?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

import httpx
import psycopg

from tests.client import Client, Json
from tests.crash.load import Documents, Request, Statements, Writer
from tests.crash.store import KEY, SECRET, Store

LOOKED_UP = 500


def check_answers(writers: Sequence[Writer]) -> None:
    """A correct request is never refused, whatever happens to the store."""
    assert [each.refused for each in writers if each.refused] == []


def check_statements(store: Store, writers: Sequence[Statements], random: Random) -> None:
    """First as it was left, then after the unanswered requests have been sent again."""
    with Client(store.url, KEY, SECRET) as client:
        for writer in writers:
            found = _find(client, writer)
            _check_acknowledged(writer, found)
            _check_whole(writer.unanswered, set(found))
        _retry(client.http, writers)
        for writer in writers:
            everything = dict(_sent(writer).items())
            assert {each: _as_sent(one) for each, one in _find(client, writer).items()} == everything
            for each in random.sample(sorted(everything), min(LOOKED_UP, len(everything))):
                assert _as_sent(client.get(each)) == everything[each]


def check_documents(writers: Sequence[Documents]) -> None:
    """A document holds the last acknowledged content, or one that was tried after it; merges add up."""
    for writer in writers:
        with writer.connected() as http:
            replaced = http.get("/activities/state", params=writer.where("replaced")).raise_for_status()
            last = writer.replaced.acknowledged[-1]
            assert replaced.json()["n"] in [number for number in writer.replaced.tried if number >= last]
            merged = http.get("/activities/state", params=writer.where("merged")).raise_for_status()
            present = {int(name) for name in merged.json()}
            assert set(writer.merged.acknowledged) <= present <= set(writer.merged.tried)


def check_log(url: str) -> None:
    """Positions are dense and times grow with them; the index knows every statement."""
    with psycopg.connect(url) as connection:
        assert _one(connection, _DENSE) == (True, True, True)
        assert _one(connection, _UNORDERED) == (0,)
        assert _one(connection, _UNINDEXED) == (0,)
        assert _one(connection, _DOCUMENTS_WITHOUT_CONTENT) == (0,)


_DENSE = """
    SELECT count(*) = max(notification_id), min(notification_id) = 1,
           max(notification_id) = (SELECT position FROM tenant_default.head)
      FROM tenant_default.log"""
_UNORDERED = """
    SELECT count(*) FROM (SELECT stored <= lag(stored) OVER (ORDER BY notification_id) AS early
                            FROM tenant_default.log) AS each WHERE early"""
# Each of our statements is found by five things at least: verb, registration, agent, activity, authority.
_UNINDEXED = """
    SELECT count(*) FROM tenant_default.log AS l
      LEFT JOIN (SELECT position, count(*) FROM tenant_default.statement_term GROUP BY position) AS terms
             ON terms.position = l.notification_id
     WHERE l.topic = 'statement-stored' AND coalesce(terms.count, 0) < 5"""
_DOCUMENTS_WITHOUT_CONTENT = """
    SELECT count(*) FROM tenant_default.document AS d
     WHERE NOT EXISTS (SELECT FROM tenant_default.blob_chunk AS c WHERE c.sha2 = d.sha2)"""


def _one(connection: psycopg.Connection[Any], query: str) -> Any:
    return connection.execute(query.encode()).fetchone()


def _find(client: Client, writer: Statements) -> dict[str, Json]:
    found = client.find(registration=writer.registration, ascending="true")
    counts = Counter(each["id"] for each in found)
    assert [each for each, count in counts.items() if count > 1] == []
    return {each["id"]: each for each in found}


def _check_acknowledged(writer: Statements, found: dict[str, Json]) -> None:
    lost = [each for request in writer.acknowledged for each in request.ids if each not in found]
    assert lost == [], f"{writer.name}: {len(lost)} acknowledged statements are lost"


def _check_whole(unanswered: Sequence[Request], found: set[str]) -> None:
    halves = [request.ids for request in unanswered if 0 < len(found & {*request.ids}) < len(request.ids)]
    assert halves == []


def _retry(http: httpx.Client, writers: Sequence[Statements]) -> None:
    for writer in writers:
        for request in writer.unanswered:
            request.send(http).raise_for_status()


def _sent(writer: Statements) -> dict[str, Json]:
    requests = [*writer.acknowledged, *writer.unanswered]
    return {one["id"]: one for request in requests for one in request.statements}


def _as_sent(stored: Json) -> Json:
    return {name: value for name, value in stored.items() if name not in _OF_THE_STORE}


_OF_THE_STORE = {"stored", "timestamp", "authority", "version"}
