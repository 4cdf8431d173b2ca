"""The formats: canonical has one language and known definitions, ids what identifies, exact what was sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.client import Client, a_statement

Json = dict[str, Any]
ACTIVITY = "http://example.com/activities/fractions"
NAMES = {"en-GB": "Fractions", "de": "Brüche", "fr": "Fractions (fr)"}
CHOICES = [{"id": "a", "description": {"en": "Half", "de": "Halb"}}]
DEFINITION = {
    "name": NAMES,
    "description": {"de": "Nur deutsch"},
    "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
    "interactionType": "choice",
    "choices": CHOICES,
    "extensions": {"http://example.com/x": {"en": "not a language map", "de": "auch keine"}},
}
DISPLAY = {"en": "did", "de": "tat"}
OBJECT = {"objectType": "Activity", "id": ACTIVITY, "definition": DEFINITION}


def get(lrs: Client, statement_id: str, language: str | None, format: str = "canonical") -> Json:
    headers = {} if language is None else {"Accept-Language": language}
    parameters = {"statementId": statement_id, "format": format}
    found: Json = lrs.http.get("/statements", params=parameters, headers=headers).raise_for_status().json()
    return found


@pytest.mark.parametrize(
    ("language", "name", "display"),
    [
        ("de", "de", "de"),
        ("en", "en-GB", "en"),
        ("fr;q=0.9, de;q=0.5", "fr", "de"),
        ("de-AT", "de", "de"),
        ("en;q=0, de;q=0.1", "de", "de"),
        ("*", "en-GB", "en"),
        ("ja", "en-GB", "en"),
        ("", "en-GB", "en"),
        (None, "en-GB", "en"),
        ("%%;;q=x,,", "en-GB", "en"),
    ],
)
def test_the_language_is_chosen_map_by_map(
    lrs: Client, language: str | None, name: str, display: str
) -> None:
    inner = {
        "objectType": "SubStatement",
        "actor": {"mbox": "mailto:a@example.com"},
        "verb": {"id": "http://example.com/verbs/did", "display": DISPLAY},
        "object": OBJECT,
    }
    statement = a_statement(
        verb=inner["verb"], object=inner, context={"contextActivities": {"parent": [OBJECT]}}
    )
    lrs.post(statement)
    found = get(lrs, statement["id"], language)
    for verb in (found["verb"], found["object"]["verb"]):
        assert verb["display"] == {display: DISPLAY[display]}
    for activity in (found["object"]["object"], found["context"]["contextActivities"]["parent"][0]):
        definition = activity["definition"]
        assert definition["name"] == {name: NAMES[name]}
        assert definition["description"] == {"de": "Nur deutsch"}
        assert definition["choices"][0]["description"] == {display: CHOICES[0]["description"][display]}  # type: ignore[index]
        assert definition["extensions"] == DEFINITION["extensions"]


def test_definitions_that_others_gave_are_filled_in_wherever_an_activity_stands(lrs: Client) -> None:
    bare = {"id": ACTIVITY}
    statement = a_statement(
        object={
            "objectType": "SubStatement",
            "actor": {"mbox": "mailto:a@example.com"},
            "verb": {"id": "http://example.com/verbs/did"},
            "object": bare,
        },
        context={"contextActivities": {"grouping": [bare]}},
    )
    lrs.post(statement)
    lrs.post(a_statement(object={"id": ACTIVITY, "definition": {"name": {"en": "One"}}}))
    lrs.post(
        a_statement(
            object={"id": ACTIVITY, "definition": {"name": {"de": "Eins"}, "moreInfo": "http://a.b/"}}
        )
    )
    known = {"name": {"de": "Eins"}, "moreInfo": "http://a.b/"}
    found = get(lrs, statement["id"], "de")
    assert found["object"]["object"]["definition"] == known
    assert found["context"]["contextActivities"]["grouping"][0]["definition"] == known
    exact = get(lrs, statement["id"], "de", format="exact")
    assert exact["object"]["object"] == bare


def test_a_list_is_canonical_too(lrs: Client) -> None:
    lrs.post([a_statement(verb={"id": "http://example.com/v", "display": DISPLAY}) for _ in range(3)])
    answer = lrs.http.get(
        "/statements", params={"format": "canonical", "limit": "2"}, headers={"Accept-Language": "de"}
    ).json()
    assert [each["verb"]["display"] for each in answer["statements"]] == [{"de": "tat"}] * 2
    assert "format=canonical" in answer["more"]


def test_exact_keeps_every_language_whoever_asks(lrs: Client) -> None:
    statement = a_statement(object=OBJECT)
    lrs.post(statement)
    texts = [get(lrs, statement["id"], language, format="exact") for language in ("de", "en", None)]
    assert texts[0] == texts[1] == texts[2]
    assert texts[0]["object"] == OBJECT
    assert lrs.get(statement["id"]) == texts[0]


def test_ids_leaves_what_identifies(lrs: Client) -> None:
    team = {"objectType": "Group", "mbox": "mailto:team@example.com", "name": "Team"}
    member = {"objectType": "Agent", "name": "Bo", "mbox": "mailto:bo@example.com"}
    statement = a_statement(
        actor={"objectType": "Group", "name": "Crew", "member": [member]},
        verb={"id": "http://example.com/v", "display": DISPLAY},
        object=OBJECT,
        context={
            "team": team | {"member": [member]},
            "contextActivities": {"parent": [OBJECT]},
            "contextAgents": [{"objectType": "contextAgent", "agent": member}],
        },
    )
    lrs.post(statement)
    found = get(lrs, statement["id"], None, format="ids")
    identified = {"objectType": "Agent", "mbox": "mailto:bo@example.com"}
    assert found["actor"] == {"objectType": "Group", "member": [identified]}
    assert found["verb"] == {"id": "http://example.com/v"}
    assert found["object"] == {"id": ACTIVITY}
    assert found["context"] == {
        "team": {"objectType": "Group", "mbox": "mailto:team@example.com"},
        "contextActivities": {"parent": [{"id": ACTIVITY}]},
        "contextAgents": [{"objectType": "contextAgent", "agent": identified}],
    }


@pytest.mark.parametrize("format", ["Exact", "", "raw", "canonical,ids"])
def test_any_other_format_is_400(lrs: Client, format: str) -> None:
    answer = lrs.http.get("/statements", params={"format": format})
    assert (answer.status_code, answer.json()["faults"][0]["pointer"]) == (400, "format")


@pytest.mark.parametrize("format", ["exact", "ids", "canonical"])
def test_a_voided_statement_is_shown_in_every_format(lrs: Client, format: str) -> None:
    statement = a_statement(object=OBJECT)
    voided = {"id": "http://adlnet.gov/expapi/verbs/voided"}
    lrs.post(
        [statement, a_statement(verb=voided, object={"objectType": "StatementRef", "id": statement["id"]})]
    )
    parameters = {"voidedStatementId": statement["id"], "format": format}
    found = lrs.http.get("/statements", params=parameters).raise_for_status().json()
    assert (found["id"], found["object"]["id"]) == (statement["id"], ACTIVITY)
    reference = lrs.find(format=format)[0]["object"]
    assert reference == {"objectType": "StatementRef", "id": statement["id"]}
