"""The agent profile resource: what is known about an agent, /agents/profile (Communication 2.6)."""

from __future__ import annotations

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

ENDPOINTS = endpoints(RESOURCE)
