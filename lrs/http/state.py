"""The state resource: what an activity remembers of an agent, /activities/state (Communication 2.3)."""

from __future__ import annotations

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

ENDPOINTS = endpoints(RESOURCE)
