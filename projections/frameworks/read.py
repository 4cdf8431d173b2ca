"""Which frameworks were there at a position? Each of their versions is read once, and kept for a while."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from lrs.database import sql
from lrs.xapi.vocabulary import Json
from projections.frameworks import model
from projections.frameworks.model import Framework, Frameworks
from projections.resource import View

QUERIES = sql.Queries(str(Path(__file__).with_name("queries.py")))
NAME = "frameworks"
# Some hundred items each, most of them; and few moments are asked about again.
MOST_FRAMEWORKS, MOST_MOMENTS = 128, 64

_frameworks: dict[tuple[str, str, int], Framework] = {}
_moments: dict[tuple[str, str, tuple[int, ...]], Frameworks] = {}


def frameworks_at(view: View) -> Frameworks:
    """The frameworks as of a view."""
    versions = newest(view)
    key = (view.tenant, view.tables[NAME], tuple(sorted(versions.values())))
    if (kept := _moments.get(key)) is None:
        kept = _moments[key] = model.frameworks(_framework(view, each) for each in versions.values())
        _forget(_moments, MOST_MOMENTS)
    return kept


def newest(view: View) -> dict[str, int]:
    """The position of each framework's newest package."""
    return dict(rows(view, "newest", position=view.position))


def package(view: View, version: int) -> Json:
    """A package that was imported at this position."""
    ((text,),) = rows(view, "package", of=version)
    found: Json = orjson.loads(text)
    return found


def rows(view: View, name: str, **parameters: object) -> list[tuple[Any, ...]]:
    """What one of the queries finds."""
    query = QUERIES(view.tenant, name, projection=view.tables[NAME])
    return view.connection.execute(query, parameters, binary=True).fetchall()


def _framework(view: View, version: int) -> Framework:
    key = (view.tenant, view.tables[NAME], version)
    if (kept := _frameworks.get(key)) is None:
        kept = _frameworks[key] = model.framework(package(view, version), version)
        _forget(_frameworks, MOST_FRAMEWORKS)
    return kept


def _forget(kept: dict[Any, Any], most: int) -> None:
    """All but the newest; another thread may have been faster."""
    for oldest in list(kept)[:-most]:
        kept.pop(oldest, None)
