"""What do we know about these activities? (Communication 2.5, and 2.1.3 for the format canonical)"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import orjson

from lrs.database import sql
from lrs.database.pool import Database
from lrs.store import rows
from lrs.xapi import activity
from lrs.xapi.vocabulary import Json

QUERIES = sql.Queries(__file__)


def merged(database: Database, tenant: str, iris: Sequence[str]) -> dict[str, Json]:
    """The one definition of each of these activities that has any, out of all that statements gave to it."""
    by_digest = {UUID(bytes=rows.digest(iri.encode())): iri for iri in iris}
    said: dict[str, list[Json]] = {}
    with database.connection() as connection:
        parameters = {"activities": list(by_digest)}
        for digest, definition in connection.execute(QUERIES(tenant, "definitions"), parameters, binary=True):
            said.setdefault(by_digest[digest], []).append(orjson.loads(definition))
    return {iri: activity.merge(definitions) for iri, definitions in said.items()}


def sizes(database: Database, tenant: str, iris: Sequence[str]) -> dict[str, int]:
    """How many bytes all that was said of each activity has: its definition has hardly ever more."""
    by_digest = {UUID(bytes=rows.digest(iri.encode())): iri for iri in iris}
    with database.connection() as connection:
        found = connection.execute(QUERIES(tenant, "sizes"), {"activities": list(by_digest)}, binary=True)
        return {by_digest[digest]: size for digest, size in found}
