"""The statement resource: PUT, POST, GET and HEAD /statements (Communication 2.1)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache, wraps

import orjson
from starlette.requests import Request
from starlette.responses import Response

from lrs.auth import scopes
from lrs.auth.caller import Caller
from lrs.errors import BadRequest, DatabaseUnavailable, Fault, LRSError
from lrs.http import accesses, attachments, batches, errors, formats, holding, intake, sessions
from lrs.http.addresses import address
from lrs.http.admission import CALLER, admit, parameters, query_pairs
from lrs.http.answers import JSONAnswer
from lrs.http.batches import Batch
from lrs.http.context import context
from lrs.http.routes import Handler
from lrs.log.writer import Entry
from lrs.store.statements import Found
from lrs.xapi import query as queries
from lrs.xapi import time
from lrs.xapi.query import StatementQuery

BOUND = "lrs.consistent_through"
THROUGH = b"x-experience-api-consistent-through"
# Why what came the short way could not be stored.
FAILED = "lrs.failed"
NO_PARAMETERS: frozenset[str] = frozenset()
# Parsed, as all formats but exact need it, a text takes about so many times its bytes.
PARSED = 8


def consistent(handler: Handler) -> Handler:
    """Communication 2.1.3: every answer of this resource says through when it is consistent."""

    @wraps(handler)
    async def answer(request: Request) -> Response:
        try:
            response = await handler(request)
        except LRSError as error:
            response = errors.answer(request, error)
        response.raw_headers.append((THROUGH, written(await _bound(request))))
        return response

    return answer


@consistent
async def post_statements(request: Request) -> Response:
    """Store a statement or a batch, all or nothing; 200 with the ids in order (Communication 2.1.2)."""
    if error := request.scope.get(FAILED):
        raise error
    admitted = await admit(request, "statements/write")
    parameters(request, NO_PARAMETERS)
    batch = await batches.read(request)
    try:
        gate = await context(request).gates.of(admitted.caller.tenant)
        entries = await intake.prepare(batch, admitted, gate)
        await _store(request, admitted.caller, batch, entries)
    finally:
        _close(batch)
    return JSONAnswer(orjson.dumps([each.id for each in entries]))


@consistent
async def put_statement(request: Request) -> Response:
    """Store one statement under the id that the client chose; 204 (Communication 2.1.1)."""
    admitted = await admit(request, "statements/write")
    statement_id = _put_id(parameters(request, frozenset({"statementId"})))
    batch = await batches.read(request)
    try:
        if not batch.single:
            raise BadRequest("PUT stores one statement; send a batch with POST.")
        gate = await context(request).gates.of(admitted.caller.tenant)
        entries = await intake.prepare(batch, admitted, gate, put_id=statement_id)
        await _store(request, admitted.caller, batch, entries)
    finally:
        _close(batch)
    return Response(status_code=204)


@consistent
async def get_statements(request: Request) -> Response:
    """One statement by its id, or those that match, newest first (Communication 2.1.3)."""
    caller, version = await admit(request, "statements/read")
    rooms = context(request)
    asked = queries.parse(query_pairs(request), version, max_limit=rooms.settings.max_limit)
    asked = sessions.narrowed(caller, asked)
    request.scope[BOUND] = await rooms.statements.consistent_through(caller.tenant)
    mine = caller.authority_text if scopes.only_mine(caller.scopes) else None
    if statement_id := asked.statement_id or asked.voided_statement_id:
        voided = asked.voided_statement_id is not None
        found = await holding.read(
            request,
            lambda found: _weight(asked, [found]),
            rooms.statements.get,
            caller.tenant,
            statement_id,
            voided=voided,
            mine=mine,
        )
        sessions.require_hers(caller, found.text)
        return await _answer_one(request, caller, asked, found)
    page = await holding.read(
        request,
        lambda page: _weight(asked, page.statements),
        rooms.statements.find,
        caller.tenant,
        asked,
        mine=mine,
    )
    texts = await formats.texts(request, caller, asked, page.statements)
    body = b'{"statements":[%b],"more":%b}' % (b",".join(texts), _more(request, asked, page.cursor))
    return await _answer(request, caller, asked, page.statements, body)


async def _answer_one(request: Request, caller: Caller, asked: StatementQuery, found: Found) -> Response:
    (text,) = await formats.texts(request, caller, asked, [found])
    response = await _answer(request, caller, asked, [found], text)
    response.headers["Last-Modified"] = _http_date(time.parse(_stored(found.text)))
    return response


async def _answer(
    request: Request, caller: Caller, asked: StatementQuery, found: list[Found], body: bytes
) -> Response:
    rooms = context(request)
    if rooms.settings.note_statement_reads:
        await accesses.note(request, caller, position=max((each.position for each in found), default=0))
    if not asked.attachments:
        holding.takes(request, len(body))
        return JSONAnswer(body)
    positions = [each.position for each in found]
    blobs = await rooms.database.run(rooms.statements.attachments, caller.tenant, positions)
    return attachments.answer(request, body, caller.tenant, blobs)


def _weight(asked: StatementQuery, found: list[Found]) -> int:
    """How much of the memory these take until they are an answer, with attachments as far as it goes."""
    texts = sum([len(each.text) for each in found])
    parsed = texts if asked.format == "exact" else texts * PARSED
    return parsed + attachments.MEMORY if asked.attachments else parsed


async def _store(request: Request, caller: Caller, batch: Batch, entries: list[Entry]) -> None:
    rooms = context(request)
    async with sessions.storing(request, caller, batch.texts):
        for part in batch.parts:
            await rooms.database.run(rooms.blobs.write, caller.tenant, part)
        await rooms.statements.store(caller.tenant, entries)


def _close(batch: Batch) -> None:
    for part in batch.parts:
        part.close()


def _put_id(given: dict[str, str]) -> str:
    if "statementId" not in given:
        raise BadRequest(faults=[Fault("statementId", "is required", "Communication 2.1.1")])
    asked = queries.parse(list(given.items()), "2.0.0", max_limit=1)
    return str(asked.statement_id)


def _more(request: Request, asked: StatementQuery, cursor: int | None) -> bytes:
    """A relative IRL to the rest: the same question, going on at a position, or nothing."""
    if cursor is None:
        return b'""'
    path = address(request, request.scope["path"])
    return orjson.dumps(f"{path}?{queries.to_params(asked, cursor=cursor)}")


async def _bound(request: Request) -> datetime:
    """The bound that held before the answer was read; for a stranger, who has no tenant, there is none."""
    if bound := request.scope.get(BOUND):
        return bound  # type: ignore[no-any-return]
    caller: Caller | None = request.scope.get(CALLER)
    if caller is None:
        return time.EPOCH
    rooms = context(request)
    try:
        return await rooms.statements.consistent_through(caller.tenant)
    except DatabaseUnavailable:
        return rooms.statements.known_bound(caller.tenant)


def _stored(text: bytes) -> str:
    """The store wrote it last; parsing the rest would fail for numbers that no double can hold."""
    return text[text.rindex(b'"', 0, -2) + 1 : -2].decode()


@lru_cache(maxsize=1024)
def written(bound: datetime) -> bytes:
    """A bound as a header has it."""
    return time.format(bound).encode()


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
