"""Which cmi5 courses are there? `lrs cmi5`: import them from their packages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lrs.auth import tenants
from lrs.cli import cmi5_launch, place
from lrs.cli.words import show_facts
from lrs.errors import BadRequest, OperatorError
from lrs.registrar import structures

app = typer.Typer(no_args_is_help=True, help="Courses of cmi5: import, launch, and how far learners are.")
app.command("launch")(cmi5_launch.launch)
app.command("waive")(cmi5_launch.waive)
app.command("status")(cmi5_launch.status)


@app.command("import")
def import_course(
    file: Annotated[Path, typer.Argument(help="A course package: cmi5.xml, or a zip with cmi5.xml in it.")],
    by: place.By = place.COMMAND_LINE,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Import a course: what it consists of, and when it is satisfied.

    A second time nothing changes; a new version of the course replaces the one before.

    \b
    lrs cmi5 import geology.zip
    """
    with place.opened_for(tenant, data_dir, database_url) as database:
        try:
            with file.open("rb") as package:
                imported = structures.import_course(database, tenant, package, by=by)
        except BadRequest as error:
            faults = "".join(f"\n  {fault}" for fault in error.faults)
            raise OperatorError(f"{file} is not imported, and nothing has changed:{faults}") from error
        except OSError as error:
            raise OperatorError(f"{file} cannot be read: {error.strerror}.") from error
    show_facts(zip(("structure", "course", "units", "position"), imported, strict=True))
