"""Which transcripts go out? `lrs transcripts`: pin one to a position and a hash."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID, uuid4

import typer

from lrs.auth import tenants
from lrs.cli import moments, place
from lrs.cli.asking import ask
from lrs.cli.reader import Reader
from lrs.cli.words import show_facts
from lrs.registrar import transcripts

app = typer.Typer(no_args_is_help=True, help="Issue transcripts.")


@app.callback()
def _transcripts() -> None:
    """So that `issue` is a word of its own, though it is the only one."""


@app.command("issue")
def issue(
    learner: Annotated[str, typer.Argument(help="Her id.")],
    at: Annotated[
        str | None, typer.Option("--at", metavar="POSITION|TIME", help="As it was then, not as it is now.")
    ] = None,
    under: Annotated[
        UUID | None, typer.Option("--id", help="A new UUID: repeated with it, it goes out once.")
    ] = None,
    by: place.By = place.COMMAND_LINE,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Note that a learner's transcript goes out, and tell the id, the position and the hash.

    \b
    lrs transcripts issue 6f1e7e0c-…
    """
    transcript, then = str(under or uuid4()), None if at is None else moments.place("--at", at)
    with place.opened_for(tenant, data_dir, database_url) as database:
        said = ask(database, tenant, f"/learners/{learner}/transcript", as_of=then, reader=Reader(by))
        hers, position, sha256 = said["learner"]["id"], said["position"], said["sha256"]
        known = transcripts.issued(database, tenant, transcript, learner=hers)
        if known and at is None:
            position, sha256 = known.position, known.sha256
        transcripts.issue(database, tenant, transcript, learner=hers, position=position, sha256=sha256, by=by)
    show_facts([("transcript", transcript), ("position", position), ("sha256", sha256)])
