"""22,000 real statements: each comes back as it was sent, and every filter finds what a naive one finds."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise, product
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrs.auth import tenants
from lrs.database import sql
from lrs.database.pool import Database
from tests import naive
from tests.cli import terminal
from tests.client import Client
from tests.conftest import SHARED_DATA, a_key
from tests.hostile.wire import basic

Json = dict[str, Any]
REAL = SHARED_DATA / "statements" / "ralph_funmooc_video_22000.jsonl.gz"
SET_BY_THE_STORE = ("stored", "authority", "version")
SESSION = "https://w3id.org/xapi/video/extensions/session-id"
LENGTH = re.compile(rb"content-length: (\d+)")
MOST_ON_A_PAGE = 500
MOST_FOUND = 2_500
CONNECTIONS = 32

pytestmark = pytest.mark.skipif(not REAL.exists(), reason="the real statements are not here")


class Known(NamedTuple):
    """A statement of the file with what the store added, and what a filter may ask of it."""

    statement: Json
    stored: datetime
    agents: list[Any]
    related_agents: list[Any]
    activities: list[str]
    related_activities: list[str]


@dataclass(repr=False)
class Real:
    """The file, and the store that has it; both in the order of the file."""

    lines: list[bytes]
    known: list[Known]
    lrs: Client


@pytest.fixture(scope="module")
def real(database: Database, database_url: str, server_url: str) -> Iterator[Real]:
    tenant = f"t{uuid4().hex[:12]}"
    tenants.create(database, tenant)
    leave_without_statistics(database, tenant)
    terminal.said("import", REAL, "--tenant", tenant, "--database-url", database_url)
    with gzip.open(REAL) as file:
        lines = file.read().splitlines()
    with Client(server_url, *a_key(database, tenant)) as lrs:
        kept = {each["id"]: each for each in lrs.find()}
        sent = [json.loads(line) for line in lines]
        added = [{name: kept[each["id"]][name] for name in SET_BY_THE_STORE} for each in sent]
        yield Real(lines, [known(one | more) for one, more in zip(sent, added, strict=True)], lrs)


def leave_without_statistics(database: Database, tenant: str) -> None:
    """As it is for a minute after an import; so a test is not once before and once after that minute."""
    with database.connection() as connection:
        for table in ("log", "statement_term"):
            query = f"ALTER TABLE {sql.schema(tenant)}.{table} SET (autovacuum_enabled = false)"
            connection.execute(query.encode())


def known(statement: Json) -> Known:
    return Known(
        statement,
        datetime.fromisoformat(statement["stored"]),
        [naive.identity(each) for each in naive.agents(statement, related=False)],
        [naive.identity(each) for each in naive.agents(statement, related=True)],
        list(naive.activities(statement, related=False)),
        list(naive.activities(statement, related=True)),
    )


def test_they_are_stored_in_the_order_of_the_file(real: Real) -> None:
    assert len(real.known) == 22_000
    assert all(before.stored < after.stored for before, after in pairwise(real.known))


def test_each_comes_back_by_its_id_as_it_was_sent(real: Real) -> None:
    answers = asyncio.run(by_id(real.lrs, [each.statement["id"] for each in real.known]))
    for line, answer in zip(real.lines, answers, strict=True):
        # Numbers are compared as they were written: 1.10 is another than 1.1.
        got, sent = (json.loads(each, parse_float=str) for each in (answer, line))
        assert {name: got[name] for name in got if name not in SET_BY_THE_STORE} == sent


async def by_id(lrs: Client, ids: Sequence[str]) -> list[bytes]:
    """The answers to a GET of each, over several connections and by a client that costs next to nothing."""
    answers = [b""] * len(ids)
    headers = [b"Host: lrs", b"X-Experience-API-Version: 2.0.0", basic(lrs), b"\r\n"]

    async def ask(numbers: range) -> None:
        reader, writer = await asyncio.open_connection(lrs.http.base_url.host, lrs.http.base_url.port)
        for number in numbers:
            line = f"GET /xapi/statements?statementId={ids[number]} HTTP/1.1".encode()
            writer.write(b"\r\n".join([line, *headers]))
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            (length,) = LENGTH.findall(head)
            answers[number] = await reader.readexactly(int(length))
        writer.close()

    await asyncio.gather(*[ask(range(start, len(ids), CONNECTIONS)) for start in range(CONNECTIONS)])
    return answers


# Which filters, and what they may ask for so that they find the statement. The file has no registrations;
# a UUID that stands elsewhere in a statement must not be taken for one.
VALUES: dict[str, Callable[[Known], list[Any]]] = {
    "agent": lambda each: [each.statement["actor"]],
    "related agent": lambda each: [each.statement["actor"], each.statement["authority"]],
    "activity": lambda each: each.activities,
    "related activity": lambda each: each.related_activities,
    "verb": lambda each: [each.statement["verb"]["id"]],
    "registration": lambda each: [each.statement["context"]["extensions"][SESSION]],
}
RELATED = {"agent": "related_agents", "activity": "related_activities"}
COMBINATIONS = [
    *(
        (agent, activity, verb)
        for agent in ("", "agent", "related agent")
        for activity in ("", "activity", "related activity")
        for verb in ("", "verb")
    ),
    ("registration",),
]
MICROSECOND = timedelta(microseconds=1)
SLOW = timedelta(seconds=2)


@st.composite
def queries(draw: st.DrawFn, statements: Sequence[Known]) -> Json:
    """Filters for what occurs in the file, mostly in one statement of it."""
    chance = draw(st.randoms(use_true_random=True))
    one, another, *between = chance.sample(statements, 4)
    asked: Json = {"ascending": draw(st.booleans())}
    for kind in filter(None, draw(st.sampled_from(COMBINATIONS))):
        name = kind.removeprefix("related ")
        asked[name] = chance.choice(VALUES[kind](chance.choice([one, one, one, one, another])))
        asked |= {RELATED[name]: kind != name} if name in RELATED else {}
    for name, moment in zip(("since", "until"), sorted(each.stored for each in between), strict=True):
        if draw(st.booleans()):
            asked[name] = moment + chance.choice([-1, 0, 1]) * MICROSECOND
    return asked


def naively(statements: Sequence[Known], asked: Json) -> list[Known]:
    """Those that match, in the order of the file."""
    return [each for each in statements if matches(each, asked)]


def matches(each: Known, asked: Json) -> bool:
    agents = each.related_agents if asked.get("related_agents") else each.agents
    activities = each.related_activities if asked.get("related_activities") else each.activities
    return (
        ("verb" not in asked or each.statement["verb"]["id"] == asked["verb"])
        and (
            "registration" not in asked
            or each.statement["context"].get("registration") == asked["registration"]
        )
        and ("agent" not in asked or naive.identity(asked["agent"]) in agents)
        and ("activity" not in asked or asked["activity"] in activities)
        and ("since" not in asked or each.stored > asked["since"])
        and ("until" not in asked or each.stored <= asked["until"])
    )


def pages(lrs: Client, asked: Json) -> Iterator[list[str]]:
    """The ids on each page, as `more` says."""
    parameters = {name: written(value) for name, value in asked.items()}
    answer = lrs.http.get("/statements", params=parameters).raise_for_status().json()
    yield [each["id"] for each in answer["statements"]]
    server = str(lrs.http.base_url).removesuffix("/xapi/")
    while answer["more"]:
        answer = lrs.http.get(server + answer["more"]).raise_for_status().json()
        yield [each["id"] for each in answer["statements"]]


def written(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str) else json.dumps(value)


def test_filters_for_what_is_everywhere_are_quick_before_the_database_has_statistics(real: Real) -> None:
    """Then it expects few rows of each filter, and must not compare all those of one with all of another."""
    one = real.known[0].statement
    for agent, activity in product((one["actor"], one["authority"]), real.known[0].related_activities):
        asked = {"agent": agent, "activity": activity, "related_agents": True, "related_activities": True}
        for verb in ({}, {"verb": one["verb"]["id"]}):
            parameters = {name: written(value) for name, value in (asked | verb).items()}
            answer = real.lrs.http.get("/statements", params=parameters).raise_for_status()
            assert answer.elapsed < SLOW, parameters


@settings(max_examples=80, deadline=None, derandomize=True)
@given(data=st.data())
def test_every_filter_finds_what_a_naive_one_finds(real: Real, data: st.DataObject) -> None:
    asked = data.draw(queries(real.known), "asked")
    expected = naively(real.known, asked)
    if len(expected) > MOST_FOUND:
        asked["since"] = expected[-MOST_FOUND - 1].stored
        expected = expected[-MOST_FOUND:]
    ids = [each.statement["id"] for each in (expected if asked["ascending"] else reversed(expected))]
    limit = data.draw(st.sampled_from([0, len(ids) // 3, len(ids) // 7 + 1, 1000]), "limit")
    size = min(limit or MOST_ON_A_PAGE, MOST_ON_A_PAGE)
    wanted = [ids[start : start + size] for start in range(0, len(ids), size)] or [[]]
    assert list(pages(real.lrs, asked | {"limit": limit})) == wanted
