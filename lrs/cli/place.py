"""Where is the database, and how does a command reach it? The options all commands share, and the way in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from psycopg.conninfo import conninfo_to_dict
from pydantic import ValidationError

from lrs.auth import tenants
from lrs.cli.words import tell
from lrs.database import embedded
from lrs.database.embedded.folder import Folder
from lrs.database.pool import Database
from lrs.errors import OperatorError
from lrs.settings import Settings

LONGEST_STATEMENT = 24 * 3600
CONNECT_SECONDS = 10
COMMAND_LINE = "command line"

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        help="Folder of the embedded PostgreSQL, in use or not. [LRS_DATA_DIR, else ./lrs-data]",
        show_default=False,
    ),
]
DatabaseURL = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        help="An external PostgreSQL, 15 or newer, instead: postgresql://user@host/name [LRS_DATABASE_URL]",
        show_default=False,
    ),
]
Tenant = Annotated[str, typer.Option("--tenant", "-t", help="Whose data.")]
By = Annotated[str, typer.Option("--by", help="Who does it, for the log.")]


def settings(data_dir: Path | None, database_url: str | None, **others: Any) -> Settings:
    """The settings of the environment, with the options given on the command line in their place."""
    if data_dir and database_url:
        raise OperatorError("Name either a folder with --data-dir or a database with --database-url.")
    given = {"data_dir": data_dir, "database_url": database_url, **others}
    try:
        chosen = Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise OperatorError(_explain(error)) from error
    # A folder named on the command line is meant, whatever URL the environment has.
    return chosen.model_copy(update={"database_url": None}) if data_dir else chosen


@contextmanager
def url(chosen: Settings, *, create: bool = True) -> Iterator[str]:
    """The URL of the database; the embedded one runs as long as this lasts."""
    if chosen.database_url:
        _reach(chosen.database_url)
        yield chosen.database_url
        return
    if not create and not Folder(chosen.data_dir.resolve()).note.exists():
        raise OperatorError(
            f"There is no store in {chosen.data_dir.resolve()}: name its folder with --data-dir "
            "(LRS_DATA_DIR) or its database with --database-url (LRS_DATABASE_URL)."
        )
    with embedded.running(chosen.data_dir, postgres_bin=chosen.postgres_bin, say=tell) as found:
        yield found


@contextmanager
def opened(chosen: Settings, *, create: bool = False) -> Iterator[Database]:
    """The database with an up-to-date schema; `create` makes a new store where there is none."""
    with (
        url(chosen, create=create) as found,
        Database(found, statement_timeout=LONGEST_STATEMENT) as database,
    ):
        make_ready(database, chosen, create=create)
        yield database


@contextmanager
def opened_for(tenant: str, data_dir: Path | None, database_url: str | None) -> Iterator[Database]:
    """The same for a command about one tenant: OperatorError where there is no such tenant."""
    with opened(settings(data_dir, database_url)) as database:
        require_tenant(database, tenant)
        yield database


def make_ready(database: Database, chosen: Settings, *, create: bool = False) -> None:
    """A new store is made where that is wanted; an old one is brought up to date on purpose only."""
    pending = tenants.pending(database)
    if not pending and tenants.names(database):
        return
    with database.connection() as connection:
        fresh = connection.execute("SELECT to_regclass('lrs.tenant') IS NULL").fetchone() == (True,)
    if fresh and create and chosen.migrate:
        tenants.migrate_all(database)
    else:
        what = (
            "There is no store in this database yet" if fresh else f"Not migrated yet: {', '.join(pending)}"
        )
        raise OperatorError(
            f"{what}. `lrs migrate` brings the schema up to date, and so does `lrs serve` unless LRS_MIGRATE "
            "is false."
        )


def require_tenant(database: Database, tenant: str) -> None:
    """OperatorError unless there is such a tenant."""
    known = [name for name, _ in tenants.names(database)]
    if tenant not in known:
        raise OperatorError(
            f"There is no tenant {tenant!r}, only {', '.join(known)}: make it with `lrs tenants create`."
        )


def describe(conninfo: str) -> str:
    """Where a database is, without its password."""
    parts = conninfo_to_dict(conninfo)
    host = str(parts.get("host") or parts.get("hostaddr") or "localhost")
    where = f"{host}/.s.PGSQL.{parts.get('port', 5432)}" if host.startswith("/") else host
    port = "" if host.startswith("/") else f":{parts.get('port', 5432)}"
    return f"{where}{port}, database {parts.get('dbname', 'of your name')}"


def _reach(conninfo: str) -> None:
    """The pool would only say that it waited in vain; here PostgreSQL's own words come out."""
    try:
        psycopg.connect(conninfo, connect_timeout=CONNECT_SECONDS).close()
    except psycopg.OperationalError as error:
        raise OperatorError(
            f"The database cannot be reached ({' '.join(str(error).split())}). "
            "See to it that it runs, and check --database-url (LRS_DATABASE_URL)."
        ) from error
    except psycopg.ProgrammingError as error:
        raise OperatorError(
            "This is no URL of a PostgreSQL: it looks like postgresql://user@host:5432/name, "
            "in --database-url (LRS_DATABASE_URL)."
        ) from error


def _explain(error: ValidationError) -> str:
    faults = [f"LRS_{'_'.join(map(str, each['loc'])).upper()}: {each['msg']}" for each in error.errors()]
    return f"A setting is wrong. {'; '.join(faults)}."
