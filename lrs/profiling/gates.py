"""Which gate does a tenant have just now? Kept ready in every process until its profiles change."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from lrs.database import arrays
from lrs.database.listener import Listener
from lrs.database.pool import Database
from lrs.log.event_log import EventLog
from lrs.profiling import adding
from lrs.profiling.gate import Gate
from lrs.xapi import raw
from lrs.xapi.vocabulary import Json
from xapi_profiles import InvalidProfile, Profiles, load

LOG = logging.getLogger("lrs.profiles")
OFF, REJECT = "off", "reject"
# Compiled, a large profile takes a few megabytes.
MOST_COMPILED = 32


class Gates:
    """The gates of all tenants."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._gates: dict[str, Gate] = {}
        self._compiled: dict[tuple[str, ...], Profiles] = {}
        self._changes = 0
        self._listener = Listener(database.conninfo, "lrs_profiles", self.forget)

    def start(self) -> None:
        """Listen for changes; only then are gates kept at all."""
        self._listener.start()

    def stop(self) -> None:
        """Stop listening."""
        self._listener.stop()

    async def of(self, tenant: str) -> Gate:
        """The gate of a tenant."""
        at_hand = self.at_hand(tenant)
        return await self.database.run(self.load, tenant) if at_hand is None else at_hand

    def at_hand(self, tenant: str) -> Gate | None:
        """The same without waiting; None where one has to look."""
        return self._gates.get(tenant) if self._listener.hears else None

    def load(self, tenant: str) -> Gate:
        """The gate as the log has it."""
        changes = self._changes
        gate = Gate(self._rejecting(tenant), partial(_stored, self.database, tenant))
        if changes == self._changes:  # else something may have been adopted since we looked
            self._gates[tenant] = gate
        return gate

    def forget(self, tenant: str | None) -> None:
        """The profiles of a tenant have changed, or those of any."""
        self._changes += 1
        if tenant is None:
            self._gates.clear()
        else:
            self._gates.pop(tenant, None)

    def _rejecting(self, tenant: str) -> Profiles:
        """With the others in force beside them, whose templates their Patterns may use (Structure 9.0)."""
        policies = adding.policies(self.database, tenant)
        if REJECT not in policies.values():
            return Profiles([])
        found = adding.documents_of(self.database, tenant)
        in_force = [each for name, each in found.items() if policies.get(name) != OFF]
        key = tuple(sha256 for sha256, _ in in_force)
        if key not in self._compiled:
            if len(self._compiled) >= MOST_COMPILED:
                self._compiled.clear()
            self._compiled[key] = _compiled([document for _, document in in_force])
        return Profiles(each for each in self._compiled[key] if policies.get(each.id) == REJECT)


def _compiled(documents: Sequence[Json]) -> Profiles:
    """All of them; one that was good enough when it was added and is so no longer refuses nothing."""
    try:
        return load(*documents)
    except InvalidProfile as error:
        LOG.error("a profile cannot be used any more: %s", error)
        return load(*filter(_usable, documents))


def _usable(document: Json) -> bool:
    try:
        return len(load(document)) == 1
    except InvalidProfile:
        return False


def _stored(database: Database, tenant: str, id: str) -> Json | None:
    """A statement as it is in the log, voided or not."""
    key = arrays.sixteen(str(UUID(id)))
    with database.connection() as connection:
        state = EventLog(database, tenant).states(connection, [key]).get(key)
    return raw.parse_stored(state) or None if state else None  # what is no statement has no members
