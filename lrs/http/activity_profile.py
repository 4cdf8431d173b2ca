"""The activity profile resource: what is known about an activity, /activities/profile (Communication 2.7)."""

from __future__ import annotations

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

ENDPOINTS = endpoints(RESOURCE)
