"""Who may come in? `lrs keys`: create, list, revoke, also while servers run."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from lrs.auth import tenants
from lrs.auth.keys import Keys, key_authority
from lrs.auth.scopes import OF_A_LEARNER, SCOPES
from lrs.cli import authorities, place
from lrs.cli.words import show, show_facts, tell
from lrs.database.pool import Database
from lrs.errors import OperatorError
from lrs.settings import Settings
from lrs.xapi.vocabulary import Json

app = typer.Typer(no_args_is_help=True, help="Let clients in, list them, shut them out.")


@app.command("create")
def create(
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", "-s", help=f"What it may do; may be repeated: {', '.join(SCOPES)}."),
    ] = None,
    tenant: place.Tenant = tenants.DEFAULT,
    key: Annotated[str | None, typer.Option(help="Its name; by default one is made up.")] = None,
    label: Annotated[str, typer.Option(help="What it is for, as a note to yourself.")] = "",
    learner: Annotated[
        str, typer.Option(help="Id of the one learner it may read of; its scope is transcripts/read then.")
    ] = "",
    authority: Annotated[
        str | None, typer.Option(help="Agent, as JSON, that its statements carry as authority.")
    ] = None,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Make a key and tell its secret, this once.

    Clients send both as user name and password of HTTP Basic authentication.

    \b
    lrs keys create
    lrs keys create --tenant school --label "maths course" --scope statements/write --scope state
    lrs keys create --learner 6f1e7e0c-3c62-4a5e-9f0e-0d4f5a7b8c9d
    """
    chosen = place.settings(data_dir, database_url)
    with place.opened(chosen, create=True) as database:
        place.require_tenant(database, tenant)
        name = _free_name(database, tenant, key)
        _, secret = Keys(database).issue(
            tenant,
            scopes=scope or (sorted(OF_A_LEARNER) if learner else ["all"]),
            authority=_authority(authority, chosen, name),
            label=label,
            learner=learner,
            key=name,
        )
    show_facts([("key", name), ("secret", secret)])
    tell("The secret is not kept and cannot be shown again.")


@app.command("list")
def all_keys(
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """List the keys of a tenant, revoked ones too; secrets are nowhere."""
    with place.opened_for(tenant, data_dir, database_url) as database:
        rows = [
            (
                each.key,
                " ".join(each.scopes),
                each.label,
                each.learner,
                each.issued.isoformat(timespec="seconds"),
                each.revoked.isoformat(timespec="seconds") if each.revoked else "",
            )
            for each in Keys(database).all(tenant)
        ]
    show(["key", "scopes", "label", "learner", "issued", "revoked"], rows)


@app.command("revoke")
def revoke(
    key: Annotated[str, typer.Argument(help="Its name.")],
    reason: Annotated[str, typer.Option(help="Why, for the log.")] = "",
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Shut a key out, at once and in every running server; its statements stay."""
    with place.opened_for(tenant, data_dir, database_url) as database:
        Keys(database).revoke(tenant, key, reason=reason)
    tell(f"The key {key} is revoked.")


def _authority(given: str | None, chosen: Settings, name: str) -> Json:
    return authorities.parse(given) if given else key_authority(chosen.public_url, name)


def _free_name(database: Database, tenant: str, key: str | None) -> str:
    """Issuing a key again would give it another secret and shut out whoever has the old one."""
    name = key or f"{tenant}-{secrets.token_hex(8)}"
    if any(each.key == name and not each.revoked for each in Keys(database).all(tenant)):
        raise OperatorError(f"There is a key {name} already: revoke it first, or choose another name.")
    return name
