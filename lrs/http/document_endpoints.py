"""Which operations does a document resource have? Four, and what OpenAPI says about them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from lrs.http import documents
from lrs.http.document_query import LONGEST_ID, Resource
from lrs.http.routes import Endpoint, Handler, content, header, problem, query
from lrs.xapi.vocabulary import Json

_ACCOUNT = {
    "type": "object",
    "required": ["homePage", "name"],
    "properties": {"homePage": {"type": "string", "format": "uri"}, "name": {"type": "string"}},
    "additionalProperties": False,
}
_IDENTIFIERS: dict[str, Json] = {
    "mbox": {"type": "string", "format": "uri", "pattern": "^mailto:[^@]+@[^@]+$"},
    "mbox_sha1sum": {"type": "string", "pattern": "^[0-9a-fA-F]{40}$"},
    "openid": {"type": "string", "format": "uri"},
    "account": _ACCOUNT,
}
AGENT: Json = {
    "name": "agent",
    "in": "query",
    "required": True,
    "description": "The Agent; in xAPI 2.0 an identified Group as well (Data 2.4.2).",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {"objectType": {"const": "Agent"}, "name": {"type": "string"}, **_IDENTIFIERS},
                "oneOf": [{"required": [name]} for name in _IDENTIFIERS],
            }
        }
    },
}
_UUID = {"type": "string", "format": "uuid"}
_PARAMETERS: dict[str, Json] = {
    "activityId": query(
        "activityId", "The activity, by its IRI.", {"type": "string", "format": "iri"}, required=True
    ),
    "agent": AGENT,
    "registration": query(
        "registration", "The registration; documents with and without one are different.", _UUID
    ),
    "since": query(
        "since", "Only ids of what changed after this time.", {"type": "string", "format": "date-time"}
    ),
}
_IF_MATCH = header("If-Match", "Only if the stored document has this ETag (Communication 3.1).")
_IF_NONE_MATCH = header(
    "If-None-Match", "Only if the stored document does not have this ETag; * for none at all."
)
_ANY = {"required": True, "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
_DONE: Json = {"204": {"description": "Done."}}
_CONFLICT = {"409": problem("There is a document, and no precondition says which one.")}
_MISSED = {"412": problem("The stored document is not the one that the precondition names.")}
_JSON = {"description": "A document that is JSON, or without an id an array of ids, newest first."}


def endpoints(resource: Resource) -> list[Endpoint]:
    """GET, PUT, POST and DELETE of one kind of document."""
    owner = [_PARAMETERS[name] for name in resource.owner]
    if resource.registration:
        owner.append(_PARAMETERS["registration"])
    one = [*owner, _id(resource, required=True)]
    maybe = [*owner, _id(resource, required=False)]
    conditions = [_IF_MATCH, _IF_NONE_MATCH]
    or_all = ", or all" if resource.clears else ""
    what = resource.kind.replace("_", " ")
    get, put, post, delete = [
        _of(resource, each) for each in (documents.get, documents.put, documents.post, documents.delete)
    ]
    return [
        Endpoint(
            resource.path, "GET", get, f"Read one {what} document, or the ids of all.",
            parameters=[*maybe, _PARAMETERS["since"], _IF_NONE_MATCH],
            responses=_found(),
        ),
        Endpoint(
            resource.path, "PUT", put, f"Store one {what} document.",
            parameters=[*one, *conditions], request_body=_ANY,
            responses=_DONE | _MISSED | _CONFLICT,
        ),
        Endpoint(
            resource.path, "POST", post, f"Store one {what} document, or merge a JSON object into it.",
            parameters=[*one, *conditions], request_body=_ANY, responses=_DONE | _MISSED,
        ),
        Endpoint(
            resource.path, "DELETE", delete, f"Delete one {what} document{or_all}.",
            parameters=[*(maybe if resource.clears else one), *conditions], responses=_DONE | _MISSED,
        ),
    ]  # fmt: skip


def _of(resource: Resource, handler: Callable[[Request, Resource], Awaitable[Response]]) -> Handler:
    async def answer(request: Request) -> Response:
        return await handler(request, resource)

    return answer


def _id(resource: Resource, *, required: bool) -> Json:
    schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_ID}
    return query(
        resource.id_name, f"The document's id, of at most {LONGEST_ID:,} bytes.", schema, required=required
    )


def _found() -> dict[str, Json]:
    found = content("The document, or the ids.", _JSON)
    found["content"]["*/*"] = {"schema": {"type": "string", "format": "binary"}}
    found["headers"] = {name: {"schema": {"type": "string"}} for name in ("ETag", "Last-Modified")}
    return {
        "200": found,
        "304": {"description": "It has the ETag that If-None-Match names."},
        "404": problem("There is no such document."),
    }
