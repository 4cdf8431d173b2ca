"""What has to be tidied now and then? Contents that were sent, and whose statements were refused."""

from __future__ import annotations

import asyncio
import logging
import random

from lrs.auth import tenants
from lrs.database.pool import Database
from lrs.errors import Unavailable
from lrs.store.blobs import Blobs

LOG = logging.getLogger("lrs.housekeeping")
EVERY_SECONDS = 6 * 3600


async def sweep_now_and_then(database: Database) -> None:
    """Remove unneeded blobs of all tenants, until cancelled; several processes may do so at once."""
    while True:
        await asyncio.sleep(EVERY_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311  so that processes take turns
        try:
            swept = await database.run(sweep, database)
            LOG.info("swept", extra={"blobs": swept})
        except Unavailable:
            LOG.warning("the database was away; sweeping waits for the next time")


def sweep(database: Database) -> int:
    """Remove the unneeded blobs of all tenants; how many."""
    return sum(Blobs(database).sweep(name) for name, _ in tenants.names(database))
