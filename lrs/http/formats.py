"""In which format are statements answered? Exact is the stored text; ids and canonical are made from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.requests import Request

from lrs.auth import scopes
from lrs.auth.caller import Caller
from lrs.http.context import context
from lrs.store import activities
from lrs.store.statements import Found
from lrs.xapi import format, raw, statement
from lrs.xapi.query import StatementQuery
from lrs.xapi.vocabulary import Json

DEEPEST = 1000


async def texts(
    request: Request, caller: Caller, asked: StatementQuery, found: Sequence[Found]
) -> list[bytes]:
    """The statements' texts in the format asked for (Communication 2.1.3)."""
    if asked.format == "exact":
        return [each.text for each in found]
    documents = [raw.parse(each.text, max_depth=DEEPEST) for each in found]
    if asked.format == "ids":
        return [format.ids(each.text, document) for each, document in zip(found, documents, strict=True)]
    definitions = await _definitions(request, caller, documents)
    language = request.headers.get("accept-language", "")
    return [
        format.canonical(each.text, document, language, definitions)
        for each, document in zip(found, documents, strict=True)
    ]


async def _definitions(request: Request, caller: Caller, documents: Sequence[Json]) -> Mapping[str, Json]:
    """What is known of the activities; who reads only their own statements learns nothing from others."""
    if scopes.only_mine(caller.scopes):
        return {}
    known = {
        activity["id"] for document in documents for activity in statement.activities(document, related=True)
    }
    database = context(request).database
    return await database.run(activities.merged, database, caller.tenant, sorted(known))
