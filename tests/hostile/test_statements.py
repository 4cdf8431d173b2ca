"""Whatever is done to a statement: no 5xx, and it is stored exactly as it was sent, or not at all."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lrs.xapi import time
from tests.client import Client
from tests.conftest import a_key
from tests.hostile import mutations
from tests.hostile.stored import Stored

MANY = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    database=None,
)
VERSIONS = ["1.0.3", "2.0.0"]
JSON = {"Content-Type": "application/json"}


@pytest.fixture(params=VERSIONS)
def lrs(request, target, database, tenant):
    with Client(target.url, *a_key(database, tenant), version=request.param) as client:
        yield client


@settings(MANY, max_examples=300)
@given(data=st.data())
def test_a_mutated_statement_is_stored_exactly_or_not_at_all(lrs, stored, data):
    attack(lrs, stored, data)


@pytest.mark.long
@pytest.mark.timeout(1800)
@settings(MANY, max_examples=10_000)
@given(data=st.data())
def test_each_of_many_mutated_statements_is_stored_exactly_or_not_at_all(lrs, stored, data):
    attack(lrs, stored, data)


@settings(MANY, max_examples=150)
@given(data=st.data())
def test_a_batch_with_a_mutated_statement_is_stored_whole_or_not_at_all(lrs, stored, data):
    version = lrs.http.headers["X-Experience-API-Version"]
    batch = [data.draw(each) for each in (mutations.statements(version), mutations.mutated(version))]
    before = stored.counts()
    answer = lrs.http.post("/statements", content=written(batch, data), headers=JSON)
    grown = stored.counts()["log"] - before["log"]
    assert (answer.status_code, grown) == (200, 2) or (answer.status_code in {400, 413}, grown) == (True, 0)


@settings(MANY, max_examples=300)
@given(data=st.data())
def test_text_with_broken_bytes_is_stored_exactly_or_not_at_all(lrs, stored, data):
    version = lrs.http.headers["X-Experience-API-Version"]
    text = bytearray(written(data.draw(mutations.statements(version)), data))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text)))
        text[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=3))
    post(lrs, stored, bytes(text))


def attack(lrs: Client, stored: Stored, data: Any) -> None:
    version = lrs.http.headers["X-Experience-API-Version"]
    post(lrs, stored, written(data.draw(mutations.mutated(version)), data))


def post(lrs: Client, stored: Stored, text: bytes) -> None:
    before = stored.counts()
    answer = lrs.http.post("/statements", content=text, headers=JSON)
    assert answer.status_code in {200, 400, 409, 413}, answer.text
    if answer.status_code != 200 or not answer.json():
        assert stored.counts() == before
        return
    for sent, statement_id in zip(listed(parse(text)), answer.json(), strict=True):
        found = lrs.http.get("/statements", params={"statementId": statement_id})
        if found.status_code == 200:  # else a voided one, or a second one with the same id
            assert without_additions(parse(found.content), sent) == as_stored(sent, lrs)
        for form in ("ids", "canonical"):
            shown = lrs.http.get("/statements", params={"statementId": statement_id, "format": form})
            assert shown.status_code in {200, 404}


def written(value: Any, data: Any) -> bytes:
    spelled = mutations.text(value, Random(data.draw(st.integers(0, 2**32))))  # noqa: S311  not a secret
    return spelled.encode(errors="surrogatepass")


def parse(text: bytes) -> Any:
    """Numbers stay the text that they are."""
    return json.loads(text, parse_float=Number, parse_int=Number)


class Number(str):
    __slots__ = ()


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def without_additions(found: Any, sent: Any) -> Any:
    """What the store adds where the client said nothing."""
    added = {"stored", "authority"} | ({"id", "timestamp", "version"} - sent.keys())
    return moments({name: value for name, value in found.items() if name not in added})


def as_stored(sent: Any, lrs: Client) -> Any:
    """What the store is meant to change: its own properties, single context activities, offsets in 2.0."""
    kept = {name: value for name, value in sent.items() if name not in {"stored", "authority"}}
    for part in (kept, kept["object"]):
        groups = part.get("context", {}).get("contextActivities", {})
        groups.update({name: listed(value) for name, value in groups.items()})
    return moments(kept)


def moments(statement: Any) -> Any:
    for part in (statement, statement["object"]):
        if "timestamp" in part:
            part["timestamp"] = time.parse(part["timestamp"])
    return statement
