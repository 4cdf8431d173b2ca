"""Our vocabulary of events: what can happen, in the past tense, each with a topic that never changes."""

from __future__ import annotations

STATEMENT_STORED = "statement-stored"
DOCUMENT_STORED = "document-stored"
DOCUMENT_DELETED = "document-deleted"
KEY_ISSUED = "key-issued"
KEY_REVOKED = "key-revoked"
