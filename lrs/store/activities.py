"""What do we know about this activity? (Communication 2.5)"""

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


def definitions(database: Database, tenant: str, iri: str) -> list[Json]:
    """Every definition that statements gave to the activity, each once, oldest first."""
    parameters = {"activity": UUID(bytes=rows.digest(iri.encode()))}
    with database.connection() as connection:
        found = connection.execute(QUERIES(tenant, "definitions"), parameters, binary=True)
        return [orjson.loads(definition) for (definition,) in found]


def merged(database: Database, tenant: str, iris: Sequence[str]) -> dict[str, Json]:
    """The one definition of each of these activities that has any (Communication 2.1.3, format canonical)."""
    by_digest = {UUID(bytes=rows.digest(iri.encode())): iri for iri in iris}
    said: dict[str, list[Json]] = {}
    with database.connection() as connection:
        parameters = {"activities": list(by_digest)}
        for digest, definition in connection.execute(
            QUERIES(tenant, "definitions_of"), parameters, binary=True
        ):
            said.setdefault(by_digest[digest], []).append(orjson.loads(definition))
    return {iri: activity.merge(definitions) for iri, definitions in said.items()}
