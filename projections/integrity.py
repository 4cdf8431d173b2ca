"""Are the builds of projections what their rows say of them? What is in their tables, `digest` compares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from psycopg import Connection

from lrs.log.integrity import Wrong
from projections import builds


def of_builds(connection: Connection[Any], tenant: str) -> Iterator[Wrong]:
    """What is wrong with the rows that tell of builds, and of events that were set aside."""
    standing = builds.look(connection, tenant).builds
    reached = {(each.name, each.version): each.position for each in standing}
    ((last,),) = connection.execute(builds.QUERIES(tenant, "last")).fetchall()
    for each in standing:
        if sorted(each.tables) != sorted(builds.made(connection, tenant, each)):
            yield Wrong("projection", each.prefix, "has other tables than it says")
        elif not 0 <= each.position <= last:
            yield Wrong("projection", each.prefix, f"cannot be at position {each.position} of {last}")
    for name, version, position in connection.execute(builds.QUERIES(tenant, "failures")).fetchall():
        if not 0 < position <= reached.get((name, version), 0):
            yield Wrong("projection_failure", f"{name}_v{version}, position {position}", "is of no build")
