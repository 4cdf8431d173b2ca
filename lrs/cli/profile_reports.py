"""How do statements of the store keep to profiles, and which Pattern is a registration in? `lrs profiles`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated
from urllib.parse import urlencode

import typer

from lrs.auth import tenants
from lrs.cli import moments, place
from lrs.cli.asking import ask
from lrs.cli.words import show, show_facts, show_json
from lrs.database.pool import Database
from lrs.xapi.vocabulary import Json

app = typer.Typer()

AsJSON = Annotated[bool, typer.Option("--json", help="Everything, as JSON.")]


@app.command("report")
def report(
    profile: Annotated[str, typer.Argument(help="The id of the profile.")],
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Stored then or later.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Stored earlier.")] = None,
    declared: Annotated[
        bool, typer.Option("--declared", help="Only statements that name the profile as a category.")
    ] = False,
    as_json: AsJSON = False,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Tell how statements of the store keep to a profile, by provider and verb, and what they break most.

    \b
    lrs profiles report https://w3id.org/xapi/video --since 2026-09-01 --until 2026-10-01

    `lrs projections as-of '/profiles/report?profile=…&by=provider&mode=any'` has
    what else can be asked for.
    """
    asked = {"profile": profile, "since": since, "until": until, "declared": str(declared).lower()}
    given = {name: value for name, value in asked.items() if value is not None}
    with place.opened_for(tenant, data_dir, database_url) as database:
        found = _whole(database, tenant, given)
    if as_json:
        show_json(found)
        return
    numbers = ("version", "statements", "valid", "invalid", "unmatched", "voided", "position")
    show_facts((name, found[name]) for name in numbers)
    if found["rows"]:
        headings = ["provider", "verb", *numbers[2:5], "most frequent", "how often", "example"]
        show(headings, map(_row, found["rows"]))


@app.command("status")
def status(
    registration: Annotated[str, typer.Argument(help="The registration.")],
    at: Annotated[
        str | None, typer.Option("--at", metavar="POSITION|TIME", help="As it was then, not as it is now.")
    ] = None,
    as_json: AsJSON = False,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Tell how far a registration is with the Patterns of each profile, and by which statement.

    \b
    lrs profiles status 760e3480-ba55-4991-94b0-01820dbd23a2
    """
    with place.opened_for(tenant, data_dir, database_url) as database:
        then = None if at is None else moments.place("--at", at)
        found = ask(
            database,
            tenant,
            f"/profiles/registrations?{urlencode({'registration': registration})}",
            as_of=then,
        )
    if as_json:
        show_json(found)
        return
    show_facts((name, found[name]) for name in ("registration", "statements", "voided_count", "position"))
    headings = ["profile", "subregistration", "pattern", "status", "since", "statement", "reason"]
    show(headings, (row for each in found["profiles"] for row in _standings(each)))


def _whole(database: Database, tenant: str, asked: Mapping[str, str]) -> Json:
    """All pages as one, of the moment of the first."""
    found = page = ask(database, tenant, f"/profiles/report?{urlencode(asked)}")
    while page["more"]:
        following = urlencode({**asked, "from": page["more"]})
        page = ask(database, tenant, f"/profiles/report?{following}", as_of=found["position"])
        found["rows"] += page["rows"]
    return found | {"more": None}


def _row(row: Json) -> tuple[object, ...]:
    fault = next(iter(row["faults"]), {"reason": "", "count": "", "examples": []})
    return (
        row["name"] or " ".join(row["authorities"]),
        row["verb"] or "",
        row["valid"],
        row["invalid"],
        row["unmatched"],
        fault["reason"],
        fault["count"],
        next(iter(fault["examples"]), ""),
    )


def _standings(profile: Json) -> Iterable[tuple[object, ...]]:
    """One for each Pattern of each group."""
    for group in profile["groups"]:
        for each in group["patterns"]:
            since = each["since"]
            yield (
                profile["profile"],
                group["subregistration"] or "",
                each["pattern"],
                each["status"],
                since["timestamp"],
                since["statement"],
                each["reason"] or "",
            )
