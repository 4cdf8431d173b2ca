"""Who is who? `lrs learners`: register people, and link the identifiers that platforms have for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any
from uuid import uuid4

import orjson
import typer

from lrs.auth import tenants
from lrs.cli import place
from lrs.cli.asking import ask
from lrs.cli.reader import SOMEBODY
from lrs.cli.words import show, show_facts, tell
from lrs.database.pool import Database
from lrs.errors import OperatorError
from lrs.registrar import decisions, learners
from lrs.xapi.vocabulary import Json

app = typer.Typer(no_args_is_help=True, help="Register learners, and link their identifiers.")

Learner = Annotated[str, typer.Argument(help="Her id.")]
Identifier = Annotated[
    str, typer.Argument(help="""An Agent, as JSON: {"mbox": "mailto:mira@mail.example"}.""")
]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the log.")]
_SUGGESTIONS = "/learners/suggestions"


@app.command("register")
def register(
    name: Annotated[str, typer.Argument(help="What she is called.")],
    born: Annotated[str, typer.Option(help="Her day of birth, as in 2015-03-09.")] = "",
    number: Annotated[str, typer.Option(help="Her number at the school.")] = "",
    reason: Reason = "",
    by: place.By = place.COMMAND_LINE,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Register a learner and tell her id.

    \b
    lrs learners register "Mira Kaya" --born 2015-03-09
    """
    learner, body = str(uuid4()), {"name": name, "born": born, "number": number, "reason": reason}
    with place.opened_for(tenant, data_dir, database_url) as database:
        position = learners.register(database, tenant, learner, body, by=by)
    show_facts([("learner", learner), ("position", position)])


@app.command("revise")
def revise(
    learner: Learner,
    known: Annotated[str, typer.Argument(help="All of it, as JSON: what is left out is empty.")],
    by: place.By = place.COMMAND_LINE,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Say anew how a registered learner is known.

    \b
    lrs learners revise 6f1e7e0c-… '{"name": "Mira Kaya", "born": "2015-03-09", "number": "7"}'
    """
    body = _json(known, "learner", '{"name": "Mira Kaya", "born": "2015-03-09"}')
    with place.opened_for(tenant, data_dir, database_url) as database:
        position = learners.revise(database, tenant, learner, body, by=by)
    tell(f"She is known like this, since position {position}.")


@app.command("decide")
def decide(
    learner: Learner,
    decision: Annotated[str, typer.Argument(help="As JSON, as docs/registrars.md explains it.")],
    by: place.By = place.COMMAND_LINE,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Decide about a course of a learner, and tell the decision's id.

    \b
    lrs learners decide 6f1e7e0c-… '{"kind": "waive", "course": "math-7", "reason": "her log-book was seen"}'
    """
    under, body = (
        str(uuid4()),
        _json(decision, "decision", '{"kind": "waive", "course": "math-7", "reason": "…"}'),
    )
    with place.opened_for(tenant, data_dir, database_url) as database:
        position = decisions.decide(database, tenant, under, learner, body, by=by)
    show_facts([("decision", under), ("position", position)])


@app.command("list")
def all_learners(
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """List who is registered, and the identifiers that are linked to each."""
    with place.opened_for(tenant, data_dir, database_url) as database:
        SOMEBODY.note(database, tenant, "lrs learners list")
        rows = [
            (each.learner, each.name, each.born, each.number, " ".join(ifis))
            for each, ifis in learners.registered(database, tenant)
        ]
    show(["learner", "name", "born", "number", "identifiers"], rows)


@app.command("link")
def link(
    learner: Learner,
    identifier: Identifier,
    reason: Reason,
    by: place.By = place.COMMAND_LINE,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Link an identifier: what statements say of it, they say of her, before and after.

    \b
    lrs learners link 6f1e7e0c-… '{"mbox": "mailto:mira@mail.example"}' --reason "her mother says so"
    """
    body = _body(identifier, reason)
    with place.opened_for(tenant, data_dir, database_url) as database:
        position = learners.link(database, tenant, learner, body, by=by)
    tell(f"The identifier is hers, since position {position}.")


@app.command("unlink")
def unlink(
    learner: Learner,
    identifier: Identifier,
    reason: Reason,
    by: place.By = place.COMMAND_LINE,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Unlink an identifier: it was not hers, and is a learner of its own again.

    \b
    lrs learners unlink 6f1e7e0c-… '{"mbox": "mailto:mira@mail.example"}' --reason "a typo"
    """
    body = _body(identifier, reason)
    with place.opened_for(tenant, data_dir, database_url) as database:
        position = learners.unlink(database, tenant, learner, body, by=by)
    tell(f"The identifier is not hers, since position {position}.")


@app.command("suggestions")
def suggestions(
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """List identifiers that nobody has linked, whose they may be, and what speaks for it.

    Nothing is ever linked by itself. A learner who is not registered is
    another identifier: register her, then link both.

    \b
    lrs learners suggestions
    lrs learners link 6f1e7e0c-… '{"mbox": "mailto:mira@mail.example"}' --reason "her mother says so"
    """
    with place.opened_for(tenant, data_dir, database_url) as database:
        rows = [_suggestion(each) for each in _suggested(database, tenant)]
    show(["identifier", "called", "learner", "name", "registered", "because"], rows)


def _suggested(database: Database, tenant: str) -> Iterator[Json]:
    """All of them, page by page, at the position of the first page."""
    page = ask(database, tenant, _SUGGESTIONS)
    yield from page["suggestions"]
    while page["more"]:
        page = ask(database, tenant, f"{_SUGGESTIONS}?from={page['more']}", as_of=page["position"])
        yield from page["suggestions"]


def _suggestion(each: Json) -> list[str]:
    own, learner = each["identifier"], each["learner"]
    return [
        " ".join(orjson.dumps(known["identifier"]).decode() for known in own["identifiers"]),
        own["name"] or "",
        learner["learner"],
        learner["name"] or "",
        "yes" if learner["registered"] else "no",
        " ".join(each["because"]),
    ]


def _body(identifier: str, reason: str) -> Json:
    agent = _json(identifier, "identifier", """{"mbox": "mailto:mira@mail.example"}""")
    return {"identifier": agent, "reason": reason}


def _json(text: str, what: str, example: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise OperatorError(f"The {what} is not JSON ({error}); one looks like {example}.") from error
