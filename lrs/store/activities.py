"""What do we know about these activities? (Communication 2.5, and 2.1.3 for the format canonical)"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from lrs.database import sql
from lrs.database.pool import Database
from lrs.store import rows
from lrs.xapi import activity
from lrs.xapi.vocabulary import Json

QUERIES = sql.Queries(__file__)


# Of one activity so many definitions are merged, the newest, and no further ones after so many bytes.
MOST_DEFINITIONS = 100
MOST_BYTES = 1024 * 1024
# So many activities are looked up at once: what was said of them is a hundred times what is merged of it.
AT_ONCE = 20


def merged(database: Database, tenant: str, iris: Sequence[str]) -> dict[str, Json]:
    """The one definition of each of these activities that has any, out of the newest that statements gave."""
    found: dict[str, Json] = {}
    for start in range(0, len(iris), AT_ONCE):
        found |= _merged(database, tenant, iris[start : start + AT_ONCE])
    return found


def sizes(database: Database, tenant: str, iris: Sequence[str]) -> dict[str, int]:
    """How many bytes the newest that was said of each activity has: what is merged has hardly ever more."""
    by_digest = _by_digest(iris)
    with database.connection() as connection:
        found = connection.execute(QUERIES(tenant, "sizes"), _parameters(by_digest), binary=True)
        return {by_digest[digest]: size for digest, size in found}


def _merged(database: Database, tenant: str, iris: Sequence[str]) -> dict[str, Json]:
    by_digest = _by_digest(iris)
    said: dict[str, list[Json]] = {}
    with database.connection() as connection:
        found = connection.execute(QUERIES(tenant, "definitions"), _parameters(by_digest), binary=True)
        for digest, definition in found:
            said.setdefault(by_digest[digest], []).append(orjson.loads(definition))
    return {iri: activity.merge(definitions) for iri, definitions in said.items()}


def _by_digest(iris: Sequence[str]) -> dict[UUID, str]:
    return {UUID(bytes=rows.digest(iri.encode())): iri for iri in iris}


def _parameters(by_digest: dict[UUID, str]) -> dict[str, Any]:
    return {"activities": list(by_digest), "most": MOST_DEFINITIONS, "bytes": MOST_BYTES}
