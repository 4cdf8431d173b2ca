"""Can the record be trusted? `lrs audit`: verify everything, sign, prove, and bundle for an auditor."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from uuid import UUID

import orjson
import typer

from lrs.auth import tenants
from lrs.cli import history, moments, place, progress, reader, verifying
from lrs.cli.reader import Reader
from lrs.cli.words import tell
from lrs.errors import AuditFailed, NotBuilt, NotFound, OperatorError
from lrs.log.event_log import EventLog
from projections import found
from projections.audit import bundle as bundles
from projections.audit import checkpoints, note, proofs
from projections.audit.bundle import Slice
from projections.audit.checkpoints import Signed
from projections.audit.project import NAME
from projections.view import Views

app = typer.Typer(no_args_is_help=True, help="Verify, sign and prove the record, and look back at it.")
app.command("history")(history.history)
app.command("access")(history.access)


@app.command("verify")
def verify(
    projections: Annotated[
        bool, typer.Option("--projections", help="Also build every projection anew, and compare.")
    ] = False,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Recompute everything from the log, and name the first thing that is wrong.

    Positions, order and times of the log; every leaf and tile of the audit
    tree; every signed checkpoint; every row of the index; documents, contents
    and keys; the numbers of the access log. Exit code 1 where something is wrong. A server may run meanwhile.

    \b
    lrs audit verify
    lrs audit verify --tenant school --projections
    """
    with _opened(tenant, data_dir, database_url) as views:
        with progress.bar(f"Verifying {tenant}", None, unit="events") as advance:
            wrong, count = verifying.verify(
                views.database, tenant, progress=lambda at, of: advance(at, at, total=of)
            )
        for each in found.projections() if projections and not wrong else ():
            with progress.bar(f"Building {each.name}", None, unit="events") as advance:
                wrong = wrong or verifying.differing(
                    views.database, tenant, each, progress=lambda at, of: advance(at, at, total=of)
                )
    if wrong:
        raise AuditFailed(f"tenant {tenant} does not hold. {wrong}.")
    typer.echo(f"tenant {tenant}: {count} events, and everything is what they say")


@app.command("checkpoint")
def checkpoint(
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Sign the log as it is, as far as the audit tree has got, and write the checkpoint.

    \b
    lrs audit checkpoint > 2026-11.checkpoint
    """
    with _opened(tenant, data_dir, database_url) as views:
        sys.stdout.buffer.write(_sign(views, tenant).note)


@app.command("key")
def key(
    pem: Annotated[bool, typer.Option("--pem", help="Write it as PEM.")] = False,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Tell the public key with which checkpoints are signed, as a note verifier key.

    \b
    lrs audit key
    lrs audit key --pem > school.pem
    """
    with _opened(tenant, data_dir, database_url) as views:
        signer = checkpoints.make_signer(views.database, tenant, _origin(tenant))
    typer.echo(signer.pem if pem else signer.verifier, nl=not pem)


@app.command("prove")
def prove(
    statements: Annotated[list[str], typer.Argument(help="Ids of statements.", metavar="STATEMENT…")],
    by: reader.By = place.COMMAND_LINE,
    purpose: reader.Purpose = "",
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Write for each statement a line that proves it: entry, path, checkpoint and key.

    docs/auditors/verify.py checks it, and knows nothing of this store.

    \b
    lrs audit prove 6f1e7e0c-… > proof.json
    python verify.py proof.json --key KEY
    """
    wanted = [_id(each) for each in statements]
    with _opened(tenant, data_dir, database_url) as views:
        signed = _sign(views, tenant)
        with views.open(tenant, [NAME], as_of=signed.size) as view:
            places = proofs.positions(view, wanted, signed.size)
        if missing := [each for each in wanted if each not in places]:
            raise NotFound(f"There is no statement {missing[0]}.")
        told = f"lrs audit prove {' '.join(map(str, wanted))}"
        Reader(by, purpose).note(views.database, tenant, told, position=signed.size)
        for each in wanted:
            typer.echo(orjson.dumps(bundles.proof(views, tenant, places[each], signed)))


@app.command("bundle")
def bundle(
    output: Annotated[Path, typer.Argument(help="File to write; its name should end in .zip.")],
    start: Annotated[
        str | None, typer.Option("--from", metavar="POSITION|TIME", help="The first entry to take.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="POSITION|TIME", help="The last entry to take.")
    ] = None,
    by: reader.By = place.COMMAND_LINE,
    purpose: reader.Purpose = "",
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Write one file for an auditor: entries of the log, proofs, checkpoints, the public key, a manifest.

    \b
    lrs audit bundle everything.zip
    lrs audit bundle autumn.zip --from 2026-09-01T00:00:00Z --to 12001
    """
    with _opened(tenant, data_dir, database_url) as views:
        signed = _sign(views, tenant)
        taken = _slice(EventLog(views.database, tenant), start, end, signed.size)
        told = f"lrs audit bundle, positions {taken.first} to {taken.last}"
        Reader(by, purpose).note(views.database, tenant, told, position=taken.last)
        part = output.with_name(f"{output.name}.part")
        try:
            with progress.bar("Bundling", taken.last - taken.first + 1, unit="entries") as advance:
                bundles.write(views, tenant, taken, signed, part, lambda number: advance(number, number))
            part.replace(output)
        except OSError as error:
            raise OperatorError(f"{output} cannot be written: {error.strerror}.") from error
        finally:
            part.unlink(missing_ok=True)
    tell(f"Positions {taken.first} to {taken.last}, under the checkpoint of size {signed.size}, in {output}")


@contextmanager
def _opened(tenant: str, data_dir: Path | None, database_url: str | None) -> Iterator[Views]:
    with place.opened_for(tenant, data_dir, database_url) as database:
        try:
            yield Views(database, found.projections())
        except NotBuilt as error:
            raise OperatorError(
                f"{error.message} `lrs serve`, `lrs project` and `lrs projections rebuild audit` build it."
            ) from error


def _sign(views: Views, tenant: str) -> Signed:
    return checkpoints.make(views, tenant, _origin(tenant))


def _origin(tenant: str) -> str:
    return note.origin(place.settings(None, None).public_url, tenant)


def _slice(log: EventLog, start: str | None, end: str | None, size: int) -> Slice:
    return Slice(
        1 if start is None else _position(log, "--from", start, before=True),
        size if end is None else min(size, _position(log, "--to", end)),
    )


def _position(log: EventLog, option: str, text: str, *, before: bool = False) -> int:
    """The position itself; of a time, the last one up to it, or the first one from it on."""
    meant = moments.place(option, text)
    if isinstance(meant, int):
        return meant
    with log.database.connection() as connection:
        if before:
            return log.position_at(connection, meant - moments.SMALLEST_STEP) + 1
        return log.position_at(connection, meant)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise OperatorError(f"{text!r} is no id of a statement: it must be a UUID.") from None
