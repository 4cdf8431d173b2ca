"""What does the store offer an auditor? Checkpoints, the public key, tiles, and the entries themselves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

import psycopg

from lrs.errors import LRSError, NotBuilt, NotFound
from lrs.log import feed
from projections.audit import checkpoints, lines, note
from projections.audit.project import NAME
from projections.audit.tree import Tree
from projections.view import Views

LOG = logging.getLogger("projections.audit")


class Trail:
    """The audit trails of all tenants; `public_url` is where the store is, for the names of new keys."""

    def __init__(self, views: Views, public_url: str) -> None:
        self.views = views
        self.public_url = public_url

    def checkpoint(self, tenant: str, size: int | None = None) -> bytes:
        """The newest signed checkpoint, or the one of a size; NotFound where that was never signed."""
        with self.views.database.connection() as connection:
            if size is None:
                found = next(iter(checkpoints.newest(connection, tenant)), None)
            else:
                found = checkpoints.one(connection, tenant, size)
        if found is None:
            what = "Nothing" if size is None else f"No checkpoint of size {size}"
            raise NotFound(f"{what} was signed yet: POST /audit/checkpoint signs what is known now.")
        return found.note

    def sign(self, tenant: str) -> bytes:
        """A checkpoint of what is known now; AuditFailed where it contradicts an earlier one."""
        return checkpoints.make(self.views, tenant, self._origin(tenant)).note

    def sign_due(
        self, tenants: Iterable[str], seconds: float, *, going_on: Callable[[], bool] = lambda: True
    ) -> int:
        """Sign for each tenant whose last checkpoint is so old, and whose log is not empty; how many."""
        signed = 0
        for tenant in tenants:
            if not going_on():
                break
            try:
                signed += self._sign_due(tenant, seconds)
            except NotBuilt:
                continue  # somebody has to project first
            except (LRSError, psycopg.Error) as error:
                LOG.error("no checkpoint: %s", error, extra={"tenant": tenant})
        return signed

    def key(self, tenant: str) -> dict[str, Any]:
        """The public key: as a note verifier key, and as PEM."""
        signer = checkpoints.make_signer(self.views.database, tenant, self._origin(tenant))
        return {"origin": signer.name, "verifier": signer.verifier, "pem": signer.pem}

    def tile(self, tenant: str, level: int, index: int, width: int) -> bytes:
        """So many hashes of a tile; NotFound where there are not so many yet."""
        with self.views.open(tenant, [NAME]) as view:
            found = Tree(view).tile(level, index, width)
        if found is None:
            raise NotFound("There is no such tile yet.")
        return found

    def entries(self, tenant: str, after: int, *, limit: int, most_bytes: int) -> tuple[bytes, int]:
        """The next entries, a line of JSON each, and the position after which to go on."""
        page = feed.page(self.views.database, tenant, after, limit=limit, most_bytes=most_bytes, salted=True)
        return b"".join(map(lines.line, page.events)), page.position

    def _sign_due(self, tenant: str, seconds: float) -> bool:
        with self.views.database.connection() as connection:
            due = checkpoints.is_due(connection, tenant, seconds)
        if not due or not self.views.position(tenant, [NAME]):
            return False
        self.sign(tenant)
        return True

    def _origin(self, tenant: str) -> str:
        return note.origin(self.public_url, tenant)
