"""What does the statement resource offer? Its operations as OpenAPI describes them (Communication 2.1)."""

from __future__ import annotations

from lrs.http.routes import Endpoint, content, problem, query
from lrs.http.statements import get_statements, post_statements, put_statement
from lrs.xapi.vocabulary import Json

_ID = {"type": "string", "format": "uuid"}
_STATEMENT = {
    "type": "object",
    "description": "A statement (Data 2.2): who did what, and all that is known of it.",
    "required": ["actor", "verb", "object"],
    "properties": {
        "id": _ID,
        "actor": {"type": "object"},
        "verb": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
        "object": {"type": "object"},
    },
    "examples": [
        {
            "actor": {"mbox": "mailto:ada@example.com", "name": "Ada"},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en": "completed"}},
            "object": {"id": "http://example.com/activities/fractions"},
        }
    ],
}
_STATEMENTS = {"oneOf": [_STATEMENT, {"type": "array", "items": _STATEMENT}]}
_RESULT = {
    "type": "object",
    "required": ["statements", "more"],
    "properties": {"statements": {"type": "array", "items": _STATEMENT}, "more": {"type": "string"}},
}
_BOOLEAN = {"enum": ["true", "false"]}
_TIME = {"type": "string", "format": "date-time"}
_FILTERS = [
    query("statementId", "The one statement with this id.", _ID),
    query("voidedStatementId", "The one voided statement with this id.", _ID),
    query("agent", "Whom it is by or about: an Agent or identified Group, as JSON."),
    query("verb", "IRI of the verb."),
    query("activity", "IRI of the activity that is its object."),
    query("registration", "UUID of the registration.", _ID),
    query("related_agents", "Look for the agent everywhere in the statement.", _BOOLEAN),
    query("related_activities", "Look for the activity everywhere in the statement.", _BOOLEAN),
    query("since", "Only those stored after this time.", _TIME),
    query("until", "Only those stored at or before this time.", _TIME),
    query(
        "limit",
        "The most to return; 0 means as many as the server allows.",
        {"type": "integer", "minimum": 0},
    ),
    query("format", "How they are written.", {"enum": ["ids", "exact", "canonical"]}),
    query("attachments", "Send the attachments too, as multipart/mixed.", _BOOLEAN),
    query("ascending", "Oldest first.", _BOOLEAN),
]
_PARTS = {
    "type": "string",
    "format": "binary",
    "description": "The statements as the first part, then their attachments (Communication 1.5.2).",
}
_THROUGH = {
    "X-Experience-API-Consistent-Through": {
        "required": True,
        "description": "Whatever is stored from now on is stored later than this (Communication 2.1.3).",
        "schema": _TIME,
    }
}
_CONFLICT = problem("A different statement with this id is already stored.")


def _body(schema: Json) -> Json:
    types = {"application/json": {"schema": schema}, "multipart/mixed": {"schema": _PARTS}}
    return {"required": True, "content": types}


ENDPOINTS = [
    Endpoint(
        "/xapi/statements", "POST", post_statements, "Store statements, all or nothing.", hot=True,
        headers=_THROUGH,
        request_body=_body(_STATEMENTS),
        responses={"200": content("Their ids, in order.", {"type": "array", "items": _ID}), "409": _CONFLICT},
    ),
    Endpoint(
        "/xapi/statements", "PUT", put_statement, "Store one statement under an id.", hot=True,
        headers=_THROUGH,
        parameters=[query("statementId", "The id.", _ID, required=True)],
        request_body=_body(_STATEMENT),
        responses={"204": {"description": "Stored, or stored before."}, "409": _CONFLICT},
    ),
    Endpoint(
        "/xapi/statements", "GET", get_statements, "Find statements.", hot=True,
        headers=_THROUGH,
        parameters=_FILTERS,
        responses={
            "200": {
                "description": "One statement, or a page of them and the way to more.",
                "content": {
                    "application/json": {"schema": {"oneOf": [_STATEMENT, _RESULT]}},
                    "multipart/mixed": {"schema": _PARTS},
                },
            },
            "404": problem("There is no such statement."),
        },
    ),
]  # fmt: skip
