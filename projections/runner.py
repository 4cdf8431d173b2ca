"""Who keeps the projections up to date? A runner; of several, one moves each build, and others take over."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from time import monotonic
from uuid import uuid4

import psycopg

from lrs.database.listener import Listener
from lrs.database.pool import Database
from lrs.errors import DatabaseTooSlow, DatabaseUnavailable, LRSError
from projections import builds
from projections.builds import Build, Look
from projections.follow import Follower, Overtaken
from projections.news import News
from projections.projection import Projection

LOG = logging.getLogger("projections.runner")
# Under steady writing a batch gathers so long: less work for the database, and nobody notices.
REST_SECONDS = 0.05
WAIT_SECONDS = 0.5
# What failed for another reason than an event, such as a missing right, is tried again so much later.
RETRY_SECONDS = 10.0


class Runner:
    """Follows the logs of all tenants, a batch for each in turn."""

    def __init__(
        self, database: Database, projections: Sequence[Projection], tenants: Callable[[], Sequence[str]]
    ) -> None:
        self.database = database
        self.projections = projections
        self.holder = uuid4()
        self._news = News(tenants)
        self._held: set[str] = set()
        self._not_before: dict[tuple[str, str], float] = {}

    def run(self) -> None:
        """Follow until stopped; what was begun is finished, and others may take over at once."""
        listener = Listener(self.database.conninfo, "lrs_log", self._news.ring).start()
        try:
            self._follow()
        finally:
            listener.stop()
            self._release()

    def stop(self) -> None:
        """Stop after the batch at hand; may be called in any thread."""
        self._news.stop()

    def _follow(self) -> None:
        behind: list[str] = []
        while True:
            try:
                due = self._news.take(at_once=bool(behind))
                if due is None:
                    return
                behind = [tenant for tenant in sorted({*due, *behind}) if self._visit(tenant)]
            except (LRSError, psycopg.Error) as error:
                LOG.warning("waiting for the database: %s", error)
                behind = []
                self._news.ring(None)
                self._news.wait(WAIT_SECONDS)
            if not behind:
                self._news.wait(REST_SECONDS)

    def _visit(self, tenant: str) -> bool:
        """One batch for each projection; whether there is more to do."""
        with self.database.connection() as connection:
            look = builds.look(connection, tenant)
        more = [self._serve(tenant, projection, look) for projection in self.projections]
        return any(more)

    def _serve(self, tenant: str, projection: Projection, look: Look) -> bool:
        if monotonic() < self._not_before.get((tenant, projection.name), 0):
            return False
        follower = Follower(self.database, tenant, projection, self.holder)
        try:
            self._tidy(tenant, projection, look)
            more = [self._advance(follower, build, look.head) for build in self._builds(follower, look)]
            return any(more)
        except Overtaken:
            return False
        except Exception as error:
            if isinstance(error, DatabaseUnavailable) and not isinstance(error, DatabaseTooSlow):
                raise
            self._not_before[tenant, projection.name] = monotonic() + RETRY_SECONDS
            LOG.error("%s cannot follow: %s", projection.name, _explain(error), extra={"tenant": tenant})
            return False

    def _builds(self, follower: Follower, look: Look) -> list[Build]:
        if standing := look.of(follower.projection):
            return standing
        with self.database.connection() as connection:
            return [builds.begin(connection, follower.tenant, follower.projection, self.holder)]

    def _advance(self, follower: Follower, build: Build, head: int) -> bool:
        if build.finished and build.position >= head:
            return False
        if build.held and build.holder != self.holder:
            return False
        if not follower.take(build):
            return False
        self._held.add(follower.tenant)
        if build.position < head:
            build = follower.advance(build, until=head)
        if not build.finished and build.position >= head:
            follower.switch(build)
            LOG.info("built", extra={"tenant": follower.tenant, "tables": build.prefix})
        return build.position < head

    def _tidy(self, tenant: str, projection: Projection, look: Look) -> None:
        if len([build for build in look.builds if build.name == projection.name]) < 2:
            return
        with self.database.connection() as connection:
            for build in builds.tidy(connection, tenant, projection, look):
                LOG.info("dropped", extra={"tenant": tenant, "tables": build.prefix})

    def _release(self) -> None:
        for tenant in self._held:
            try:
                with self.database.connection() as connection:
                    builds.release(connection, tenant, self.holder)
            except (LRSError, psycopg.Error):  # then they wait until it has run out
                return


def _explain(error: Exception) -> str:
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return f"{error.diag.message_primary}: run `lrs migrate --grant-to ROLE` as the owner of the tables"
    return f"{type(error).__name__}: {error}"
