"""How do the statements of a file get into the log? Checked, prepared and written as a request's are."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

from lrs.cli import contents
from lrs.cli.reading import Line
from lrs.database.pool import Database
from lrs.errors import BadRequest, InvalidStatement, MalformedJSON, StatementConflict, TooLarge
from lrs.log.writer import MOST_BYTES, Entry, Writer
from lrs.profiling.gates import Gates
from lrs.store import statements
from lrs.store.index import Index
from lrs.store.statements import Authority
from lrs.xapi import check, raw
from lrs.xapi.version import Version
from lrs.xapi.vocabulary import Json

BATCH = 500
# One is committed and the next waits, while a third is being filled.
MOST_ON_THE_WAY = 2

Reject = Callable[[Line, str], bool]


@dataclass
class Tally:
    """How many statements were accepted, how many of them were new, and how many lines were not."""

    accepted: int = 0
    stored: int = 0
    rejected: int = 0

    @property
    def already_there(self) -> int:
        return self.accepted - self.stored


class Prepared(NamedTuple):
    """A line that is a statement, ready for the log."""

    line: Line
    entry: Entry


class Importer:
    """Writes statements into one tenant. `reject` is told of each bad line and says whether to go on."""

    def __init__(
        self,
        database: Database,
        tenant: str,
        *,
        authority: Authority,
        version: Version | None,
        max_nesting: int,
        reject: Reject,
    ) -> None:
        self.database = database
        self.tenant = tenant
        self.authority = authority
        self.version = version
        self.max_nesting = max_nesting
        self.reject = reject
        self.gate = Gates(database).load(tenant)
        self.tally = Tally()
        self._writer = Writer(database, _Counting(self.tally))
        self._batch: dict[str, Prepared] = {}
        self._size = 0
        self._on_the_way: deque[tuple[Sequence[Prepared], asyncio.Task[datetime]]] = deque()
        self._going_on = True

    async def run(self, lines: Iterable[Line]) -> bool:
        """Import these lines; False where a bad one ended it. What came before that line is stored."""
        try:
            for line in lines:
                await self._take(line)
                if not self._going_on:
                    break
            await self._send()
            while self._on_the_way:
                await self._land()
        finally:
            await asyncio.gather(*(task for _, task in self._on_the_way), return_exceptions=True)
        return self._going_on

    def close(self) -> None:
        """Finish what was begun."""
        self._writer.close()

    async def _take(self, line: Line) -> None:
        try:
            entry = self._prepare(line)
        except BadRequest as error:
            self._refuse(line, _reason(error))
            return
        if entry.id in self._batch:  # the first must be stored before the second can be compared with it
            await self._send()
        self._batch[entry.id] = Prepared(line, entry)
        self._size += len(entry.event.state)
        if len(self._batch) == BATCH or self._size > MOST_BYTES:
            await self._send()

    def _prepare(self, line: Line) -> Entry:
        if line.fault:
            raise MalformedJSON(line.fault)
        document = raw.parse(line.text, max_depth=self.max_nesting)
        version = self._check(document)
        self._check_profiles(document)
        return statements.prepare(
            line.text,
            document,
            new_id="" if "id" in document else derived_id(line.text),
            authority=self.authority,
            version=version,
            attached=contents.attached(self.database, self.tenant, document),
        )

    def _check(self, document: Any) -> Version:
        """The version whose rules it keeps; InvalidStatement if none."""
        candidates = [self.version] if self.version else candidate_versions(document)
        faults = check.statement(document, candidates[0])
        if not faults:
            return candidates[0]
        for other in candidates[1:]:
            if not check.statement(document, other):
                return other
        raise InvalidStatement(faults=faults)

    def _check_profiles(self, document: Json) -> None:
        """InvalidStatement with what profiles refuse; lines further down are not looked at."""
        beside = self._unsettled() if self.gate.refers else {}
        if self.gate.shut and (faults := self.gate.faults(document, self.authority.document, beside=beside)):
            raise InvalidStatement(faults=faults)

    def _unsettled(self) -> dict[str, Json]:
        """What was accepted and may not be stored yet."""
        waiting = [*self._batch.values(), *(each for batch, _ in self._on_the_way for each in batch)]
        return {each.entry.id: raw.parse_stored(each.line.text) for each in waiting}

    async def _send(self) -> None:
        if self._batch:
            batch, self._batch, self._size = list(self._batch.values()), {}, 0
            self._on_the_way.append((batch, self._store(batch)))
        await asyncio.sleep(0)  # so that it starts
        while len(self._on_the_way) > MOST_ON_THE_WAY:
            await self._land()

    def _store(self, batch: Sequence[Prepared]) -> asyncio.Task[datetime]:
        return asyncio.create_task(self._writer.append(self.tenant, [each.entry for each in batch]))

    async def _land(self) -> None:
        """Wait for the oldest batch."""
        await self._settle(*self._on_the_way[0])
        self._on_the_way.popleft()

    async def _settle(self, batch: Sequence[Prepared], task: asyncio.Task[datetime]) -> None:
        """Where some of it contradicts what is stored, store the others; where it is too much, the halves."""
        try:
            await task
            self.tally.accepted += len(batch)
        except StatementConflict as conflict:
            refused = {int(fault.pointer.split("/")[1]): fault.rule for fault in conflict.faults}
            if rest := [each for number, each in enumerate(batch) if number not in refused]:
                await self._settle(rest, self._store(rest))
            for number, rule in refused.items():
                self._refuse(batch[number].line, f"/id: {rule}, with other content")
        except TooLarge:  # of several at once; one alone is never refused for its references
            middle = (len(batch) + 1) // 2
            for half in (batch[:middle], batch[middle:]):
                await self._settle(half, self._store(half))

    def _refuse(self, line: Line, reason: str) -> None:
        self.tally.rejected += 1
        self._going_on = self.reject(line, reason) and self._going_on


def derived_id(text: bytes) -> str:
    """The id of a statement that has none: the same for the same text, so that importing twice stores once.

    It looks like the ids that the store makes, UUID version 4, since clients in use refuse others.
    """
    return str(UUID(bytes=blake2b(text, digest_size=16).digest(), version=4))


def candidate_versions(document: Any) -> list[Version]:
    """Whose rules may it keep? Those of its own version; without one, the newer's, or else the older's."""
    own = document.get("version") if isinstance(document, dict) else None
    if isinstance(own, str):
        return ["1.0.3"] if own.startswith("1.0") else ["2.0.0"]
    return ["2.0.0", "1.0.3"]


class _Counting(Index):
    """Counts what is new."""

    def __init__(self, tally: Tally) -> None:
        super().__init__()
        self._tally = tally

    def committed(self, tenant: str, added: Sequence[Any]) -> None:
        super().committed(tenant, added)
        self._tally.stored += len(added)


def _reason(error: BadRequest) -> str:
    return "; ".join(map(str, error.faults)) or error.message
