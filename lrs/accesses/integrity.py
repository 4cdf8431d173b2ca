"""Is the access log whole? Its numbers go on without a gap to the last one given, and so do its times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from psycopg import Connection

from lrs.accesses.access_log import QUERIES
from lrs.log.event_log import Recorded
from lrs.log.integrity import Wrong


class AccessCheck:
    """Looks at the access log only, for the log says nothing of it; its oldest rows may have been let go."""

    def __init__(self, connection: Connection[Any], tenant: str) -> None:
        self._connection = connection
        self._tenant = tenant

    def see(self, _: Recorded) -> Iterator[Wrong]:
        """Nothing follows from an event."""
        return iter(())

    def end(self) -> Iterator[Wrong]:
        """The first row that does not go on from the one before, or the last one where others are missing."""
        for (number,) in self._connection.execute(QUERIES(self._tenant, "torn")):
            yield Wrong("access", f"number {number}", "does not go on from the one before it")
        for last, given in self._connection.execute(QUERIES(self._tenant, "ended")):
            yield Wrong("access", f"number {last}", f"is the last one, where {given} were noted")
