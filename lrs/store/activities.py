"""What do we know about this activity? (Communication 2.5)"""

from __future__ import annotations

from uuid import UUID

import orjson

from lrs.database import sql
from lrs.database.pool import Database
from lrs.store import rows
from lrs.xapi.vocabulary import Json

QUERIES = sql.Queries(__file__)


def definitions(database: Database, tenant: str, iri: str) -> list[Json]:
    """Every definition that statements gave to the activity, each once, oldest first."""
    parameters = {"activity": UUID(bytes=rows.digest(iri.encode()))}
    with database.connection() as connection:
        found = connection.execute(QUERIES(tenant, "definitions"), parameters, binary=True)
        return [orjson.loads(definition) for (definition,) in found]
