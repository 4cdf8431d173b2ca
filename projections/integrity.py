"""Are the builds of projections what their rows say of them? What is in their tables, `digest` compares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from psycopg import Connection

from lrs.log.integrity import Wrong
from projections import builds


def of_tables(connection: Connection[Any], tenant: str) -> Iterator[Wrong]:
    """Which builds have other tables than they should, at one moment: before anything is read from them."""
    for each in builds.look(connection, tenant).builds:
        if sorted(each.tables) != sorted(builds.made(connection, tenant, each)):
            yield Wrong("projection", each.prefix, "has other tables than it says")


def of_positions(connection: Connection[Any], tenant: str) -> Iterator[Wrong]:
    """Which builds are further than the log, and which events were set aside that they have not seen."""
    head, standing = builds.look(connection, tenant)
    reached = {(each.name, each.version): each.position for each in standing}
    for each in standing:
        if not 0 <= each.position <= head:
            yield Wrong("projection", each.prefix, f"cannot be at position {each.position} of {head}")
    for name, version, position in connection.execute(builds.QUERIES(tenant, "failures")).fetchall():
        if not 0 < position <= reached.get((name, version), 0):
            yield Wrong("projection_failure", f"{name}_v{version}, position {position}", "is of no build")
