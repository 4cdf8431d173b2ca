"""What does a handler work with? The rooms of the store, opened once per process."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from lrs.accesses.noting import Noting
from lrs.auth.keys import Keys
from lrs.database.pool import Database
from lrs.http.lags import Lags
from lrs.launching.launching import Launching
from lrs.log.following import Following
from lrs.profiling.gates import Gates
from lrs.settings import Settings
from lrs.store.blobs import Blobs
from lrs.store.documents import Documents
from lrs.store.statements import Statements


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a handler may need."""

    settings: Settings
    database: Database
    lags: Lags
    keys: Keys
    noting: Noting
    statements: Statements
    documents: Documents
    blobs: Blobs
    following: Following
    launching: Launching
    gates: Gates


def context(request: Request) -> Context:
    """The context of the process that answers this request."""
    return request.scope["state"]["context"]  # type: ignore[no-any-return]
