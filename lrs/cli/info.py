"""What is here? `lrs info`: the versions, the place, and each tenant's log."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import typer
from psycopg import Connection
from rich.filesize import decimal

from lrs.auth import tenants
from lrs.cli import place
from lrs.cli.words import show, show_facts
from lrs.database import sql
from lrs.database.pool import Database
from lrs.log.event_log import EventLog

QUERIES = sql.Queries(__file__)


def info(data_dir: place.DataDir = None, database_url: place.DatabaseURL = None) -> None:
    """Tell what is here: versions, where the data lie, and how much there is."""
    chosen = place.settings(data_dir, database_url)
    with (
        place.url(chosen, create=False) as url,
        Database(url, statement_timeout=place.LONGEST_STATEMENT) as database,
    ):
        pending = tenants.pending(database)
        with database.connection() as connection:
            (server,) = connection.execute(QUERIES(tenants.DEFAULT, "server")).fetchall()[0]
        embedded = f"{chosen.data_dir.resolve()} (embedded)"
        show_facts(
            [
                ("version", version("learning-record-store")),
                ("PostgreSQL", server),
                ("data", place.describe(url) if chosen.database_url else embedded),
                ("migrations pending", ", ".join(pending) or "none"),
            ]
        )
        if not pending:
            typer.echo()
            show(["tenant", "position", "statements", "last stored", "on disk"], _tenants(database))


def _tenants(database: Database) -> list[list[object]]:
    names = [name for name, _ in tenants.names(database)]
    with database.connection() as connection:
        sizes = dict(connection.execute(QUERIES(tenants.DEFAULT, "sizes")).fetchall())
        return [[*_log(database, connection, name), decimal(sizes[name])] for name in names]


def _log(database: Database, connection: Connection[Any], name: str) -> list[object]:
    head = EventLog(database, name).head_of(connection)
    (count,) = connection.execute(QUERIES(name, "statements")).fetchall()[0]
    stored = head.stored.isoformat(timespec="seconds") if head.position else ""
    return [name, head.position, count, stored]
