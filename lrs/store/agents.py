"""By which names do we know this agent? (Communication 2.4)"""

from __future__ import annotations

from uuid import UUID

from lrs.database import sql
from lrs.database.pool import Database
from lrs.store import rows

QUERIES = sql.Queries(__file__)
# So many names of one agent are told, the newest, and no further ones after so many bytes.
MOST_NAMES = 100
MOST_BYTES = 1024 * 1024


def names(database: Database, tenant: str, ifi: str) -> list[str]:
    """The newest names that statements gave to the agent, each once, oldest first."""
    agent = UUID(bytes=rows.digest(ifi.encode()))
    parameters = {"agent": agent, "most": MOST_NAMES, "bytes": MOST_BYTES}
    with database.connection() as connection:
        found = connection.execute(QUERIES(tenant, "names"), parameters, binary=True)
        return [name.decode() for (name,) in found]
