"""Which was the last position at a moment? One that cannot change any more, whoever still writes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from lrs.database.pool import Database
from lrs.errors import BadRequest, Fault, Unavailable
from lrs.log.event_log import EventLog
from lrs.xapi import time

PAUSE = 0.02
# Two clocks never agree quite.
SKEW = timedelta(seconds=1)


async def position(database: Database, tenant: str, as_of: int | datetime, *, seconds: float) -> int:
    """The last one at a time, or the position itself; BadRequest for what is not in the past."""
    log = EventLog(database, tenant)
    if isinstance(as_of, int):
        if as_of > (head := (await database.run(log.head)).position):
            raise _not_past(f"position {as_of} is after the last one of the log, {head}")
        return as_of
    if as_of > datetime.now(UTC) + SKEW:
        raise _not_past(f"{time.format(as_of)} lies in the future")
    try:
        async with asyncio.timeout(seconds):
            # What is being committed at this moment may have been stored before it.
            while True:
                if as_of <= await database.run(log.consistent_through):
                    return await database.run(_last_at, log, as_of)
                await asyncio.sleep(PAUSE)
    except TimeoutError:
        raise Unavailable from None


def _last_at(log: EventLog, time: datetime) -> int:
    with log.database.connection() as connection:
        return log.position_at(connection, time)


def _not_past(rule: str) -> BadRequest:
    return BadRequest(faults=[Fault("as_of", rule)])
