"""How long is what kept? `lrs retention`: adopt policies, and erase what has grown too old under them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from lrs.auth import tenants
from lrs.cli import place, progress
from lrs.cli.words import show, tell
from lrs.database.pool import Database
from lrs.erasure import erasing, retention
from lrs.errors import NotFound, OperatorError
from lrs.log.events import RetentionAdopted
from projections import found
from projections.forget import complete, forget

app = typer.Typer(no_args_is_help=True, help="Keep things only for so long: adopt policies, and run them.")

Policy = Annotated[str, typer.Argument(help="The policy's name, of your own.")]


@app.command("set")
def set_policy(
    policy: Policy,
    older_than: Annotated[
        str, typer.Option(help="How old is too old: P7Y is seven years, P90D ninety days.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why, for the log of each erasure.")],
    authority: Annotated[
        str, typer.Option("--authority", help="By which rule: a statute, the school board.")
    ],
    of: Annotated[
        list[str] | None,
        typer.Option("--of", help="documents, accesses, or statements of verb=IRI, provider=ID or both."),
    ] = None,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Adopt a policy, or change one. Nothing is erased before `lrs retention run`.

    \b
    lrs retention set coursework --older-than P7Y --reason "not needed" --authority "board 2026-3"
    lrs retention set clicks --older-than P90D --of verb=https://w3id.org/xapi/video/verbs/seeked …
    lrs retention set drafts --older-than P2Y --of documents --reason … --authority …
    lrs retention set readers --older-than P10Y --of accesses --reason … --authority …
    """
    kind, verb, provider = _of(of or [])
    adopted = RetentionAdopted(
        policy, kind, older_than, verb, provider, reason, authority, place.COMMAND_LINE
    )
    with place.opened_for(tenant, data_dir, database_url) as database:
        position = retention.adopt(database, tenant, adopted)
    tell(f"It is in force since position {position}.")


@app.command("end")
def end(
    policy: Policy,
    by: place.By = place.COMMAND_LINE,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """End a policy: from now on it erases nothing."""
    ended = RetentionAdopted(policy, "statements", "", "", "", "", "", by)
    with place.opened_for(tenant, data_dir, database_url) as database:
        position = retention.adopt(database, tenant, ended)
    tell(f"It ended at position {position}.")


@app.command("list")
def all_policies(
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """List the policies in force."""
    with place.opened_for(tenant, data_dir, database_url) as database:
        rows = [
            (each.policy, each.kind, each.older_than, each.verb, each.provider, each.authority, each.reason)
            for each in retention.policies(database, tenant)
        ]
    show(["policy", "kind", "older than", "verb", "provider", "authority", "reason"], rows)


@app.command("run")
def run(
    policy: Annotated[str | None, typer.Argument(help="Only this one, not all.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what is too old.")] = False,
    by: place.By = place.COMMAND_LINE,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Erase what has grown too old, as `lrs erase` does, under the policies in force.

    Look with --dry-run first; then let cron run it. Where it is interrupted,
    the next run goes on.

    \b
    lrs retention run --dry-run
    lrs retention run coursework
    """
    now = datetime.now(UTC)
    with place.opened_for(tenant, data_dir, database_url) as database:
        chosen = _chosen(retention.policies(database, tenant), policy)
        counts = [(each.policy, retention.count(database, tenant, each, now=now)) for each in chosen]
        if not dry_run:
            counts = [
                (each.policy, _run(database, tenant, each, too_old, now=now, by=by))
                for each, (_, too_old) in zip(chosen, counts, strict=True)
            ]
            complete(database, tenant, found.projections(), progress=lambda *_: None)
            with database.connection() as connection:
                erasing.vacuum(connection, tenant)
    show(["policy", "too old" if dry_run else "erased"], counts)


def _of(words: list[str]) -> tuple[str, str, str]:
    """The kind, the verb and the provider that a policy is about."""
    said = {name: value for name, _, value in (word.partition("=") for word in words)}
    kinds = [each for each in ("documents", "accesses") if each in said]
    if set(said) - {*kinds, "verb", "provider"} or len(said) < len(words) or len(kinds) > 1:
        raise OperatorError("--of takes documents, accesses, verb=IRI or provider=ID, each once.")
    kind = kinds[0] if kinds else "statements"
    return kind, said.get("verb", ""), said.get("provider", "")


def _chosen(policies: list[RetentionAdopted], name: str | None) -> list[RetentionAdopted]:
    found_ = [each for each in policies if name in (None, each.policy)]
    if name and not found_:
        raise NotFound(f"There is no policy {name}: `lrs retention list` shows which there are.")
    return found_


def _run(
    database: Database, tenant: str, policy: RetentionAdopted, too_old: int, *, now: datetime, by: str
) -> int:
    with progress.bar(f"Erasing under {policy.policy}", too_old) as advance:
        return retention.run(
            database, tenant, policy, now=now, by=by, forget=forget,
            progress=lambda taken: advance(taken, taken),
        )  # fmt: skip
