"""Whose data is in the store? `lrs tenants`: make one, list them."""

from __future__ import annotations

from typing import Annotated

import typer

from lrs.auth import tenants
from lrs.cli import place
from lrs.cli.words import show, tell
from lrs.log.event_log import EventLog

app = typer.Typer(no_args_is_help=True, help="Make and list tenants: nothing crosses from one to another.")


@app.command("create")
def create(
    name: Annotated[
        str, typer.Argument(help="A small letter, then small letters, digits and _; at most 40.")
    ],
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Make a tenant: a log, an index and keys of its own.

    \b
    lrs tenants create school
    lrs keys create --tenant school
    """
    with place.opened(place.settings(data_dir, database_url), create=True) as database:
        made = tenants.create(database, name)
    tell(f"Tenant {name} is ready." if made else f"Tenant {name} exists already.")


@app.command("list")
def all_tenants(data_dir: place.DataDir = None, database_url: place.DatabaseURL = None) -> None:
    """List the tenants, and how far the log of each has got."""
    with place.opened(place.settings(data_dir, database_url)) as database:
        rows = [
            (name, created.isoformat(timespec="seconds"), EventLog(database, name).head().position)
            for name, created in tenants.names(database)
        ]
    show(["tenant", "created", "position"], rows)
