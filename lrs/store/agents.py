"""By which names do we know this agent? (Communication 2.4)"""

from __future__ import annotations

from uuid import UUID

from lrs.database import sql
from lrs.database.pool import Database
from lrs.store import rows

QUERIES = sql.Queries(__file__)


def names(database: Database, tenant: str, ifi: str) -> list[str]:
    """Every name that statements gave to the agent, each once, oldest first."""
    parameters = {"agent": UUID(bytes=rows.digest(ifi.encode()))}
    with database.connection() as connection:
        found = connection.execute(QUERIES(tenant, "names"), parameters, binary=True)
        return [name.decode() for (name,) in found]
