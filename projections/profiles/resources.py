"""What can be asked of profiles? What they say of a statement, a registration, or all of a span of time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, cast, get_args
from uuid import UUID

import orjson

from lrs.errors import BadRequest, Fault
from lrs.log.positions import whole_number
from lrs.xapi import time
from projections.catalogue.read import NAME as CATALOGUE
from projections.catalogue.read import catalogue_at
from projections.profiles import force, read, results
from projections.profiles import report as reports
from projections.profiles.project import NAME
from projections.profiles.report import By, Wanted
from projections.resource import Json, Resource, View
from projections.testimony.sources import Sources
from xapi_profiles import Mode

MOST = 200


def statement(view: View, asked: Mapping[str, str]) -> Json:
    """What each profile says of one statement."""
    return results.of_statement(view, _uuid(asked, "statementId"), _mode(asked))


def registration(view: View, asked: Mapping[str, str]) -> Json:
    """How far one registration is with the Patterns of each profile."""
    return results.of_registration(view, _uuid(asked, "registration"))


def report(view: View, asked: Mapping[str, str]) -> Json:
    """A page of how statements keep to a profile; `more` is where the next one begins."""
    added = read.added(view, asked["profile"])
    profile = force.usable(read.asking(view), added)
    wanted = _wanted(view, asked)
    limit, first = min(_number(asked, "limit", MOST, least=1), MOST), _number(asked, "from", 0)
    found = reports.report(view, added, profile, wanted)
    rows = reports.rows(found, Sources(catalogue_at(view)), wanted)
    return {
        **results.about(added, profile.version),
        "since": asked.get("since"),
        "until": asked.get("until"),
        "mode": wanted.mode,
        **reports.numbers(reports.total(rows), wanted.mode),
        "voided": len(found.voided),
        "rows": [
            {
                **row._asdict(),
                **reports.numbers(counts, wanted.mode),
                "faults": reports.faults(counts, found.voided),
            }
            for row, counts in rows[first : first + limit]
        ],
        "more": str(first + limit) if len(rows) > first + limit else None,
    }


def _wanted(view: View, asked: Mapping[str, str]) -> Wanted:
    after = read.before(view, _moment(asked, "since")) if "since" in asked else 0
    until = read.before(view, _moment(asked, "until")) if "until" in asked else view.position
    declared = _one_of(asked, "declared", ("false", "true")) == "true"
    by = cast(By, _one_of(asked, "by", get_args(By)))
    return Wanted(after, max(after, until), _mode(asked), declared, by)


def _mode(asked: Mapping[str, str]) -> Mode:
    return cast(Mode, _one_of(asked, "mode", get_args(Mode)))


def _one_of(asked: Mapping[str, str], name: str, values: tuple[str, ...]) -> str:
    """The first of them by default."""
    found = asked.get(name, values[0])
    if found not in values:
        raise _wrong(name, f"must be {' or '.join(values)}")
    return found


def _uuid(asked: Mapping[str, str], name: str) -> UUID:
    try:
        return UUID(asked[name])
    except ValueError:
        raise _wrong(name, "must be a UUID") from None


def _moment(asked: Mapping[str, str], name: str) -> datetime:
    try:
        return time.parse(asked[name])
    except ValueError:
        raise _wrong(name, "must be a time (RFC 3339)") from None


def _number(asked: Mapping[str, str], name: str, usual: int, *, least: int = 0) -> int:
    found = whole_number(asked.get(name, str(usual)))
    if found is None or found < least:
        raise _wrong(name, f"must be a whole number, {least} or more")
    return found


def _wrong(name: str, rule: str) -> BadRequest:
    return BadRequest(faults=[Fault(name, rule)])


def _query(name: str, description: str, required: bool = False, **schema: Any) -> Json:
    said = {"type": "string", **schema}
    return {"name": name, "in": "query", "required": required, "description": description, "schema": said}


def _schema(name: str) -> Json:
    found: Json = orjson.loads(Path(__file__).with_name("schema").joinpath(f"{name}.json").read_bytes())
    return found


_MODE = _query(
    "mode", "Whether all templates that match have to be followed, or any one.", enum=[*get_args(Mode)]
)
_REPORT = (
    _query("profile", "The id of the profile.", required=True, format="iri"),
    _query("since", "Only what was stored then or later.", format="date-time"),
    _query("until", "Only what was stored earlier.", format="date-time"),
    _query("by", "Whose counts are told together.", enum=[*get_args(By)]),
    _MODE,
    _query("declared", "Only statements that name the profile as a category.", enum=["false", "true"]),
    _query("limit", f"Most rows in one answer, at most {MOST}.", type="integer", minimum=1),
    _query("from", "Where to go on: `more` of the answer before."),
)

RESOURCES = (
    Resource(
        "/profiles/statements", "What each profile in force says of a statement.", "transcripts/read",
        (NAME,), statement, (_query("statementId", "The statement.", required=True, format="uuid"), _MODE),
        _schema("profile-statement"), learner="",
    ),
    Resource(
        "/profiles/registrations", "How far a registration is with the Patterns of each profile.",
        "transcripts/read", (NAME,), registration,
        (_query("registration", "The registration.", required=True, format="uuid"),),
        _schema("profile-registration"), learner="",
    ),
    Resource(
        "/profiles/report", "How statements keep to a profile, by provider and verb.", "transcripts/read",
        (NAME, CATALOGUE), report, _REPORT, _schema("profile-report"), learner="",
    ),
)  # fmt: skip
