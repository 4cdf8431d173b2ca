"""Is the schema up to date? `lrs migrate` brings it there, and lets a role with few rights run the store."""

from __future__ import annotations

from typing import Annotated

import psycopg
import typer

from lrs.auth import tenants
from lrs.cli import place
from lrs.cli.words import tell
from lrs.database import migrate as migrations
from lrs.database.pool import Database
from lrs.errors import NotGranted, OperatorError
from projections import builds, found


def migrate(
    grant_to: Annotated[
        str | None,
        typer.Option("--grant-to", metavar="ROLE", help="Let this role of PostgreSQL run the store."),
    ] = None,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Bring the schema up to date, in every tenant; only ever forward.

    `lrs serve` does so by itself, unless LRS_MIGRATE is false. With
    --grant-to a role that owns nothing can run the store: it may read the
    log and add to it, and PostgreSQL refuses it everything else there. It
    cannot make tables either: migrate and grant again after `lrs tenants
    create`, and after a projection was installed or has a new version.

    \b
    export LRS_DATABASE_URL=postgresql://owner@db.example.org/lrs
    lrs migrate --grant-to runtime
    """
    chosen = place.settings(data_dir, database_url)
    with place.url(chosen) as url, Database(url, statement_timeout=place.LONGEST_STATEMENT) as database:
        steps = tenants.migrate_all(database)
        for step in steps:
            typer.echo(step)
        for name, _ in tenants.names(database):
            builds.prepare(database, name, found.projections())
        if grant_to:
            _grant(database, grant_to)
    tell("The schema is up to date." if steps else "The schema was up to date.")


def _grant(database: Database, role: str) -> None:
    for tenant, _ in tenants.names(database):
        try:
            with database.connection() as connection:
                migrations.grant(connection, tenant, role)
        except psycopg.errors.UndefinedObject as error:
            raise OperatorError(f"There is no role {role}: make it with CREATE ROLE {role} LOGIN.") from error
        except NotGranted as error:
            raise OperatorError(f"Only the owner of the tables can do that: {error.__cause__}.") from error
        typer.echo(f"tenant {tenant}: granted to {role}")
