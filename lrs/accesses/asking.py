"""What does the access log tell? A page of who read what of whom, and where the next one begins."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from uuid import UUID

import orjson

from lrs.accesses import access_log
from lrs.accesses.access_log import LAST, MANY, Noted
from lrs.database.pool import Database
from lrs.log import pages
from lrs.log.positions import whole_number
from lrs.xapi import time
from lrs.xapi.vocabulary import Json

SCHEMA: Json = orjson.loads(Path(__file__).with_name("schema").joinpath("access.json").read_bytes())
PARAMETERS = (
    pages.query(
        "learner",
        "Who read of her, by her id; what was read of several at once may have been of her, and is told too.",
        {"type": "string", "format": "uuid"},
    ),
    pages.query("by", "What a key read, or whom the command line named."),
    *pages.PARAMETERS,
)
# A learner, and all as whom she was known before her identifiers were linked.
Selves = Callable[[Database, str, UUID], Collection[UUID]]
ALLOWED = frozenset(each["name"] for each in PARAMETERS)


def page(database: Database, tenant: str, asked: Mapping[str, str], *, selves: Selves) -> Json:
    """A page of accesses, as schema/access.json describes it; BadRequest."""
    if unknown := sorted(set(asked) - ALLOWED):
        raise pages.fault(unknown[0], f"is no parameter; there are {', '.join(sorted(ALLOWED))}")
    gone = whole_number(asked["from"]) if "from" in asked else None
    if "from" in asked and gone is None:
        raise pages.no_more()
    span = pages.span(asked, partial(access_log.last_at, database, tenant), last=LAST, gone=gone)
    learners = selves(database, tenant, _learner(asked["learner"])) if "learner" in asked else ()
    found = access_log.page(database, tenant, span, learners=learners, by=asked.get("by"))
    shown = found[: span.limit]
    more = str(shown[-1].number) if len(found) > len(shown) else None
    return {"accesses": [_told(each) for each in shown], "more": more}


def _learner(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise pages.fault("learner", "must be the id of a learner, a UUID") from None


def _told(noted: Noted) -> Json:
    return {
        "number": noted.number,
        "at": time.format(noted.at),
        "by": noted.by,
        "label": noted.label,
        "learner": None if noted.learner == MANY else str(noted.learner),
        "what": noted.what,
        "position": noted.position,
        "purpose": noted.purpose or None,
    }
