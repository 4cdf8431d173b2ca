"""What do projections say, and what did they say then? Their resources, asked without a server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import parse_qsl, unquote

from lrs.cli.reader import SOMEBODY, Reader
from lrs.database.pool import Database
from lrs.errors import NotBuilt, OperatorError
from lrs.log.event_log import EventLog
from lrs.xapi import time
from lrs.xapi.vocabulary import Json
from projections import found
from projections.resource import Bare, Resource
from projections.view import Views


def ask(
    database: Database,
    tenant: str,
    path: str,
    *,
    as_of: int | datetime | None = None,
    reader: Reader = SOMEBODY,
) -> Json:
    """The body of GET of this path, `position` and `as_of` included where a resource's answers have them.

    NotFound, BadRequest, OperatorError. Where it is personal, it is noted who reads it.
    """
    resource, asked = _asked(path)
    position, said = _read(database, tenant, resource, asked, as_of)
    if resource.personal:
        what = f"lrs {path.partition('?')[0]}"
        reader.note(database, tenant, what, learner=asked.get("learner", ""), position=position)
    return said


def _read(
    database: Database,
    tenant: str,
    resource: Resource,
    asked: Mapping[str, str],
    as_of: int | datetime | None,
) -> tuple[int, Json]:
    """What it says, and the position as of which."""
    place = None if as_of is None else settled(EventLog(database, tenant), as_of)
    try:
        with Views(database, found.projections()).open(tenant, resource.projections, as_of=place) as view:
            _require_reached(view.position, place)
            said = resource.read(view, asked)
            if isinstance(said, Bare):
                return view.position, said.document
            return view.position, said | {"position": view.position, "as_of": time.format(view.time)}
    except NotBuilt as error:
        raise OperatorError(
            f"{error.message} `lrs serve`, `lrs project` and `lrs projections rebuild NAME` build it."
        ) from error


def settled(log: EventLog, as_of: int | datetime) -> int:
    """The last position then; OperatorError for what is not in the past, and may still change."""
    if isinstance(as_of, int):
        if as_of > (head := log.head().position):
            raise OperatorError(f"Position {as_of} is after the last one of the log, {head}.")
        return as_of
    if as_of > (bound := log.consistent_through()):
        raise OperatorError(
            f"{time.format(as_of)} is not over: the log may still change after {time.format(bound)}."
        )
    with log.database.connection() as connection:
        return log.position_at(connection, as_of)


def _asked(path: str) -> tuple[Resource, dict[str, str]]:
    """The first resource that fits, and what the path and the query say to it."""
    where, _, query = path.partition("?")
    if "%00" in path:
        raise OperatorError(f"{path!r} has a NUL character, which nothing here has.")
    for resource in found.resources():
        parts = _parts(resource.path, where)
        if parts is not None:
            given = dict(parse_qsl(query, keep_blank_values=True))
            _require_parameters(resource, given)
            return resource, given | parts
    widest = max(len(each.path) for each in found.resources()) + 2
    known = "".join(f"\n  {each.path:<{widest}}{each.summary}" for each in found.resources())
    raise OperatorError(f"There is no {where!r} to be read. There are:{known}")


def _parts(declared: str, path: str) -> dict[str, str] | None:
    """What stands where the declared path has {names}; None where the path is another."""
    names, values = declared.split("/"), [unquote(each) for each in path.split("/")]
    if len(names) != len(values):
        return None
    pairs = list(zip(names, values, strict=True))
    if not all(value if name.startswith("{") else name == value for name, value in pairs):
        return None
    return {name.strip("{}"): value for name, value in pairs if name.startswith("{")}


def _require_parameters(resource: Resource, given: Iterable[str]) -> None:
    own = {each["name"]: each.get("required", False) for each in resource.parameters if each["in"] == "query"}
    if unknown := sorted(set(given) - set(own)):
        raise OperatorError(
            f"{resource.path} has no parameter {', '.join(unknown)}, only: {', '.join(own) or 'none'}. "
            "A moment is named with --at."
        )
    if missing := sorted(name for name, required in own.items() if required and name not in given):
        raise OperatorError(f"{resource.path} needs {', '.join(f'?{name}=' for name in missing)} after it.")


def _require_reached(position: int, place: int | None) -> None:
    """An answer that is older than the one asked for would be a wrong one."""
    if place is not None and position < place:
        raise OperatorError(
            f"Position {place} is not known here yet, only {position}: `lrs serve` and `lrs project` go on."
        )
