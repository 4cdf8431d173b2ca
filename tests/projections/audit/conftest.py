"""A log of any events, and the audit tree that a runner would make of it, batch by batch."""

from __future__ import annotations

import random
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import StoredEvent

from lrs.database import sql
from lrs.log.event_log import EventLog
from projections import builds, found
from projections.audit.project import AUDIT
from projections.follow import Follower
from projections.view import Views


class Story:
    """One tenant's log and its tree."""

    def __init__(self, database, tenant):
        self.database = database
        self.tenant = tenant
        self.log = EventLog(database, tenant)
        self.views = Views(database, found.projections())
        self._follower = Follower(database, tenant, AUDIT, uuid4())
        self._build = None

    def tell(self, count, *, seed=0, topic="statement-stored"):
        """Append so many events, the same for the same seed; their ids."""
        chance = random.Random(seed)  # noqa: S311
        ids = [UUID(bytes=chance.randbytes(16)) for _ in range(count)]
        stored = [StoredEvent(each, 1, topic, b'{"n":"%d"}' % chance.randrange(10**6)) for each in ids]
        with self.database.connection() as connection:
            self.log.append(connection, stored)
        return ids

    def follow(self, *, batches=()):
        """Take in what is new, first in batches of these sizes; the position that is reached."""
        head = self.log.head().position
        if self._build is None:
            with self.database.connection() as connection:
                self._build = builds.begin(connection, self.tenant, AUDIT, self._follower.holder)
        for size in batches:
            self._build = self._follower.advance(self._build, until=min(head, self._build.position + size))
        self._build = self._follower.catch_up(self._build, until=head)
        if not self._build.finished:
            self._build = self._follower.switch(self._build)
        return head

    def erase(self, position, leaf):
        """As the function that may will do it: what remains of the event is its leaf."""
        self.change(
            "UPDATE {t}.log SET state = '', salt = NULL, leaf = %s WHERE notification_id = %s", leaf, position
        )

    def change(self, statement, *parameters):
        """Change what nobody may change, as a superuser can."""
        with self.database.connection() as connection, connection.transaction():
            connection.execute(b"SET LOCAL session_replication_role = replica")
            text = statement.replace("{t}", sql.schema(self.tenant)).encode()
            return connection.execute(text, list(parameters)).rowcount

    def rows(self):
        """The tree, as it is kept."""
        text = f"SELECT level, index, hash FROM {sql.schema(self.tenant)}.audit_v1_hash ORDER BY level, index"  # noqa: S608
        with self.database.connection() as connection:
            return connection.execute(text.encode()).fetchall()


@pytest.fixture
def story(database, tenant):
    return Story(database, tenant)
