"""Who keeps the projections up to date? A runner; of several, one moves each build, and others take over."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import psycopg

from lrs.database.listener import Listener
from lrs.database.pool import Database
from lrs.errors import DatabaseTooSlow, DatabaseUnavailable, LRSError, NotGranted
from projections import builds
from projections.builds import Build, Look
from projections.follow import Follower, Overtaken
from projections.news import News
from projections.projection import Projection
from projections.setbacks import Setbacks

LOG = logging.getLogger("projections.runner")
# Under steady writing a batch gathers so long: less work for the database, and nobody notices.
REST_SECONDS = 0.05
WAIT_SECONDS = 0.5


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
        self._setbacks = Setbacks()

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
                everybody = sorted({*due, *behind})
                behind = [tenant for tenant in everybody if self._try(tenant, "", self._visit, tenant)]
            except (LRSError, psycopg.Error) as error:
                LOG.warning("waiting for the database: %s", error)
                behind = []
                self._news.ring(None)
                self._news.wait(WAIT_SECONDS)
            if not behind:
                self._news.wait(REST_SECONDS)

    def _try(self, tenant: str, name: str, work: Callable[..., bool], *args: Any) -> bool:
        """Do it, unless it rests; what stops it stops no other, but for a database that is away."""
        what = (tenant, name)
        if self._setbacks.rests(what):
            return False
        try:
            more = work(*args)
        except Overtaken:
            return False
        except Exception as error:
            if self._is_away(error):
                raise
            self._setbacks.failed(what)
            LOG.error("%s cannot follow: %s", name or "nothing", _explain(error), extra={"tenant": tenant})
            return False
        self._setbacks.passed(what)
        return more

    def _is_away(self, error: Exception) -> bool:
        """Whether all would fail alike; a connection may also break by what was done over it."""
        if not isinstance(error, DatabaseUnavailable) or isinstance(error, DatabaseTooSlow | NotGranted):
            return False
        try:
            self.database.ping()
        except LRSError:
            return True
        return False

    def _visit(self, tenant: str) -> bool:
        """One batch for each projection; whether there is more to do."""
        with self.database.connection() as connection:
            look = builds.look(connection, tenant)
        more = [self._try(tenant, each.name, self._serve, tenant, each, look) for each in self.projections]
        return any(more)

    def _serve(self, tenant: str, projection: Projection, look: Look) -> bool:
        follower = Follower(self.database, tenant, projection, self.holder)
        self._tidy(tenant, projection, look)
        more = [self._advance(follower, build, look.head) for build in self._builds(follower, look)]
        return any(more)

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
            most = self._setbacks.most((follower.tenant, build.name))
            build = follower.advance(build, until=min(head, build.position + most))
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
