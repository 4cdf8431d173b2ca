"""When two statements are the same, and when they are not."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.xapi.statement import same
from lrs.xapi.vocabulary import Json

ID = "5f2a53f5-5a21-4f5e-9d0b-3d9a0f5f7e11"
ANN = {"mbox": "mailto:ann@example.com"}
BOB = {"mbox": "mailto:bob@example.com"}
BOOK = {"id": "http://example.com/book"}


def a_statement(**changes: Any) -> Json:
    return {"actor": ANN, "verb": {"id": "http://example.com/read"}, "object": BOOK} | changes


def group(*members: Json) -> Json:
    return {"objectType": "Group", "member": list(members)}


def context(**properties: Any) -> Json:
    return a_statement(context=properties)


def duration(text: str) -> Json:
    return a_statement(result={"duration": text})


def extension(value: Any) -> Json:
    return a_statement(result={"extensions": {"x:y": value}})


SAME = [
    ("set by the store", a_statement(), a_statement(id=ID, stored="x", authority=ANN, version="1.0.0")),
    ("timestamp set by the store", a_statement(), a_statement(timestamp="2026-01-01T00:00:00Z")),
    ("case of the id", a_statement(id=ID), a_statement(id=ID.upper())),
    (
        "case of the registration",
        a_statement(context={"registration": ID}),
        a_statement(context={"registration": ID.upper()}),
    ),
    (
        "case of a reference",
        a_statement(object={"objectType": "StatementRef", "id": ID}),
        a_statement(object={"objectType": "StatementRef", "id": ID.upper()}),
    ),
    (
        "zone of the timestamp",
        a_statement(timestamp="2026-01-01T12:00:00+02:00"),
        a_statement(timestamp="2026-01-01T10:00:00.000Z"),
    ),
    (
        "display of the verb",
        a_statement(),
        a_statement(verb={"id": "http://example.com/read", "display": {}}),
    ),
    ("definition", a_statement(), a_statement(object=BOOK | {"definition": {"name": {"en": "A"}}})),
    ("attachments", a_statement(), a_statement(attachments=[{"sha2": "1"}])),
    ("type of the object", a_statement(), a_statement(object=BOOK | {"objectType": "Activity"})),
    ("type of the actor", a_statement(), a_statement(actor=ANN | {"objectType": "Agent"})),
    ("order of members", a_statement(actor=group(ANN, BOB)), a_statement(actor=group(BOB, ANN))),
    (
        "type of a member",
        context(team=group(ANN, BOB | {"objectType": "Agent"})),
        context(team=group(BOB, ANN | {"objectType": "Agent"})),
    ),
    (
        "a single context activity",
        context(contextActivities={"parent": BOOK}),
        context(contextActivities={"parent": [BOOK | {"objectType": "Activity", "definition": {}}]}),
    ),
    (
        "type in contextAgents",
        context(contextAgents=[{"objectType": "contextAgent", "agent": ANN}]),
        context(contextAgents=[{"objectType": "contextAgent", "agent": ANN | {"objectType": "Agent"}}]),
    ),
    (
        "order in contextGroups",
        context(contextGroups=[{"objectType": "contextGroup", "group": group(ANN, BOB)}]),
        context(contextGroups=[{"objectType": "contextGroup", "group": group(BOB, ANN)}]),
    ),
    ("a fine duration", duration("PT1.239S"), duration("PT1.23S")),
    ("1 and 1.0", extension(1), extension(1.0)),
    ("order of properties", extension({"a": 1, "b": [2]}), extension({"b": [2], "a": 1})),
    (
        "inside a SubStatement",
        a_statement(object=a_statement(objectType="SubStatement", actor=group(ANN, BOB))),
        a_statement(
            object=a_statement(
                objectType="SubStatement",
                actor=group(BOB, ANN),
                object=BOOK | {"definition": {"type": "x:y"}},
            )
        ),
    ),
]

DIFFERENT = [
    ("actor", a_statement(), a_statement(actor=BOB)),
    ("name of the actor", a_statement(), a_statement(actor=ANN | {"name": "Ann"})),
    ("verb", a_statement(), a_statement(verb={"id": "http://example.com/wrote"})),
    ("object", a_statement(), a_statement(object={"id": "http://example.com/Book"})),
    ("id", a_statement(id=ID), a_statement(id=ID.replace("5", "6"))),
    ("members", a_statement(actor=group(ANN)), a_statement(actor=group(ANN, BOB))),
    ("members twice", a_statement(actor=group(ANN, ANN, BOB)), a_statement(actor=group(ANN, BOB, BOB))),
    (
        "timestamp",
        a_statement(timestamp="2026-01-01T12:00:00Z"),
        a_statement(timestamp="2026-01-01T12:00:00.001Z"),
    ),
    ("timestamp not stored", a_statement(timestamp="2026-01-01T12:00:00Z"), a_statement()),
    ("duration", duration("PT1.24S"), duration("PT1.23S")),
    ("true and 1", extension(True), extension(1)),
    ("false and 0", extension(0), extension(False)),
    ("true and 1 deep down", extension([{"a": [1]}]), extension([{"a": [True]}])),
    ("null and absent", extension({"a": None}), extension({})),
    ("number and string", extension(1), extension("1")),
    ("order of a list", extension([1, 2]), extension([2, 1])),
    ("an additional result", a_statement(), extension(1)),
    ("a missing context", context(platform="x"), a_statement()),
    ("a reference", context(statement={"id": ID}), context(statement={"id": ID.replace("5", "6")})),
    ("a registration", context(registration=ID), context(registration=ID.replace("5", "6"))),
    (
        "a kind of context activity",
        context(contextActivities={"parent": BOOK}),
        context(contextActivities={"other": BOOK}),
    ),
    (
        "Agent and Activity",
        a_statement(object=BOOK),
        a_statement(object=BOOK | {"objectType": "StatementRef"}),
    ),
    (
        "timestamp of a SubStatement",
        a_statement(object=a_statement(objectType="SubStatement")),
        a_statement(object=a_statement(objectType="SubStatement", timestamp="2026-01-01T00:00:00Z")),
    ),
]


@pytest.mark.parametrize(("sent", "stored"), [pytest.param(a, b, id=name) for name, a, b in SAME])
def test_these_are_the_same(sent, stored):
    before = copy.deepcopy((sent, stored))
    assert same(sent, stored)
    assert (sent, stored) == before, "comparing changes nothing"


@pytest.mark.parametrize(("sent", "stored"), [pytest.param(a, b, id=name) for name, a, b in DIFFERENT])
def test_these_are_different(sent, stored):
    assert not same(sent, stored)


def test_an_id_that_only_the_stored_one_has_is_the_stores():
    assert same(a_statement(), a_statement(id=ID))
    assert not same(a_statement(id=ID), a_statement())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "1", "a", 1.0, 0.5]),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.sampled_from("abc"), children, max_size=3)
    ),
    max_leaves=8,
)


def spelled(value: Any) -> str:
    """An independent opinion: one text for each value, where 1.0 is written 1."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{name}:{spelled(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(spelled, value)) + "]"
    whole = isinstance(value, float) and value.is_integer()
    return json.dumps(int(value) if whole else value)


@given(json_values, json_values)
def test_extensions_are_compared_by_value(one, other):
    assert same(extension(one), extension(other)) is (spelled(one) == spelled(other))
