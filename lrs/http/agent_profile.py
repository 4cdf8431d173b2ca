"""The agent profile resource: what is known about an agent, /agents/profile (Communication 2.6)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from lrs.http import documents
from lrs.http.document_endpoints import endpoints
from lrs.http.document_query import Resource

RESOURCE = Resource(
    kind="agent_profile",
    path="/xapi/agents/profile",
    id_name="profileId",
    owner=("agent",),
    reading="profile/read",
    writing="profile/write",
    section="Communication 2.6",
)


async def get_agent_profile(request: Request) -> Response:
    """200 with a profile document or, without profileId, with the ids of the agent's; 404."""
    return await documents.get(request, RESOURCE)


async def put_agent_profile(request: Request) -> Response:
    """Store a profile document; 204, 409, 412, and in xAPI 1.0.3 400 without a precondition."""
    return await documents.put(request, RESOURCE)


async def post_agent_profile(request: Request) -> Response:
    """Store a profile document, or merge a JSON object into it; 204, 412."""
    return await documents.post(request, RESOURCE)


async def delete_agent_profile(request: Request) -> Response:
    """Delete a profile document; 204, 412."""
    return await documents.delete(request, RESOURCE)


ENDPOINTS = endpoints(
    RESOURCE,
    get=get_agent_profile,
    put=put_agent_profile,
    post=post_agent_profile,
    delete=delete_agent_profile,
)
