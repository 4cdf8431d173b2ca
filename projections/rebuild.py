"""How is a projection made anew while it is read? Beside the old build, whose place it takes when ready."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from lrs.database.pool import Database
from lrs.errors import OperatorError
from lrs.log.event_log import EventLog
from projections import builds
from projections.builds import Build
from projections.follow import Follower, Overtaken
from projections.projection import Projection

# Where it is, and where it has to get to.
Progress = Callable[[int, int], None]


def rebuild(database: Database, tenant: str, projection: Projection, *, progress: Progress) -> Build:
    """Build it beside the one that is read, then switch; what was begun before is gone on with."""
    log = EventLog(database, tenant)
    with making(database, tenant, projection, until=lambda: log.head().position, progress=progress) as (
        follower,
        build,
    ):
        return follower.switch(build)


def is_begun(database: Database, tenant: str, projection: Projection) -> bool:
    """Whether a new build is in the making, or waits for somebody who makes it."""
    with database.connection() as connection:
        standing = builds.look(connection, tenant).of(projection)
    return bool(standing) and not standing[0].finished


@contextmanager
def making(
    database: Database, tenant: str, projection: Projection, *, until: Callable[[], int], progress: Progress
) -> Iterator[tuple[Follower, Build]]:
    """A new build that has got as far as it should, ours until the end; OperatorError if another makes it."""
    follower = Follower(database, tenant, projection, uuid4())
    with database.connection() as connection:
        build = builds.begin(connection, tenant, projection, follower.holder, beside=True)
    try:
        if not follower.take(build):
            raise Overtaken
        while build.position < (head := until()):
            build = _caught_up(follower, build, head, progress)
        yield follower, build
    except Overtaken:
        raise OperatorError(
            f"{build.prefix} is being built by somebody else: wait for it, `lrs projections status` tells."
        ) from None
    finally:
        with database.connection() as connection:
            builds.release(connection, tenant, follower.holder)


def _caught_up(follower: Follower, build: Build, head: int, progress: Progress) -> Build:
    while build.position < head:
        build = follower.advance(build, until=head)
        progress(build.position, head)
    return build
