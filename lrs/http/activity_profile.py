"""The activity profile resource: what is known about an activity, /activities/profile (Communication 2.7)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from lrs.http import documents
from lrs.http.document_endpoints import endpoints
from lrs.http.document_query import Resource

RESOURCE = Resource(
    kind="activity_profile",
    path="/xapi/activities/profile",
    id_name="profileId",
    owner=("activityId",),
    reading="profile/read",
    writing="profile/write",
    section="Communication 2.7",
)


async def get_activity_profile(request: Request) -> Response:
    """200 with a profile document or, without profileId, with the ids of the activity's; 404."""
    return await documents.get(request, RESOURCE)


async def put_activity_profile(request: Request) -> Response:
    """Store a profile document; 204, 409, 412, and in xAPI 1.0.3 400 without a precondition."""
    return await documents.put(request, RESOURCE)


async def post_activity_profile(request: Request) -> Response:
    """Store a profile document, or merge a JSON object into it; 204, 412."""
    return await documents.post(request, RESOURCE)


async def delete_activity_profile(request: Request) -> Response:
    """Delete a profile document; 204, 412."""
    return await documents.delete(request, RESOURCE)


ENDPOINTS = endpoints(
    RESOURCE,
    get=get_activity_profile,
    put=put_activity_profile,
    post=post_activity_profile,
    delete=delete_activity_profile,
)
