"""How far are the projections behind the log? Measured when somebody asks, but not again and again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Protocol

import psycopg

from lrs import metrics
from lrs.database.pool import Database
from lrs.errors import LRSError

LOG = logging.getLogger("lrs.http.lags")
# With thousands of tenants it takes a while: whoever asks is told what was so a moment ago.
FRESH_SECONDS = 5.0
PATIENCE_SECONDS = 0.5


class Lag(Protocol):
    """Over all tenants: events together, the longest wait, and events that were set aside."""

    @property
    def events(self) -> int: ...
    @property
    def seconds(self) -> float: ...
    @property
    def failures(self) -> int: ...


class Lags:
    """What was measured last, by name of the projection."""

    def __init__(self, database: Database, measure: Callable[[], Mapping[str, Lag]]) -> None:
        self.database = database
        self.measure = measure
        self._known: Mapping[str, Lag] = {}
        self._measured = float("-inf")
        self._measuring: asyncio.Task[None] | None = None

    async def known(self) -> Mapping[str, Lag]:
        """How it is, or how it was when it was measured last; the metrics say so too."""
        if self._measuring is None or self._measuring.done():
            if monotonic() - self._measured < FRESH_SECONDS:
                return self._known
            self._measuring = asyncio.create_task(self._measure())
        await asyncio.wait([self._measuring], timeout=PATIENCE_SECONDS)
        return self._known

    async def _measure(self) -> None:
        try:
            self._known = await self.database.run(self.measure)
            self._measured = monotonic()
        except (LRSError, psycopg.Error) as error:
            metrics.PROJECTION_UNKNOWN.inc()
            LOG.warning("cannot tell how far the projections are: %s", error)
        for name, lag in self._known.items():
            metrics.PROJECTION_LAG_EVENTS.labels(name).set(lag.events)
            metrics.PROJECTION_LAG_SECONDS.labels(name).set(lag.seconds)
            metrics.PROJECTION_FAILURES.labels(name).set(lag.failures)
