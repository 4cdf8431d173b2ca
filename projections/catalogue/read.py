"""What was on offer at a position, and what did it count? Read once, and kept until something changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from lrs.database import sql
from projections.catalogue import model
from projections.catalogue.model import Catalogue, Entry
from projections.resource import View

QUERIES = sql.Queries(str(Path(__file__).with_name("queries.py")))
NAME = "catalogue"
# A large catalogue has some ten thousand entries, and few moments are asked about again.
MOST_KEPT = 64

_kept: dict[tuple[str, str, int, int], Catalogue] = {}


def catalogue_at(view: View) -> Catalogue:
    """The catalogue as of a view."""
    ((last, count),) = _rows(view, "state")
    key = (view.tenant, view.tables[NAME], last, count)
    if (kept := _kept.get(key)) is not None:
        return kept
    rows = _rows(view, "entries")
    made = model.catalogue(
        Entry(kind, name, position, orjson.loads(body)) for kind, name, position, body in rows
    )
    _kept[key] = made
    for oldest in list(_kept)[:-MOST_KEPT]:
        _kept.pop(oldest, None)
    return made


def _rows(view: View, name: str) -> list[tuple[Any, ...]]:
    query = QUERIES(view.tenant, name, projection=view.tables[NAME])
    return view.connection.execute(query, {"position": view.position}, binary=True).fetchall()
