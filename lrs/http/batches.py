"""Which statements does this request bring? Read, checked whole, and prepared for the log."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import uuid4

from starlette.requests import Request

from lrs.auth import scopes
from lrs.errors import BadRequest, Fault, InvalidStatement, TooLarge
from lrs.http import bodies, headers, multipart
from lrs.http.admission import Admitted
from lrs.http.context import context
from lrs.http.multipart import Part, Received
from lrs.log.writer import Entry
from lrs.settings import Settings
from lrs.store import statements
from lrs.store.rows import Attached
from lrs.store.statements import Authority
from lrs.xapi import attachment, check, raw, signature
from lrs.xapi.vocabulary import Json

# After so many statements the event loop gets to serve other requests.
BREATH = 50
# Who sends more faults than these at once will look at the first of them first.
MOST_FAULTS = 1000


class Batch(NamedTuple):
    """The statements of a request: parsed, their own texts, and the contents that came with them."""

    documents: list[Json]
    texts: list[bytes]
    parts: Sequence[Part]
    single: bool


async def read(request: Request) -> Batch:
    """The statements in the body, as JSON or multipart/mixed (Communication 1.5); not yet checked."""
    settings = context(request).settings
    received = await _receive(request, settings)
    value = raw.parse(received.statements, max_depth=settings.max_nesting)
    if not isinstance(value, list):
        return Batch([value], [received.statements], received.parts, single=True)
    if len(value) > settings.max_batch:
        raise TooLarge(f"A request may bring at most {settings.max_batch} statements, not {len(value)}.")
    return Batch(value, raw.split(received.statements), received.parts, single=False)


async def prepare(batch: Batch, admitted: Admitted, *, put_id: str | None = None) -> list[Entry]:
    """Entries for the log; InvalidStatement with every fault of every statement."""
    await _check(batch, admitted)
    caller, version = admitted
    attached = _attached(batch)
    authority = Authority(caller.authority, caller.authority_text)
    define = scopes.may_define(caller.scopes)
    entries = []
    for number, (text, document, own) in enumerate(zip(batch.texts, batch.documents, attached, strict=True)):
        if number % BREATH == BREATH - 1:
            await asyncio.sleep(0)
        entries.append(
            statements.prepare(
                text,
                document,
                new_id=put_id or ("" if "id" in document else str(uuid4())),
                authority=authority,
                version=version,
                attached=own,
                define=define,
            )
        )
    return entries


async def _receive(request: Request, settings: Settings) -> Received:
    media_type = (headers.get(request.scope, b"content-type") or "").partition(";")[0].strip().lower()
    limits: dict[str, Any] = {"timeout": settings.body_timeout}
    if media_type == "multipart/mixed":
        return await multipart.receive(
            request, max_body=settings.max_body, max_attachment=settings.max_attachment, **limits
        )
    if media_type != "application/json":
        fault = Fault("Content-Type", "must be application/json or multipart/mixed", "Communication 1.5")
        raise BadRequest(faults=[fault])
    return Received(await bodies.read(request, limit=settings.max_body, **limits), [])


async def _check(batch: Batch, admitted: Admitted) -> None:
    faults: list[Fault] = []
    for number, document in enumerate(batch.documents):
        if number % BREATH == BREATH - 1:
            await asyncio.sleep(0)
        faults += check.statement(document, admitted.version, at="" if batch.single else f"/{number}")
        if len(faults) > MOST_FAULTS:
            break
    if not faults:
        faults += check.duplicates(batch.documents)
        faults += attachment.check(batch.documents[0] if batch.single else batch.documents, batch.parts)
    if not faults and batch.parts:
        faults += _check_signatures(batch)
    if faults:
        raise InvalidStatement(faults=faults[:MOST_FAULTS])


def _check_signatures(batch: Batch) -> list[Fault]:
    """Data 2.6: a signature must be a JWS of the statement that it comes with."""
    parts = {part.sha2: part for part in batch.parts}
    return [
        fault
        for number, document in enumerate(batch.documents)
        for sha2 in signature.sha2s(document)
        if sha2 in parts
        for fault in signature.check(document, parts[sha2].content(), at="" if batch.single else f"/{number}")
    ]


def _attached(batch: Batch) -> list[list[Attached]]:
    """For each statement the contents that came with it."""
    if not batch.parts:
        return [[]] * len(batch.documents)
    parts = {part.sha2: Attached(bytes.fromhex(part.sha2), part.content_type) for part in batch.parts}
    return [
        [parts[each.sha2] for each in needed if each.sha2 in parts]
        for needed in attachment.needed(batch.documents)
    ]
