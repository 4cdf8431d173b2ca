"""Which profiles has a tenant, and with which policies? `lrs profiles add`, `policy`, `list`, `show`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lrs.auth import tenants
from lrs.cli import place
from lrs.cli.frameworks import parsed, wrong
from lrs.cli.words import show, show_json, tell
from lrs.errors import NotFound, OperatorError
from lrs.profiling import adding
from lrs.profiling.adding import Policy, Sound
from lrs.settings import Settings
from xapi_profiles import PUBLISHED

app = typer.Typer()

Profile = Annotated[str, typer.Argument(help="The id of the profile.")]


@app.command("add")
def add(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…", help=f"Profiles as JSON-LD, or a name of ours: {', '.join(PUBLISHED)}."
        ),
    ],
    policy: Annotated[
        Policy | None, typer.Option(help="What becomes of statements that break them; annotate at first.")
    ] = None,
    by: place.By = place.COMMAND_LINE,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Add xAPI Profiles: all of the files, or none where one cannot be used.

    A profile that is there already gets a new document; a second time,
    nothing changes.

    \b
    lrs profiles add open-education
    lrs profiles add cmi5.jsonld video.jsonld --policy reject
    """
    settings = place.settings(data_dir, database_url)
    documents = [_read(each, settings) for each in files]
    with place.opened_for(tenant, data_dir, database_url) as database:
        try:
            wanted = adding.sound(database, tenant, documents)
        except adding.NotUsable as error:
            raise wrong(Path(files[error.number]), error) from error
        done = adding.add(database, tenant, wanted, by=by, policy=policy)
    for each in wanted:
        _tell_notices(each)
    show(["profile", "change", "position"], ((each.profile, each.change, each.position) for each in done))


@app.command("policy")
def adopt(
    profile: Profile,
    policy: Annotated[Policy, typer.Argument(help="off, annotate or reject.")],
    by: place.By = place.COMMAND_LINE,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Say what becomes of statements that a profile does not allow.

    With off it says nothing; with annotate what it says can be read; with
    reject statements that name it and break it are refused, too.

    \b
    lrs profiles policy https://w3id.org/xapi/video reject
    """
    with place.opened_for(tenant, data_dir, database_url) as database:
        try:
            position = adding.adopt(database, tenant, profile, policy, by=by)
        except NotFound as error:
            raise OperatorError(error.message) from error
    tell(f"{profile}: {policy}, since position {position}.")


@app.command("list")
def all_profiles(
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """List the profiles with their policies, and the position of each one's newest document."""
    with place.opened_for(tenant, data_dir, database_url) as database:
        show(["profile", "name", "policy", "position", "by"], adding.listed(database, tenant))


@app.command("show")
def show_profile(
    profile: Profile,
    at: Annotated[int | None, typer.Option(metavar="POSITION", help="As it was then.")] = None,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Write the document of a profile, as it came."""
    with place.opened_for(tenant, data_dir, database_url) as database:
        try:
            _, document = adding.document(database, tenant, profile, at)
        except NotFound as error:
            raise OperatorError(error.message) from error
    show_json(document)


def _read(name: str, settings: Settings) -> object:
    return parsed(PUBLISHED.get(name, Path(name)), settings)


def _tell_notices(added: Sound) -> None:
    for notice in added.notices:
        tell(f"{added.profile}: {notice}")
