"""Every filter returns what a naive one over the same statements returns, in whatever order they arrive."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrs.auth import tenants
from lrs.database.pool import Database
from lrs.store.statements import Authority, Statements, prepare
from lrs.xapi import query
from tests import naive

Json = dict[str, Any]
AUTHORITY = {"objectType": "Agent", "account": {"homePage": "http://localhost", "name": "key"}}
PEOPLE = [{"mbox": f"mailto:{name}@example.com"} for name in ("ada", "bo", "cy")]
VERBS = [f"http://example.com/verbs/{name}" for name in ("did", "saw")]
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
ACTIVITIES = [f"http://example.com/activities/{number}" for number in range(3)]
REGISTRATIONS = [str(UUID(int=number, version=4)) for number in range(2)]
IDS = [str(UUID(int=number + 100, version=4)) for number in range(9)]

people = st.sampled_from(PEOPLE)
groups = st.builds(
    lambda members, mbox: {"objectType": "Group", "member": members} | mbox,
    st.lists(people, min_size=1, max_size=2),
    st.sampled_from([{}, {"mbox": "mailto:team@example.com"}]),
)
activities = st.sampled_from(ACTIVITIES).map(lambda iri: {"id": iri})
contexts = st.fixed_dictionaries(
    {},
    optional={
        "registration": st.sampled_from(REGISTRATIONS),
        "instructor": people,
        "team": groups,
        "contextActivities": st.fixed_dictionaries({}, optional={"parent": st.lists(activities, max_size=2)}),
        "contextAgents": st.lists(
            st.builds(lambda agent: {"objectType": "contextAgent", "agent": agent}, people), max_size=1
        ),
    },
)
sub_statements = st.fixed_dictionaries(
    {
        "objectType": st.just("SubStatement"),
        "actor": people,
        "verb": st.sampled_from(VERBS).map(lambda iri: {"id": iri}),
        "object": activities,
    },
    optional={"context": contexts.filter(lambda context: "contextAgents" not in context)},
)
references = st.sampled_from(IDS).map(lambda each: {"objectType": "StatementRef", "id": each})
objects = st.one_of(
    activities, references, sub_statements, people.map(lambda agent: {"objectType": "Agent", **agent}), groups
)


@st.composite
def statements(draw: st.DrawFn) -> list[Json]:
    """Some statements with known ids, which may refer to, void and follow each other in any order."""
    ids = draw(st.permutations(IDS))[: draw(st.integers(1, len(IDS)))]
    made = []
    for each in ids:
        about = draw(objects)
        verbs = [VOIDED] if about.get("objectType") == "StatementRef" and draw(st.booleans()) else VERBS
        made.append(
            {
                "id": each,
                "actor": draw(st.one_of(people, groups)),
                "verb": {"id": draw(st.sampled_from(verbs))},
                "object": about,
                "context": draw(contexts),
            }
        )
    return made


filters = st.fixed_dictionaries(
    {},
    optional={
        "agent": people,
        "related_agents": st.booleans(),
        "verb": st.sampled_from([*VERBS, VOIDED]),
        "activity": st.sampled_from(ACTIVITIES),
        "related_activities": st.booleans(),
        "registration": st.sampled_from(REGISTRATIONS),
        "ascending": st.booleans(),
    },
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stored=statements(),
    asked=st.lists(filters, min_size=1, max_size=6),
    sizes=st.integers(1, 4),
    limit=st.integers(1, 3),
)
def test_the_index_finds_what_a_naive_filter_finds(
    database: Database, stored: list[Json], asked: list[Json], sizes: int, limit: int
) -> None:
    tenant = f"t{uuid4().hex[:12]}"
    tenants.create(database, tenant)
    asyncio.run(store(database, tenant, stored, size=sizes))
    with_authority = [{**each, "authority": AUTHORITY} for each in stored]
    for each in asked:
        assert found(database, tenant, each, limit) == naive.find(with_authority, **each), each


async def store(database: Database, tenant: str, documents: list[Json], *, size: int) -> None:
    """Store in the given order, so many in one append."""
    rooms = Statements(database, max_waiting=1000)
    authority = Authority(AUTHORITY, json.dumps(AUTHORITY).encode())
    try:
        for some in (documents[start : start + size] for start in range(0, len(documents), size)):
            entries = [
                prepare(
                    json.dumps(each).encode(), each, new_id=each["id"], authority=authority, version="2.0.0"
                )
                for each in some
            ]
            await rooms.store(tenant, entries)
    finally:
        rooms.close()


def found(database: Database, tenant: str, asked: Json, limit: int) -> list[str]:
    """Ids found, all pages of them."""
    rooms = Statements(database, max_waiting=1000)
    given = [
        (name, json.dumps(value) if name == "agent" else str(value).lower()) for name, value in asked.items()
    ]
    given = [(name, asked[name] if isinstance(asked[name], str) else text) for name, text in given]
    ids: list[str] = []
    cursor: int | None = None
    while True:
        pairs = [*given, ("limit", str(limit)), *([("cursor", str(cursor))] if cursor is not None else [])]
        page = rooms.find(tenant, query.parse(pairs, "2.0.0", max_limit=100))
        ids += [json.loads(each.text)["id"] for each in page.statements]
        cursor = page.cursor
        if cursor is None:
            rooms.close()
            return ids
