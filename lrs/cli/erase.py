"""Who has a right to be forgotten? `lrs erase`: look first what would go, then confirm it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import orjson
import typer
from psycopg import Connection

from lrs.auth import tenants
from lrs.cli import place, progress
from lrs.cli.words import show_facts, tell
from lrs.database.pool import Database
from lrs.erasure import erasing, plan
from lrs.erasure.erasing import Order
from lrs.erasure.plan import Plan, Subject
from lrs.errors import Gone, OperatorError
from lrs.log.event_log import EventLog
from lrs.registrar import check
from projections import found
from projections.forget import complete, forget

app = typer.Typer(
    no_args_is_help=True,
    help="Erase what somebody has a right to have erased. Without --confirm nothing is changed.",
)

Reason = Annotated[str, typer.Option("--reason", help="Why, for the log; without her name.")]
Authority = Annotated[
    str, typer.Option("--authority", help="By whose order or which right: GDPR 17, a court, her parents.")
]
Confirm = Annotated[
    str | None, typer.Option("--confirm", metavar="TOKEN", help="Erase what was told with this token.")
]
Find = Callable[[EventLog, Connection[Any]], Subject]


@app.command("learner")
def learner(
    learner: Annotated[str, typer.Argument(help="Her id.")],
    reason: Reason,
    authority: Authority,
    confirm: Confirm = None,
    by: place.By = place.COMMAND_LINE,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Erase a registered learner: who she is, and every statement and document that names her.

    What is told first is what would go; statements that are about others too
    are counted as shared. The positions of the log stay, empty, and all proofs
    still hold. An id that was erased cannot be used again.

    \b
    lrs erase learner 6f1e7e0c-… --reason "asked for it" --authority "GDPR 17"
    lrs erase learner 6f1e7e0c-… --reason "asked for it" --authority "GDPR 17" --confirm 5d41402abc4b2a76
    """
    order = Order(reason, authority, by)
    with place.opened_for(tenant, data_dir, database_url) as database:
        _erase(database, tenant, lambda log, now: plan.of_learner(log, now, learner), order, confirm)


@app.command("identifier")
def identifier(
    identifier: Annotated[str, typer.Argument(help="""An Agent, as JSON: {"mbox": "mailto:a@b.example"}.""")],
    reason: Reason,
    authority: Authority,
    confirm: Confirm = None,
    by: place.By = place.COMMAND_LINE,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Erase everything about an identifier that is linked to no learner.

    \b
    lrs erase identifier '{"mbox": "mailto:mira@mail.example"}' --reason … --authority …
    """
    agent, order = _agent(identifier), Order(reason, authority, by)
    with place.opened_for(tenant, data_dir, database_url) as database:
        _erase(database, tenant, lambda log, now: plan.of_identifier(log, now, agent), order, confirm)


@app.command("statements")
def statements(
    ids: Annotated[list[str], typer.Argument(help="Their ids.")],
    reason: Reason,
    authority: Authority,
    confirm: Confirm = None,
    by: place.By = place.COMMAND_LINE,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Erase some statements.

    \b
    lrs erase statements 7e1a1f3e-… 0c9d4e0a-… --reason "names a third person" --authority "the head"
    """
    subject, order = plan.of_statements(ids), Order(reason, authority, by)
    with place.opened_for(tenant, data_dir, database_url) as database:
        _erase(database, tenant, lambda *_: subject, order, confirm)


def _erase(database: Database, tenant: str, find: Find, order: Order, token: str | None) -> None:
    try:
        subject, planned = _planned(database, tenant, find)
    except Gone:
        _finish(database, tenant)  # whoever has erased it may not have got so far
        raise
    show_facts(planned.facts.items())
    if token is None:
        tell(f"Nothing was erased. To erase this, say the same with --confirm {planned.token}")
        return
    erasure, _ = erasing.erase(database, tenant, subject, order, token=token, forget=forget)
    _finish(database, tenant)
    show_facts([("erasure", erasure)])
    tell("It is gone from the database. Backups still have it: see docs/erasure.md.")


def _planned(database: Database, tenant: str, find: Find) -> tuple[Subject, Plan]:
    log = EventLog(database, tenant)
    with database.connection() as connection, connection.transaction():
        subject = find(log, connection)
        return subject, plan.make(log, connection, subject)


def _finish(database: Database, tenant: str) -> None:
    """What the erasure itself leaves to others: new builds, and files without what was there."""
    with progress.bar("Building anew what lacks names", None) as advance:
        complete(
            database,
            tenant,
            found.projections(),
            progress=lambda at, end: advance(at, at, total=end),
        )
    with database.connection() as connection:
        erasing.vacuum(connection, tenant)


def _agent(text: str) -> Any:
    try:
        agent = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise OperatorError(f"The identifier is not JSON: {error}") from error
    check.require(check.agent(agent, ""), "The identifier")
    return agent
