"""In which format are statements answered? Exact is the stored text; ids and canonical are made from it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

import orjson
from starlette.requests import Request

from lrs.auth import scopes
from lrs.auth.caller import Caller
from lrs.http.context import context
from lrs.store import activities
from lrs.store.statements import Found
from lrs.xapi import format, raw, statement
from lrs.xapi.query import StatementQuery
from lrs.xapi.vocabulary import Json

LARGE = 1 << 17
T = TypeVar("T")


async def texts(
    request: Request, caller: Caller, asked: StatementQuery, found: Sequence[Found]
) -> list[bytes]:
    """The statements' texts in the format asked for (Communication 2.1.3)."""
    sent = [each.text for each in found]
    if asked.format == "exact":
        return sent
    documents = await _computed(sent, lambda: list(map(_document, found)))
    change: Callable[[bytes, Json], bytes] = format.ids
    if asked.format == "canonical":
        definitions = await _definitions(request, caller, documents)
        change = partial(
            _canonical,
            accept_language=request.headers.get("accept-language", ""),
            definitions=definitions,
            sizes={iri: len(orjson.dumps(each)) for iri, each in definitions.items()},
            most=context(request).settings.max_page_bytes,
        )
    return await _computed(sent, lambda: list(map(change, sent, documents)))


def _document(found: Found) -> Json:
    return found.document or raw.parse_stored(found.text)


def _canonical(
    text: bytes,
    document: Json,
    *,
    accept_language: str,
    definitions: Mapping[str, Json],
    sizes: Mapping[str, int],
    most: int,
) -> bytes:
    """In its own words where it names large activities so often that it would be too large for any page."""
    size = sum([sizes.get(each["id"], 0) for each in statement.activities(document)])
    return format.canonical(text, document, accept_language, definitions if size <= most else {})


async def _computed(sent: Sequence[bytes], compute: Callable[[], list[T]]) -> list[T]:
    """To parse and change long texts takes a while, in which other requests go on."""
    if sum(map(len, sent)) < LARGE:
        return compute()
    return await asyncio.to_thread(compute)


async def _definitions(request: Request, caller: Caller, documents: Sequence[Json]) -> Mapping[str, Json]:
    """What is known of the activities; who reads only their own statements learns nothing from others."""
    if scopes.only_mine(caller.scopes):
        return {}
    known = {activity["id"] for document in documents for activity in statement.activities(document)}
    database = context(request).database
    return await database.run(activities.merged, database, caller.tenant, sorted(known))
