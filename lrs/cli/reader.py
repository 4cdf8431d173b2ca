"""Who reads at the command line, and why? Noted in the access log as over HTTP, before anything is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from lrs.accesses import access_log
from lrs.accesses.access_log import Access
from lrs.cli import place
from lrs.database.pool import Database

By = Annotated[str, typer.Option("--by", help="Who reads, for the access log.")]
Purpose = Annotated[str, typer.Option("--purpose", help="Why it is read, for the access log.")]


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever sits at the terminal, by the name that they give."""

    by: str = place.COMMAND_LINE
    purpose: str = ""

    def note(
        self, database: Database, tenant: str, what: str, *, learner: str = "", position: int = 0
    ) -> None:
        """Note that they read this of a learner, or of many, as of a position."""
        access = Access(self.by, what, access_log.whose(learner), position, self.purpose)
        access_log.note(database, tenant, [access])


SOMEBODY = Reader()
