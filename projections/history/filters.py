"""Which entries are asked for? By whom, about whom, of which kind and since when, as what finds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from uuid import UUID

import orjson

from lrs.errors import Gone, NotFound
from lrs.log import events, pages
from lrs.log.events import STATEMENT_STORED
from lrs.log.pages import fault
from lrs.xapi import actor
from projections.history import read
from projections.history.project import term
from projections.history.read import Wanted
from projections.learners.read import person
from projections.resource import View

_TOPICS = sorted(events.topics())
_ID = {"type": "string", "format": "uuid"}
PARAMETERS = (
    pages.query("learner", "What was said of her or done about her, by her id.", _ID),
    pages.query("by", "What a key or a person did, by name; or an authority, by its Agent in JSON."),
    pages.query("statement", "This statement, and what refers to it.", _ID),
    pages.query("topic", f"Only these topics, with commas between them: {', '.join(_TOPICS)}."),
    *pages.PARAMETERS,
)


def wanted(view: View, asked: Mapping[str, str], gone: int | None) -> Wanted:
    """What is asked for, as of the view; `gone` is the last one of the page before this one."""
    topics, statement = _topics(asked), _statement(asked)
    return Wanted(
        pages.span(asked, partial(read.last_at, view), last=view.position, gone=gone),
        list(_groups(view, asked, topics, statement)),
        topics,
        statement,
    )


def _groups(
    view: View, asked: Mapping[str, str], topics: frozenset[str], statement: UUID | None
) -> Iterable[set[UUID]]:
    """What is rare comes first, for that is looked through."""
    if statement:
        yield {term("statement", str(statement))}
    if "learner" in asked:
        yield _of_learner(view, asked["learner"])
    elif topics and STATEMENT_STORED not in topics and not statement:
        yield {term("topic", each) for each in topics}
    if "by" in asked:
        yield _by(view, asked["by"])


def _of_learner(view: View, learner: str) -> set[UUID]:
    """What names her, and what names an identifier that was hers as of the view."""
    try:
        herself = {term("learner", str(UUID(learner)))}
    except ValueError:
        raise fault("learner", "must be the id of a learner, a UUID") from None
    try:
        return herself | {term("of", each.ifi) for each in person(view, learner).identifiers}
    except (NotFound, Gone):  # she may have been erased, and that names her
        return herself


def _by(view: View, who: str) -> set[UUID]:
    """A key, its beginning and end, and the authority that it was issued with; or an authority itself."""
    if not who.startswith("{"):
        carried = {term("by", ifi) for ifi in read.authorities(view, who)}
        return {term("by", who), term("key", who)} | carried
    try:
        if ifi := actor.ifi(orjson.loads(who)):
            return {term("by", ifi)}
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        pass  # it is no Agent either
    raise fault("by", 'must be a name, or an Agent such as {"mbox": "mailto:mira@mail.example"}')


def _statement(asked: Mapping[str, str]) -> UUID | None:
    try:
        return UUID(asked["statement"]) if "statement" in asked else None
    except ValueError:
        raise fault("statement", "must be the id of a statement, a UUID") from None


def _topics(asked: Mapping[str, str]) -> frozenset[str]:
    found = frozenset(asked["topic"].split(",")) if "topic" in asked else frozenset()
    if unknown := sorted(found - events.topics()):
        raise fault("topic", f"{', '.join(map(repr, unknown))} is no topic; they are {', '.join(_TOPICS)}")
    return found
