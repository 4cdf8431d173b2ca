"""Whose key is it, by its name? It begins with its tenant and a hyphen, or belongs to `default`."""

from __future__ import annotations

from typing import Any

from psycopg import Connection

from lrs.auth import tenants
from lrs.database import sql
from lrs.errors import OperatorError


def tenant(connection: Connection[Any], key: str) -> str:
    """The tenant that a key's name begins with, or else `default`."""
    prefix, hyphen, _ = key.partition("-")
    named = hyphen and sql.TENANT.match(prefix) and tenants.exists(connection, prefix)
    return prefix if named else tenants.DEFAULT


def check(connection: Connection[Any], of: str, key: str) -> None:
    """A key that would be looked up in another tenant could never be used."""
    if not key.isprintable() or ":" in key:
        # RFC 7617 2: a user's name ends at the first colon.
        raise OperatorError(f"{key!r} is no key's name: it must be printable and without a colon.")
    if (named := tenant(connection, key)) != of:
        raise OperatorError(
            f"A key named {key} would belong to tenant {named}; one of {of} begins with {of}-."
        )
