"""How many statements fit on a page? As many as were asked for, in no more bytes than a page may have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import orjson

from lrs.database.pool import Database
from lrs.store import activities
from lrs.xapi import statement
from lrs.xapi.vocabulary import Json

# To take a definition for larger than it is costs less than to merge it.
SMALL = 16 * 1024


def fitting(sizes: Iterable[int], most: int) -> int:
    """How many, from the first one on, are together no larger; the first one is on the page however large."""
    count = total = 0
    for size in sizes:
        total += size
        if count and total > most:
            break
        count += 1
    return count


def fitting_with_definitions(
    database: Database, tenant: str, sizes: Sequence[int], documents: Sequence[Json], most: int
) -> int:
    """The same where each activity gets the definition that the store knows of it (format canonical)."""
    named = [[each["id"] for each in statement.activities(one)] for one in documents]
    said = activities.sizes(database, tenant, sorted({iri for iris in named for iri in iris}))
    with_definitions = [
        size + sum([said.get(iri, 0) for iri in iris]) for size, iris in zip(sizes, named, strict=True)
    ]
    if sum(with_definitions) <= most:
        return len(documents)

    # What has been said again and again is merged into much less: it is looked at, as far as the page goes.
    @cache
    def merged(iri: str) -> int:
        if said.get(iri, 0) <= SMALL:
            return said.get(iri, 0)
        return len(orjson.dumps(activities.merged(database, tenant, [iri])[iri]))

    return fitting((size + sum(map(merged, iris)) for size, iris in zip(sizes, named, strict=True)), most)
