"""How statements look in the formats ids and canonical."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lrs.xapi import format, raw
from lrs.xapi.vocabulary import Json

ANN = {"name": "Ann", "mbox": "mailto:ann@example.com"}
BOB = {"objectType": "Agent", "name": "Bob", "account": {"homePage": "http://example.com", "name": "bob"}}
CLUB = {"objectType": "Group", "name": "Club", "openid": "http://example.com/club", "member": [ANN]}
SOME = {"objectType": "Group", "name": "Some", "member": [ANN, BOB]}
NAMES = {"en-US": "color", "en-GB": "colour", "de": "Farbe"}
VERB = {"id": "http://example.com/read", "display": NAMES}
BOOK = {
    "objectType": "Activity",
    "id": "http://example.com/book",
    "definition": {
        "name": NAMES,
        "description": {"de": "Ein Buch"},
        "type": "http://example.com/question",
        "interactionType": "choice",
        "choices": [{"id": "a", "description": NAMES}, {"id": "b"}],
        "extensions": {"http://example.com/x": {"name": NAMES}},
    },
}
ATTACHMENT = {
    "usageType": "http://example.com/u",
    "display": NAMES,
    "description": NAMES,
    "contentType": "text/plain",
    "length": 1,
    "sha2": "00",
}
CONTEXT = {
    "instructor": BOB,
    "team": CLUB,
    "contextAgents": [
        {"objectType": "contextAgent", "agent": ANN, "relevantTypes": ["http://example.com/t"]}
    ],
    "contextGroups": [{"objectType": "contextGroup", "group": SOME}],
    "contextActivities": {"parent": [BOOK], "other": [BOOK, {"id": "http://example.com/shelf"}]},
    "platform": "paper",
}


def a_statement(**changes: Any) -> Json:
    whole = {"actor": ANN, "verb": VERB, "object": BOOK, "context": CONTEXT, "attachments": [ATTACHMENT]}
    return whole | changes


def shown(change: Any, statement: Json, *args: Any) -> Json:
    text = json.dumps(statement, indent=1).encode()
    found: Json = json.loads(change(text, raw.parse(text, max_depth=99), *args))
    return found


def ids(statement: Json) -> Json:
    return shown(format.ids, statement)


def canonical(statement: Json, accept_language: str = "en-GB", definitions: Any = None) -> Json:
    return shown(format.canonical, statement, accept_language, definitions or {})


def test_ids_leaves_only_identifiers():
    assert ids(a_statement(id="1", authority=BOB, result={"success": True})) == {
        "id": "1",
        "actor": {"mbox": "mailto:ann@example.com"},
        "verb": {"id": "http://example.com/read"},
        "object": {"id": "http://example.com/book"},
        "result": {"success": True},
        "context": {
            "instructor": {"objectType": "Agent", "account": BOB["account"]},
            "team": {"objectType": "Group", "openid": "http://example.com/club"},
            "contextAgents": [
                {
                    "objectType": "contextAgent",
                    "agent": {"mbox": "mailto:ann@example.com"},
                    "relevantTypes": ["http://example.com/t"],
                }
            ],
            "contextGroups": [
                {
                    "objectType": "contextGroup",
                    "group": {
                        "objectType": "Group",
                        "member": [
                            {"mbox": "mailto:ann@example.com"},
                            {"objectType": "Agent", "account": BOB["account"]},
                        ],
                    },
                }
            ],
            "contextActivities": {
                "parent": [{"id": "http://example.com/book"}],
                "other": [{"id": "http://example.com/book"}, {"id": "http://example.com/shelf"}],
            },
            "platform": "paper",
        },
        "authority": {"objectType": "Agent", "account": BOB["account"]},
        "attachments": [ATTACHMENT],
    }


@pytest.mark.parametrize(
    ("about", "reduced"),
    [
        (BOB, {"objectType": "Agent", "account": BOB["account"]}),
        (CLUB, {"objectType": "Group", "openid": "http://example.com/club"}),
        ({"objectType": "StatementRef", "id": "1"}, {"objectType": "StatementRef", "id": "1"}),
        ({"id": "x:y", "definition": {}}, {"id": "x:y"}),
    ],
)
def test_ids_reduces_every_kind_of_object(about, reduced):
    assert ids(a_statement(object=about))["object"] == reduced


@pytest.mark.parametrize("change", [ids, canonical])
def test_a_sub_statement_is_shown_like_a_statement(change):
    inner = a_statement(actor=SOME)
    outer = change(a_statement(object=inner | {"objectType": "SubStatement"}))
    assert outer["object"] == change(inner) | {"objectType": "SubStatement"}


def test_canonical_keeps_one_language_in_every_map():
    british = {"en-GB": "colour"}
    book = BOOK | {
        "definition": BOOK["definition"]
        | {
            "name": british,
            "description": {"de": "Ein Buch"},
            "choices": [{"id": "a", "description": british}, {"id": "b"}],
        }
    }
    expected = a_statement(
        verb=VERB | {"display": british},
        object=book,
        attachments=[ATTACHMENT | {"display": british, "description": british}],
        context=CONTEXT
        | {"contextActivities": {"parent": [book], "other": [book, {"id": "http://example.com/shelf"}]}},
    )
    assert canonical(a_statement()) == expected


def test_canonical_shows_the_definition_that_the_store_knows():
    known = {"name": {"en-GB": "The book", "fr": "Le livre"}, "moreInfo": "http://example.com/more"}
    definitions = {"http://example.com/book": known, "http://example.com/shelf": {"type": "x:shelf"}}
    found = canonical(a_statement(), "fr", definitions)
    book = {"name": {"fr": "Le livre"}, "moreInfo": "http://example.com/more"}
    assert found["object"]["definition"] == book
    assert found["context"]["contextActivities"]["parent"][0]["definition"] == book
    assert found["context"]["contextActivities"]["other"][1]["definition"] == {"type": "x:shelf"}


@pytest.mark.parametrize("display", [{}, {"de": "las"}])
def test_a_map_of_one_language_or_none_stays(display):
    assert canonical(a_statement(verb={"id": "x:y", "display": display}))["verb"]["display"] == display


NUMBERS = ["1.10", "1e400", "-1E+2", "12345678901234567890123"]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("change", ["ids", "canonical"])
def test_numbers_stay_as_they_were_sent(number, change):
    result = {"score": {"scaled": "NUMBER"}, "extensions": {"x:y": ["NUMBER"]}}
    definition = {"name": NAMES, "extensions": {"x:y": "NUMBER"}}
    activity = {"id": "x:z", "definition": definition}
    inner = a_statement(objectType="SubStatement", result=result)
    context = {"contextActivities": {"parent": [activity]}, "extensions": {"x:y": "NUMBER"}}
    statement = a_statement(object=inner, result=result, context=context)
    text = json.dumps(statement).replace('"NUMBER"', number).encode()
    parsed = raw.parse(text, max_depth=99)
    known = {"x:z": parsed["context"]["contextActivities"]["parent"][0]["definition"]}
    shown = format.ids(text, parsed) if change == "ids" else format.canonical(text, parsed, "de", known)
    found = json.loads(shown, parse_float=str, parse_int=str)
    exact = json.loads(json.dumps(result).replace("NUMBER", number))
    assert found["result"] == exact
    assert found["object"]["result"] == exact
    assert found["context"]["extensions"] == {"x:y": number}
    if change == "canonical":
        parent = found["context"]["contextActivities"]["parent"][0]
        assert parent["definition"] == {"name": {"de": "Farbe"}, "extensions": {"x:y": number}}
