"""What does a GET of statements ask for? The query parameters, read and written (Communication 2.1.3)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote, urlencode

from lrs.errors import BadRequest, Fault, MalformedJSON
from lrs.xapi import actor, check, raw, time
from lrs.xapi.version import Version

_SECTION = "Communication 2.1.3"
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# Wider than the rule for statements, so that whatever was stored can be asked for.
_IRI = re.compile(r"[A-Za-z][-+.0-9A-Za-z]*:\S*")
# Eighteen digits fit the database's bigint.
_WHOLE_NUMBER = re.compile(r"[0-9]{1,18}")
_MAX_DEPTH_OF_AN_AGENT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementQuery:
    """A valid query: ids in lower case, `agent` as its ifi, a limit that the store is willing to serve."""

    statement_id: str | None = None
    voided_statement_id: str | None = None
    agent: str | None = None
    agent_json: str | None = None
    verb: str | None = None
    activity: str | None = None
    registration: str | None = None
    related_agents: bool = False
    related_activities: bool = False
    since: datetime | None = None
    until: datetime | None = None
    limit: int
    format: Literal["ids", "exact", "canonical"] = "exact"
    attachments: bool = False
    ascending: bool = False
    cursor: int | None = None


def parse(params: Sequence[tuple[str, str]], version: Version, *, max_limit: int) -> StatementQuery:
    """The query that these decoded parameters make; raises BadRequest with every fault in them."""
    values: dict[str, Any] = {}
    faults = [*_unknown(params), *_repeated(params), *_not_together(params)]
    for name, text in params:
        if name in _PARAMETERS:
            faults += _read(name, text, version, values)
    if faults:
        raise BadRequest(faults=faults)
    # Communication 2.1.3: no limit and 0 both mean as many as the store is willing to return.
    values["limit"] = min(values.get("limit") or max_limit, max_limit)
    return StatementQuery(**values)


def to_params(query: StatementQuery, *, cursor: int | None = None) -> str:
    """The same query as a query string that goes on at the cursor, for the IRL `more`."""
    position = query.cursor if cursor is None else cursor
    values = {name: getattr(query, field) for name, (field, _) in _PARAMETERS.items()}
    values |= {"agent": query.agent_json, "cursor": position}
    pairs = [
        (name, _written(value)) for name, value in values.items() if value is not None and value is not False
    ]
    return urlencode(pairs, quote_via=quote)


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return time.format(value)
    return "true" if value is True else str(value)


def _unknown(params: Sequence[tuple[str, str]]) -> Iterator[Fault]:
    spelled = {name.lower(): name for name in _PARAMETERS}
    for name, _ in params:
        if name not in _PARAMETERS:
            known = spelled.get(name.lower())
            meant = f"is spelled {known}" if known else "is not a parameter of this resource"
            yield Fault(name[:100], meant, _SECTION)


def _repeated(params: Sequence[tuple[str, str]]) -> Iterator[Fault]:
    for name, times in Counter(name for name, _ in params).items():
        if times > 1 and name in _PARAMETERS:
            yield Fault(name, f"stands {times} times, but may stand only once", _SECTION)


def _not_together(params: Sequence[tuple[str, str]]) -> Iterator[Fault]:
    names = {name: None for name, _ in params if name in _PARAMETERS}
    if "statementId" in names and "voidedStatementId" in names:
        yield Fault("voidedStatementId", "must not stand beside statementId", _SECTION)
    by_id = next((name for name in names if name in {"statementId", "voidedStatementId"}), None)
    for name in names:
        if by_id and name not in {"statementId", "voidedStatementId", "format", "attachments"}:
            yield Fault(name, f"must not stand beside {by_id}; only format and attachments may", _SECTION)


def _read(name: str, text: str, version: Version, values: dict[str, Any]) -> list[Fault]:
    """Add the value of one parameter to the values, or say why it is none."""
    if not _is_text(text):
        return [Fault(name, "must not contain NUL characters or broken Unicode", _SECTION)]
    if name == "agent":
        return _read_agent(text, version, values)
    field, reader = _PARAMETERS[name]
    try:
        values[field] = reader(text)
    except ValueError as error:
        return [Fault(name, str(error), _SECTION)]
    return []


def _read_agent(text: str, version: Version, values: dict[str, Any]) -> list[Fault]:
    try:
        who = raw.parse(text.encode(), max_depth=_MAX_DEPTH_OF_AN_AGENT)
    except MalformedJSON as error:
        return [Fault("agent", f"must be an Agent as JSON: {error.message}", _SECTION)]
    faults = check.agent(who, version, at="agent")
    if not faults:
        values |= {"agent": actor.ifi(who), "agent_json": text}
    return faults


def _is_text(text: str) -> bool:
    """PostgreSQL stores neither NUL nor half of a surrogate pair, so nothing can be found by them."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def _uuid(text: str) -> str:
    if not _UUID.fullmatch(text):
        raise ValueError("must be a UUID")
    return text.lower()


def _iri(text: str) -> str:
    if not _IRI.fullmatch(text):
        raise ValueError("must be an IRI, such as http://example.com/verbs/read")
    return text


def _boolean(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError("must be true or false")
    return text == "true"


def _timestamp(text: str) -> datetime:
    try:
        return time.parse(text)
    except ValueError:
        raise ValueError("must be a timestamp, such as 2026-01-31T12:00:00.000Z") from None


def _whole_number(text: str) -> int:
    if not _WHOLE_NUMBER.fullmatch(text):
        raise ValueError("must be a whole number, 0 or more")
    return int(text)


def _format(text: str) -> str:
    if text not in {"ids", "exact", "canonical"}:
        raise ValueError("must be ids, exact or canonical")
    return text


# Name of the parameter, field of the query, and how it is read.
_PARAMETERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "statementId": ("statement_id", _uuid),
    "voidedStatementId": ("voided_statement_id", _uuid),
    "agent": ("agent", str),
    "verb": ("verb", _iri),
    "activity": ("activity", _iri),
    "registration": ("registration", _uuid),
    "related_agents": ("related_agents", _boolean),
    "related_activities": ("related_activities", _boolean),
    "since": ("since", _timestamp),
    "until": ("until", _timestamp),
    "limit": ("limit", _whole_number),
    "format": ("format", _format),
    "attachments": ("attachments", _boolean),
    "ascending": ("ascending", _boolean),
    "cursor": ("cursor", _whole_number),
}
