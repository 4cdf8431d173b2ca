"""Which words does the standard fix? Names that occur in statements, spelled once."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"

# Data 2.4.2.3: an actor carries exactly one of these, and that is who they are.
IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")

# Data 2.4.6.2: the ways in which a context names activities.
CONTEXT_ACTIVITIES = ("parent", "grouping", "category", "other")

# Data 2.4.4.1: what a question can be, and the lists of components that describe it.
INTERACTION_TYPES = (
    "true-false",
    "choice",
    "fill-in",
    "long-fill-in",
    "matching",
    "performance",
    "sequencing",
    "likert",
    "numeric",
    "other",
)
INTERACTION_COMPONENTS = ("choices", "scale", "source", "target", "steps")
