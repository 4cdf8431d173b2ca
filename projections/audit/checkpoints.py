"""Which checkpoints has the tenant signed, and with which key? Both are made here and kept beside the log."""

from __future__ import annotations

import sys
from datetime import datetime
from secrets import token_bytes
from typing import Any, NamedTuple

from psycopg import Connection

from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import AuditFailed, NotFound
from projections.audit.note import Checkpoint, Signer, checkpoint, opened
from projections.audit.project import NAME
from projections.audit.tree import Tree
from projections.view import Views

QUERIES = sql.Queries(__file__)
SECRET_SIZE = 32


class Signed(NamedTuple):
    """A checkpoint as it went out: the size of the log, the signed note, and when it was made."""

    size: int
    note: bytes
    made: datetime


def signer(connection: Connection[Any], tenant: str) -> Signer | None:
    """The tenant's key, where it has one already."""
    row = connection.execute(QUERIES(tenant, "key")).fetchone()
    return Signer(*row) if row else None


def make_signer(database: Database, tenant: str, origin: str) -> Signer:
    """The tenant's key; on first use it is made, with the name of that moment for ever."""
    with database.connection() as connection:
        found = signer(connection, tenant)
        if found is None:
            fresh = {"name": origin, "secret": token_bytes(SECRET_SIZE)}
            connection.execute(QUERIES(tenant, "put_key"), fresh)
            found = signer(connection, tenant)  # another process may have been faster
    assert found  # noqa: S101  it was put there, and nobody removes it
    return found


def make(views: Views, tenant: str, origin: str) -> Signed:
    """Sign how far the tree is; AuditFailed where it does not go on from what was signed last."""
    key = make_signer(views.database, tenant, origin)
    with views.open(tenant, [NAME]) as view:
        tree = Tree(view)
        if not tree.size:
            raise NotFound("There is nothing to sign: the log, as far as it is known, has no event yet.")
        _require_continuity(tree, key, last(view.connection, tenant, view.position))
        found = Checkpoint(key.name, tree.size, tree.root(tree.size))
    with views.database.connection() as connection:
        connection.execute(QUERIES(tenant, "put"), {"size": found.size, "note": key.sign(found.text)})
        (kept,) = some(connection, tenant, before=found.size + 1, limit=1)
    return kept


def newest(connection: Connection[Any], tenant: str) -> list[Signed]:
    """The newest checkpoint, if there is one."""
    return some(connection, tenant, before=sys.maxsize, limit=1)


def last(connection: Connection[Any], tenant: str, position: int) -> Signed | None:
    """The newest checkpoint up to a position."""
    return next(iter(some(connection, tenant, before=position + 1, limit=1)), None)


def one(connection: Connection[Any], tenant: str, size: int) -> Signed | None:
    """The checkpoint of this size, if that was signed."""
    found = last(connection, tenant, size)
    return found if found and found.size == size else None


def covering(connection: Connection[Any], tenant: str, position: int) -> Signed:
    """The smallest checkpoint that a position is within; NotFound where none is so large."""
    row = connection.execute(QUERIES(tenant, "covering"), {"position": position}).fetchone()
    if row is None:
        raise NotFound(
            f"Position {position} is not signed yet: POST /audit/checkpoint signs what is known now."
        )
    return Signed(*row)


def some(connection: Connection[Any], tenant: str, *, before: int, limit: int) -> list[Signed]:
    """Checkpoints below a size, newest first."""
    wanted = {"before": before, "limit": limit}
    return [Signed(*row) for row in connection.execute(QUERIES(tenant, "some"), wanted).fetchall()]


def all_of(connection: Connection[Any], tenant: str) -> list[Signed]:
    """Every checkpoint, smallest first."""
    return some(connection, tenant, before=sys.maxsize, limit=sys.maxsize)[::-1]


def is_due(connection: Connection[Any], tenant: str, seconds: float) -> bool:
    """Whether the last checkpoint is older than so many seconds, or there is none."""
    return connection.execute(QUERIES(tenant, "fresh"), {"seconds": seconds}).fetchone() == (False,)


def _require_continuity(tree: Tree, key: Signer, before: Signed | None) -> None:
    """What was vouched for stays true: the store does not sign two histories."""
    if before is None:
        return
    try:
        kept = checkpoint(opened(before.note, key.verifier))
    except ValueError as error:
        raise AuditFailed(f"The checkpoint of size {before.size} is damaged: {error}") from error
    if kept != Checkpoint(key.name, before.size, tree.root(before.size)):
        raise AuditFailed(f"The audit tree does not go on from the checkpoint of size {before.size}.")
