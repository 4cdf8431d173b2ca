"""How does one build come nearer to the head of its log? Batch by batch, rows and position in one commit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from psycopg import Connection

from lrs.database.pool import Database
from lrs.log.event_log import EventLog
from projections import apply, builds
from projections.builds import Build
from projections.projection import Projection


class Overtaken(Exception):
    """Somebody else moves this build now."""


@dataclass(frozen=True, slots=True)
class Follower:
    """Moves the builds of one projection of one tenant, in the name of a holder."""

    database: Database
    tenant: str
    projection: Projection
    holder: UUID

    def take(self, build: Build) -> bool:
        """Whether it is ours to move from now on."""
        if build.holder == self.holder:
            return True
        with self.database.connection() as connection:
            return builds.take(connection, self.tenant, build, self.holder)

    def advance(self, build: Build, *, until: int) -> Build:
        """Take in one batch of what lies before a position of the log; Overtaken if it is not ours."""
        with self.database.connection() as connection, connection.transaction():
            return self._advance(connection, build, until)

    def catch_up(self, build: Build, *, until: int) -> Build:
        """Take in everything up to a position."""
        while build.position < until:
            build = self.advance(build, until=until)
        return build

    def switch(self, build: Build) -> Build:
        """Let it be read from now on, at a position no earlier than what was read before."""
        with self.database.connection() as connection, connection.transaction():
            connection.execute(builds.QUERIES(self.tenant, "alone"))
            reached = builds.read_now(connection, self.tenant, build)
            while build.position < reached:
                build = self._advance(connection, build, reached)
            if not builds.move(connection, self.tenant, build, self.holder, build.position):
                raise Overtaken
            builds.finish(connection, self.tenant, build)
        return replace(build, finished=True)

    def _advance(self, connection: Connection[Any], build: Build, until: int) -> Build:
        """Only after the move nobody else can take it: what takes long comes after that."""
        log, wanted = EventLog(self.database, self.tenant), self.projection
        page = log.page(after=build.position, until=until, topics=wanted.topics, salted=wanted.salted)
        if not builds.move(connection, self.tenant, build, self.holder, page.position):
            raise Overtaken
        folded, failures = apply.fold(wanted, page.events)
        tables = apply.Tables(self.tenant, wanted, build)
        if folded:
            failures += tables.write(connection, folded)
        if wanted.closing:
            tables.close(connection, wanted.closing, build.position + 1, page.position)
        tables.set_aside(connection, failures)
        return replace(build, position=page.position)
