"""The state resource: what an activity remembers of an agent, /activities/state (Communication 2.3)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from lrs.http import documents
from lrs.http.document_endpoints import endpoints
from lrs.http.document_query import Resource

RESOURCE = Resource(
    kind="state",
    path="/xapi/activities/state",
    id_name="stateId",
    owner=("activityId", "agent"),
    reading="state/read",
    writing="state/write",
    section="Communication 2.3",
    registration=True,
    clears=True,
)


async def get_state(request: Request) -> Response:
    """200 with a state document; without stateId with the ids of all, or of a registration; 404."""
    return await documents.get(request, RESOURCE)


async def put_state(request: Request) -> Response:
    """Store a state document, in xAPI 1.0.3 over whatever is there; 204, 409, 412."""
    return await documents.put(request, RESOURCE)


async def post_state(request: Request) -> Response:
    """Store a state document, or merge a JSON object into it; 204, 412."""
    return await documents.post(request, RESOURCE)


async def delete_state(request: Request) -> Response:
    """Delete a state document; without stateId all, or those of a registration; 204, 412."""
    return await documents.delete(request, RESOURCE)


ENDPOINTS = endpoints(RESOURCE, get=get_state, put=put_state, post=post_state, delete=delete_state)
