"""What of a request goes into the log? Each statement parsed, checked and prepared: all of them or none."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from lrs.auth import scopes
from lrs.errors import Fault, InvalidStatement, MalformedJSON
from lrs.http.admission import Admitted
from lrs.http.batches import Batch
from lrs.log.writer import Entry
from lrs.profiling.gate import Gate
from lrs.store import statements
from lrs.store.rows import Attached
from lrs.store.statements import Authority
from lrs.xapi import attachment, check, raw, signature
from lrs.xapi.attachment import Needed
from lrs.xapi.vocabulary import Json

# After so many bytes of statements the event loop serves other requests; what is longer is a thread's work.
BREATH = 1 << 16
# Each of these may have taken a while to find.
MOST_WRONG_SIGNATURES = 10


async def prepare(batch: Batch, admitted: Admitted, gate: Gate, *, put_id: str | None = None) -> list[Entry]:
    """Entries for the log; InvalidStatement with every fault of every statement, MalformedJSON."""
    intake = _Intake(batch, admitted, gate, put_id)
    taken = 0
    for number, text in enumerate(batch.texts):
        if len(text) > BREATH:
            await asyncio.to_thread(intake.take, number, text)
        else:
            intake.take(number, text)
        if len(intake.faults) >= check.MOST_FAULTS:
            break
        taken += len(text)
        if taken > BREATH:
            taken = 0
            await asyncio.sleep(0)
    entries = intake.entries()
    if intake.referring:
        await asyncio.to_thread(intake.check_profiles)
    if intake.signed:
        await asyncio.to_thread(intake.check_signatures)
    return entries


def prepare_at_once(batch: Batch, admitted: Admitted, gate: Gate) -> list[Entry]:
    """The same for less than a breath of statements without attachments; the gate looks at no others."""
    intake = _Intake(batch, admitted, gate, None)
    for number, text in enumerate(batch.texts):
        intake.take(number, text)
    return intake.entries()


class _Intake:
    """The statements of one request so far; one with a fault is the end of all."""

    __slots__ = (
        "_announced", "_entries", "authority", "batch", "define", "faults", "gate", "parts", "put_id",
        "referring", "signed", "version",
    )  # fmt: skip

    def __init__(self, batch: Batch, admitted: Admitted, gate: Gate, put_id: str | None) -> None:
        self.batch = batch
        self.gate = gate if gate.shut else None
        self.put_id = put_id
        self.version = admitted.version
        self.authority = Authority(admitted.caller.authority, admitted.caller.authority_text)
        self.define = scopes.may_define(admitted.caller.scopes)
        self.parts = {part.sha2: part for part in batch.parts}
        self.faults: list[Fault] = []
        self._entries: list[Entry] = []
        self._announced: list[Needed] = []
        self.signed: list[tuple[str, Json]] = []
        # What profiles look at when all are here, for they look at what each refers to.
        self.referring: list[tuple[str, Json]] = []

    def take(self, number: int, text: bytes) -> None:
        """Check one statement, and prepare it unless there is a fault already."""
        at = self.batch.at(number)
        document = self._parse(text)
        faults = check.statement(document, self.version, at=at)
        if self.put_id and isinstance(document, dict):
            faults += _check_put(document, self.put_id)
        if self.gate and not faults:
            faults = self._at_gate(self.gate, document, at)
        self.faults += faults
        if not self.faults:
            self._entries.append(self._prepare(text, document, self._attached(document, at)))

    def entries(self) -> list[Entry]:
        """All of them, after the checks that look at them together."""
        self.faults = self.faults or check.duplicates([each.id for each in self._entries])
        self.faults = self.faults or attachment.check(self._announced, self.batch.parts)
        if self.faults:
            raise InvalidStatement(faults=self.faults[: check.MOST_FAULTS])
        return self._entries

    def check_signatures(self) -> None:
        """Data 2.6: a signature must be a JWS of the statement that it comes with."""
        content: tuple[str, bytes] = "", b""
        for at, document in self.signed:
            for sha2 in signature.sha2s(document):
                if sha2 in self.parts and len(self.faults) < MOST_WRONG_SIGNATURES:
                    content = content if content[0] == sha2 else (sha2, self.parts[sha2].content())
                    self.faults += signature.check(document, content[1], at=at)
        if self.faults:
            raise InvalidStatement(faults=self.faults)

    def check_profiles(self) -> None:
        """What profiles refuse, now that what statements refer to can be looked up."""
        assert self.gate  # noqa: S101  else there are none
        beside = {document["id"].lower(): document for _, document in self.referring if "id" in document}
        for at, document in self.referring:
            self.faults += self.gate.faults(document, self.authority.document, at=at, beside=beside)
        if self.faults:
            raise InvalidStatement(faults=self.faults[: check.MOST_FAULTS])

    def _at_gate(self, gate: Gate, document: Json, at: str) -> list[Fault]:
        if not gate.refers:
            return gate.faults(document, self.authority.document, at=at)
        self.referring.append((at, document))
        return []

    def _parse(self, text: bytes) -> Json:
        try:
            document: Json = raw.parse(text, max_depth=self.batch.max_nesting)
        except MalformedJSON:
            if not self.batch.single:
                raw.parse(b"[%b]" % b",".join(self.batch.texts), max_depth=self.batch.max_nesting + 1)
            raise
        return document

    def _attached(self, document: Json, at: str) -> list[Attached]:
        needed = attachment.needed(document, at=at)
        self._announced += needed
        if not self.parts:
            return []
        if signature.sha2s(document):
            self.signed.append((at, document))
        here = [(each, self.parts[each.sha2]) for each in needed if each.sha2 in self.parts]
        return [Attached(bytes.fromhex(each.sha2), part.content_type) for each, part in here]

    def _prepare(self, text: bytes, document: Json, attached: list[Attached]) -> Entry:
        return statements.prepare(
            text,
            document,
            new_id=self.put_id or ("" if "id" in document else str(uuid4())),
            authority=self.authority,
            version=self.version,
            attached=attached,
            define=self.define,
        )


def _check_put(document: Json, put_id: str) -> list[Fault]:
    inside = document.get("id", put_id)
    if isinstance(inside, str) and inside.lower() != put_id:
        return [Fault("/id", "must be equal to the parameter statementId", "Communication 2.1.1")]
    return []
