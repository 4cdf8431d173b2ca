"""Who did what, and who read what of whom? `lrs audit history` and `lrs audit access`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import orjson
import typer

from lrs.accesses import asking
from lrs.auth import tenants
from lrs.cli import place, reader
from lrs.cli.asking import ask
from lrs.cli.reader import Reader
from lrs.cli.words import show
from lrs.database.pool import Database
from lrs.errors import OperatorError
from lrs.xapi import actor
from lrs.xapi.vocabulary import Json
from projections import found
from projections.learners.read import selves
from projections.view import Views

Most = Annotated[int, typer.Option("--most", "-n", min=1, help="How many at most.")]
AsJSON = Annotated[bool, typer.Option("--json", help="All that is known, a line of JSON each.")]
# A page, by the parameters that it has over HTTP.
Page = Callable[[dict[str, str]], Json]


def history(
    narrowed: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME=VALUE]…",
            help="learner=, by=, statement=, topic=, since=, until=, ascending=true, as over HTTP.",
        ),
    ] = None,
    most: Most = 100,
    as_json: AsJSON = False,
    by: reader.By = place.COMMAND_LINE,
    purpose: reader.Purpose = "",
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Tell who did what when, newest first: statements, documents, keys, learners, catalogue, decisions.

    \b
    lrs audit history
    lrs audit history learner=6f1e7e0c-… since=2026-11-01T00:00:00Z
    lrs audit history by=default-3f5a9c topic=registrar-decided --json
    """
    asked = _asked(narrowed)
    with place.opened_for(tenant, data_dir, database_url) as database:

        def page(given: dict[str, str]) -> Json:
            path = f"/audit/history?{urlencode(given)}"
            return ask(database, tenant, path, reader=Reader(by, purpose))

        _tell(islice(_all(page, asked, "entries"), most), as_json, _HISTORY, _entry)


def access(
    narrowed: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME=VALUE]…", help="learner=, by=, since=, until=, ascending=true, as over HTTP."
        ),
    ] = None,
    most: Most = 100,
    as_json: AsJSON = False,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Tell who read what of which learner, newest first; an empty learner is several, or all.

    \b
    lrs audit access
    lrs audit access learner=6f1e7e0c-… --json
    """
    asked = _asked(narrowed)
    with place.opened_for(tenant, data_dir, database_url) as database:

        def page(given: dict[str, str]) -> Json:
            return asking.page(database, tenant, given, selves=_selves)

        _tell(islice(_all(page, asked, "accesses"), most), as_json, _ACCESS, _access)


def _selves(database: Database, tenant: str, learner: UUID) -> set[UUID]:
    return selves(Views(database, found.projections()), tenant, learner)


def _asked(narrowed: Iterable[str] | None) -> dict[str, str]:
    """The parameters; OperatorError for what is none."""
    pairs = [each.partition("=") for each in narrowed or ()]
    if wrong := [name for name, equals, _ in pairs if not equals]:
        raise OperatorError(f"{wrong[0]!r} is not NAME=VALUE, such as learner=6f1e7e0c-….")
    return {name: value for name, _, value in pairs}


def _all(page: Page, asked: dict[str, str], name: str) -> Iterator[Json]:
    """One page after the other."""
    told = page(asked)
    yield from told[name]
    while told["more"]:
        told = page(asked | {"from": told["more"]})
        yield from told[name]


def _tell(
    told: Iterable[Json], as_json: bool, headings: Sequence[str], row: Callable[[Json], Sequence[object]]
) -> None:
    if not as_json:
        show(headings, map(row, told))
        return
    for each in told:
        typer.echo(orjson.dumps(each))


def _entry(entry: Json) -> Sequence[object]:
    concerns = " ".join(each["learner"] for each in entry["concerns"])
    by = entry["by"] or actor.ifi(entry["authority"] or {}) or ""
    return [entry["position"], entry["stored"], by, entry["what"], concerns, entry["statement"] or ""]


def _access(access: Json) -> Sequence[object]:
    return ["" if access[name] is None else access[name] for name in _ACCESS]


_HISTORY = ("position", "stored", "by", "what", "learners", "statement")
_ACCESS = ("number", "at", "by", "label", "learner", "what", "position", "purpose")
