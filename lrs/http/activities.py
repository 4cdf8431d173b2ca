"""The activities resource: what we know of an activity, GET /activities (Communication 2.5)."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import Response

from lrs.auth import scopes
from lrs.database.pool import Database
from lrs.http import document_query, holding, sessions
from lrs.http.admission import admit, parameters
from lrs.http.context import context
from lrs.http.routes import Endpoint, content, query
from lrs.store import activities
from lrs.xapi import document
from lrs.xapi.vocabulary import Json

SECTION = "Communication 2.5"


async def get_activity(request: Request) -> Response:
    """200 with the Activity, an unknown one too; who reads only their own statements learns no definition."""
    caller, version = await admit(request, "statements/read")
    given = parameters(request, frozenset({"activityId"}))
    iri = document_query.values(given, version, required=["activityId"], section=SECTION).activity or ""
    sessions.require_about(caller, activity=iri)
    if scopes.only_mine(caller.scopes):
        body = _activity(iri, {})
    else:
        body = await holding.read(request, len, _known, context(request).database, caller.tenant, iri)
    return Response(body, headers={"ETag": document.etag(body)}, media_type="application/json")


def _known(database: Database, tenant: str, iri: str) -> bytes:
    return _activity(iri, activities.merged(database, tenant, [iri]))


def _activity(iri: str, definitions: dict[str, Json]) -> bytes:
    found: Json = {"objectType": "Activity", "id": iri}
    if iri in definitions:
        found["definition"] = definitions[iri]
    return orjson.dumps(found)


_ACTIVITY = {
    "type": "object",
    "required": ["objectType", "id"],
    "properties": {
        "objectType": {"const": "Activity"},
        "id": {"type": "string", "format": "iri"},
        "definition": {"type": "object"},
    },
}

ENDPOINTS = [
    Endpoint(
        "/xapi/activities",
        "GET",
        get_activity,
        "What is known of an activity.",
        parameters=[
            query(
                "activityId", "The activity, by its IRI.", {"type": "string", "format": "iri"}, required=True
            )
        ],
        responses={"200": content("The Activity with all that statements said of it.", _ACTIVITY)},
    )
]
