"""What proves some events to who trusts but the key? Entries with their paths, and a checkpoint over all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

import orjson

from lrs.errors import NotFound
from lrs.log.event_log import Recorded
from projections.audit import checkpoints, lines, proofs
from projections.audit.project import NAME
from projections.audit.tree import QUERIES, Tree
from projections.resource import Json, View


def proven(view: View, statements: Collection[UUID], positions: Collection[int]) -> Json:
    """Proofs of statements and of other events; NotFound where one is not there, or not signed yet."""
    places = proofs.positions(view, list(statements), view.position)
    if missing := sorted(set(statements) - places.keys()):
        raise NotFound(f"There is no statement {missing[0]} among the first {view.position} events.")
    wanted = sorted({*places.values(), *positions})
    signed = checkpoints.covering(view.connection, view.tenant, max(wanted, default=0))
    # What was signed is in the tree, also where a view looks back to before it.
    _, included = Tree(replace(view, position=signed.size)).inclusion([at - 1 for at in wanted], signed.size)
    key = checkpoints.signer(view.connection, view.tenant)
    return {
        "entries": [
            {"entry": orjson.loads(lines.line(event)), "path": list(map(lines.text, path))}
            for event, (_, path) in zip(_events(view, wanted), included, strict=True)
        ],
        "checkpoint": signed.note.decode(),
        "key": key.verifier if key else "",
    }


def _events(view: View, positions: list[int]) -> list[Recorded]:
    query = QUERIES(view.tenant, "entries", projection=view.tables[NAME])
    return list(map(Recorded._make, view.connection.execute(query, {"positions": positions}, binary=True)))
